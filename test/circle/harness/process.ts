/** Servers and commands in a place. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from './place.ts'

export interface Server {
  /** The last lines that it has written. */
  log(): string
  hasEnded(): boolean
  /** Asks it to end, and makes it when it takes longer. */
  stop(limitMs?: number): Promise<void>
  /** Ends it without a word. */
  kill(): Promise<void>
}

const STOP_LIMIT_MS = 10_000

/** Its output is kept in the place's directory. */
export function startServer(place: Place, name: string, words: readonly string[]): Server {
  const file = join(place.directory, `${name}.log`)
  const output = openSync(file, 'a')
  const child = spawnIn(place, words, { stdio: ['ignore', output, output] })
  let failure = ''
  child.on('error', (error) => {
    failure = error.message
  })
  const gone = once(child, 'exit').catch(() => undefined)
  const hasEnded = (): boolean => failure !== '' || child.exitCode !== null || child.signalCode !== null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded()) return
    const pid = place.pidOf(child)
    if (pid !== undefined) process.kill(pid, signal)
    await gone
  }
  return {
    log: () => `${failure}${readFileSync(file, 'utf8').split('\n').slice(-30).join('\n')}`,
    hasEnded,
    kill: () => end('SIGKILL'),
    stop: async (limitMs = STOP_LIMIT_MS) => {
      const impatience = setTimeout(() => void end('SIGKILL'), limitMs)
      await end('SIGTERM')
      clearTimeout(impatience)
    },
  }
}

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Way {
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a command to its end. */
export async function run(place: Place, words: readonly string[], { input, environment }: Way = {}): Promise<Ended> {
  const child = spawnIn(place, words, { stdio: ['pipe', 'pipe', 'pipe'], ...(environment && { environment }) })
  let [out, err] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  // Whoever does not read its input may be gone before it is written.
  child.stdin?.on('error', () => undefined).end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

/** @throws when it does not end with 0 */
export async function mustRun(place: Place, words: readonly string[], way: Way = {}): Promise<string> {
  const { code, out, err } = await run(place, words, way)
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${err}${out}`)
  return out
}

interface Spawning {
  readonly stdio: readonly ('ignore' | 'pipe' | number)[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Nothing of the caller's settings comes along, and the place's directory is where it starts. */
export function spawnIn(place: Place, words: readonly string[], { stdio, environment }: Spawning): ChildProcess {
  // A directory handed to spawn would be lost on entering another mount namespace.
  const [program = '', ...rest] = place.enter(['env', `--chdir=${place.directory}`, ...words])
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|OPENIRSA_|XDG_|NODE_|VITEST|KUBE)/.test(name))
  const own = { NO_COLOR: '1', HOME: place.directory, XDG_CONFIG_HOME: '/nowhere' }
  return spawn(program, rest, {
    stdio: [...stdio],
    env: { ...Object.fromEntries(kept), ...own, ...environment },
  })
}
