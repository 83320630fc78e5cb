import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The built command; OPENIRSA_CMD replaces it. */
const COMMAND = process.env.OPENIRSA_CMD ?? `'${process.execPath}' '${resolve('dist/cli/main.js')}'`
/** A command that waits for more words than the document gives it would wait for ever. */
const LONGEST_MILLISECONDS = 45_000

export interface Ran {
  readonly status: number
  readonly printed: string
}

/** A shell in an empty home, with `openirsa` on its path and nothing of the caller's AWS settings. */
export interface Shell {
  readonly folder: string
  /** @throws when the command does not end in time; the shell is of no use then */
  run(command: string): Promise<Ran>
  /** Ends the installation, if there is one, and the shell. */
  close(): Promise<void>
}

export function openShell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'openirsa-transcript-'))
  const bin = join(folder, 'node_modules', '.bin')
  mkdirSync(bin, { recursive: true })
  mkdirSync(join(folder, 'home'))
  writeFileSync(join(bin, 'openirsa'), `#!/bin/sh\nexec ${COMMAND} "$@"\n`, { mode: 0o755 })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const env = cleanEnvironment(folder, bin)
  const shell = spawn('bash', ['--noprofile', '--norc'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolveEnd) => shell.once('exit', () => resolveEnd()))
  let printed = ''
  let look: () => void = () => undefined
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      look()
    })
  let count = 0
  return {
    folder,
    run: (command) =>
      new Promise((resolveRun, reject) => {
        count += 1
        const mark = `\n@@end of command ${count}:`
        printed = ''
        const tooLate = setTimeout(() => reject(new Error(`no end after ${printed}`)), LONGEST_MILLISECONDS)
        look = () => {
          const at = printed.indexOf(mark)
          const status = at < 0 ? undefined : /^(\d+)\n/.exec(printed.slice(at + mark.length))?.[1]
          if (status === undefined) return
          clearTimeout(tooLate)
          look = () => undefined
          resolveRun({ status: Number(status), printed: printed.slice(0, at).replace(/\n$/, '') })
        }
        shell.stdin.write(`{ ${command}\n} 2>&1 </dev/null\nprintf '%s%d\\n' '${mark}' $?\n`)
      }),
    close: async () => {
      spawnSync(join(bin, 'openirsa'), ['down'], { env, cwd: folder })
      shell.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function cleanEnvironment(folder: string, bin: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|OPENIRSA_|XDG_|npm_)/.test(name))
  return {
    ...Object.fromEntries(kept),
    HOME: join(folder, 'home'),
    XDG_DATA_HOME: join(folder, 'home', 'data'),
    XDG_CONFIG_HOME: join(folder, 'home', 'config'),
    OPENIRSA_PORT: '0',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_COLOR: '1',
    NO_PROXY: '127.0.0.1,localhost',
    PATH: `${bin}:${process.env.PATH}`,
  }
}
