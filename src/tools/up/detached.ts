import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '../../core/index.ts'
import { ensurePrivateDirectory } from '../../io/host/index.ts'
import { dataDirectoryPaths, type InstallationFacts } from '../../io/installation/index.ts'

export interface DetachedOptions {
  readonly dataDirectory: string
  /** Of this process: node, script, words. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

const READY_MILLISECONDS = 30_000
const LOOK_EVERY_MILLISECONDS = 25

/**
 * Starts the same command again in the background, without `--detach`, and waits until it is ready.
 * @throws ConfigError with the last line that it said when it ended instead
 */
export async function startDetached(options: DetachedOptions): Promise<InstallationFacts> {
  await ensurePrivateDirectory(options.dataDirectory)
  const { log } = dataDirectoryPaths(options.dataDirectory)
  const ready = `${log}.ready`
  const child = spawnApart(options, { ready, log })
  try {
    return await readyLine(child, { ready, log })
  } finally {
    rmSync(ready, { force: true })
  }
}

interface Outputs {
  readonly ready: string
  readonly log: string
}

function spawnApart({ argv, environment }: DetachedOptions, outputs: Outputs): ChildProcess {
  const [program = process.execPath, script = '', ...words] = argv
  const [out, err] = [openSync(outputs.ready, 'w', 0o600), openSync(outputs.log, 'w', 0o600)]
  try {
    return spawn(program, [script, ...words.filter((word) => word !== '--detach'), '--output', 'json'], {
      detached: true,
      stdio: ['ignore', out, err],
      // Whoever detaches by environment or file would else detach for ever.
      env: { ...environment, OPENIRSA_DETACH: 'false' },
    })
  } finally {
    closeSync(out)
    closeSync(err)
  }
}

async function readyLine(child: ChildProcess, { ready, log }: Outputs): Promise<InstallationFacts> {
  let end: string | undefined
  child.once('exit', () => {
    end = lastLine(readFileSync(log, 'utf8'))
  })
  child.once('error', (failure) => {
    end = failure.message
  })
  for (let waited = 0; waited < READY_MILLISECONDS; waited += LOOK_EVERY_MILLISECONDS) {
    const [line = '', rest] = readFileSync(ready, 'utf8').split('\n')
    if (rest !== undefined) {
      child.unref()
      return JSON.parse(line) as InstallationFacts
    }
    if (end !== undefined) throw new ConfigError(end)
    await pause(LOOK_EVERY_MILLISECONDS)
  }
  child.kill('SIGTERM')
  throw new ConfigError(`it was not ready within ${READY_MILLISECONDS / 1000} s`, { hint: `look at \`${log}\`` })
}

/** Why it ended, in its own words. */
function lastLine(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? ''
  return line === '' ? 'it ended at once, without a word' : line.replace(/^openirsa: /, '')
}
