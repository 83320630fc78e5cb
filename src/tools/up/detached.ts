import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '../../core/index.ts'
import { dataDirectoryPaths, type InstallationFacts } from '../../io/installation/index.ts'

const READY_MILLISECONDS = 30_000

/**
 * Starts the same command again in the background, without `--detach`, and waits until it is ready.
 * @param argv of this process: node, script, words
 * @throws ConfigError with the last line that it said when it ended instead
 */
export async function startDetached(dataDirectory: string, argv: readonly string[]): Promise<InstallationFacts> {
  const { log } = dataDirectoryPaths(dataDirectory)
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const [program = process.execPath, script = '', ...words] = argv
  const ready = `${log}.ready`
  const [out, err] = [openSync(ready, 'w', 0o600), openSync(log, 'w', 0o600)]
  const kept = withoutOutput(words.filter((word) => word !== '--detach'))
  const child = spawn(program, [script, ...kept, '--output', 'json'], { detached: true, stdio: ['ignore', out, err] })
  closeSync(out)
  closeSync(err)
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  for (let waited = 0; waited < READY_MILLISECONDS; waited += 25) {
    const [line, rest] = readFileSync(ready, 'utf8').split('\n')
    if (line !== undefined && rest !== undefined) {
      child.unref()
      return JSON.parse(line) as InstallationFacts
    }
    if (ended)
      throw new ConfigError(
        readFileSync(log, 'utf8')
          .trim()
          .split('\n')
          .at(-1)
          ?.replace(/^openirsa: /, '') ?? 'it ended at once',
      )
    await pause(25)
  }
  child.kill('SIGTERM')
  throw new ConfigError(`it was not ready within ${READY_MILLISECONDS / 1000} s`, { hint: `look at \`${log}\`` })
}

/** Our own `--output json` replaces the caller's choice of output. */
function withoutOutput(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, index) => !/^(-o|--output)(=|$)/.test(word) && !/^(-o|--output)$/.test(words[index - 1] ?? ''),
  )
}
