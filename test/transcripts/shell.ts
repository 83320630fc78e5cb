import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Ran {
  readonly status: number
  readonly printed: string
}

/** A shell in an empty home, with `openirsa` on its path and nothing of the caller's AWS settings. */
export interface Shell {
  readonly folder: string
  run(command: string): Promise<Ran>
  close(): Promise<void>
}

export function openShell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'openirsa-transcript-'))
  const bin = join(folder, 'node_modules', '.bin')
  mkdirSync(bin, { recursive: true })
  mkdirSync(join(folder, 'home'))
  symlinkSync(resolve('dist/cli/main.js'), join(bin, 'openirsa'))
  chmodSync(resolve('dist/cli/main.js'), 0o755)
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const shell = spawn('bash', ['--noprofile', '--norc'], { cwd: folder, env: cleanEnvironment(folder, bin), stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  let waiting: (() => void) | undefined
  const take = (part: Buffer): void => {
    printed += part.toString('utf8')
    waiting?.()
  }
  shell.stdout.on('data', take)
  shell.stderr.on('data', take)
  let count = 0
  return {
    folder,
    run: (command) =>
      new Promise((resolveRun) => {
        count += 1
        const mark = `@@${process.pid}.${count}:`
        printed = ''
        waiting = () => {
          const found = printed.match(new RegExp(`${mark.replaceAll('.', '\\.')}(\\d+)\n`))
          if (found === null) return
          waiting = undefined
          resolveRun({ status: Number(found[1]), printed: printed.slice(0, found.index).replace(/\n$/, '') })
        }
        shell.stdin.write(`{ ${command}\n} 2>&1 </dev/null\nprintf '\\n${mark}%d\\n' $?\n`)
      }),
    close: async () => {
      shell.stdin.end()
      await new Promise((ended) => shell.once('exit', ended))
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
    PATH: `${bin}:${process.env['PATH']}`,
  }
}
