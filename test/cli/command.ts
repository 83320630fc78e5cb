import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The built command; OPENIRSA_CMD, words with spaces between, replaces it. */
export const COMMAND: readonly string[] = process.env.OPENIRSA_CMD?.split(' ') ?? [
  process.execPath,
  resolve('dist/cli/main.js'),
]

export interface Started {
  readonly child: ChildProcess
  /** What it has printed so far. */
  out(): string
  err(): string
  readonly ended: Promise<Ended>
}

export interface Way {
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
  /** Instead of `openirsa`. */
  readonly command?: readonly string[]
}

/** Starts `openirsa WORDS` with nothing of the caller's settings. */
export function start(words: readonly string[], { environment = {}, input, command = COMMAND }: Way = {}): Started {
  const [program = '', ...first] = command
  const child = spawn(program, [...first, ...words], {
    env: { ...ownEnvironment(), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  // Whoever does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined).end(input)
  const ended = new Promise<Ended>((resolveEnd, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolveEnd({ code, out, err }))
  })
  return { child, out: () => out, err: () => err, ended }
}

export const openirsa = (words: readonly string[], way: Way = {}): Promise<Ended> => start(words, way).ended

function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|OPENIRSA_|XDG_|NODE_|VITEST)/.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: '1', XDG_CONFIG_HOME: '/nowhere' }
}

/** Asks until the answer is neither undefined nor false. */
export async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  for (let waited = 0; waited < 20_000; waited += 20) {
    const found = probe()
    if (found !== undefined && found !== false) return found
    await new Promise((passed) => setTimeout(passed, 20))
  }
  throw new Error(`${what} did not come`)
}

export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'openirsa-cli-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Facts {
  readonly endpoint: string
  readonly httpsEndpoint: string
  readonly caFile: string
  readonly issuer: string
  readonly account: string
  readonly region: string
  readonly pid: number
}

export interface Up extends Started {
  readonly facts: Facts
  stop(): Promise<Ended>
}

/** `openirsa up -o json` on a free port, ready. */
export async function up(dataDirectory: string, ...more: readonly string[]): Promise<Up> {
  const started = start(['up', '--port', '0', '--data-dir', dataDirectory, '-o', 'json', ...more])
  let end: Ended | undefined
  void started.ended.then((ended) => {
    end = ended
  })
  await until('the ready line', () => {
    if (end !== undefined) throw new Error(`up ended with ${end.code}: ${end.err}`)
    return started.out().includes('\n')
  })
  return {
    ...started,
    facts: JSON.parse(started.out()) as Facts,
    stop: () => {
      started.child.kill('SIGTERM')
      return started.ended
    },
  }
}
