import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import { findLockHolder, takeLock } from './lock.ts'

const SOURCES = fileURLToPath(new URL('../../', import.meta.url))
let program: string
let directory: string
let path: string
let children: ChildProcess[]

/** The lock as a program of its own, for whatever Node runs this. */
beforeAll(() => {
  program = mkdtempSync(join(tmpdir(), 'openirsa-lock-program-'))
  const compilerOptions: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    rewriteRelativeImportExtensions: true,
  }
  const files = readdirSync(join(SOURCES, 'core')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  mkdirSync(join(program, 'core'))
  mkdirSync(join(program, 'io/installation'), { recursive: true })
  for (const file of [...files.map((name) => `core/${name}`), 'io/installation/lock.ts']) {
    const { outputText } = ts.transpileModule(readFileSync(join(SOURCES, file), 'utf8'), { compilerOptions })
    writeFileSync(join(program, file.replace(/\.ts$/, '.js')), outputText)
  }
  writeFileSync(join(program, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(program, 'hold.js'),
    `import { takeLock } from './io/installation/lock.js'
     const [path, at] = process.argv.slice(2)
     while (Date.now() < Number(at)) {}
     try {
       const lock = takeLock(path)
       console.log('held')
       process.stdin.resume()
       process.on('SIGTERM', () => { lock.release(); process.exit(0) })
     } catch (failure) {
       console.log(failure.name + ': ' + failure.message)
       process.exit(2)
     }`,
  )
})
afterAll(() => rmSync(program, { recursive: true, force: true }))
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-lock-'))
  path = join(directory, 'up.lock')
  children = []
})
afterEach(async () => {
  for (const child of children) await kill(child, 'SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** Starts a process that takes the lock at that time, and waits for what it says. */
async function hold(at = 0): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [join(program, 'hold.js'), path, String(at)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const [said] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, said: said.toString().trim() }
}

async function kill(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

describe('the lock of a data directory', () => {
  it('is held until it is released, and told with the pid of its holder', () => {
    const lock = takeLock(path)
    expect(findLockHolder(path)).toBe(process.pid)
    expect(() => takeLock(path)).toThrow(ConfigError)
    expect(() => takeLock(path)).toThrow(`the data directory \`${directory}\` is in use by process ${process.pid}`)
    lock.release()
    expect(findLockHolder(path)).toBeUndefined()
    takeLock(path).release()
    expect(readdirSync(directory)).toEqual([])
  })

  it('released twice takes nothing from the next holder', () => {
    const first = takeLock(path)
    first.release()
    const second = takeLock(path)
    first.release()
    expect(findLockHolder(path)).toBe(process.pid)
    second.release()
  })

  it('is refused while another process lives, and taken when it has ended or was killed', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const { child, said } = await hold()
      expect(said).toBe('held')
      expect(findLockHolder(path)).toBe(child.pid)
      expect(() => takeLock(path)).toThrow(`in use by process ${child.pid}`)
      await kill(child, signal)
      expect(findLockHolder(path)).toBeUndefined()
      takeLock(path).release()
    }
    expect(readdirSync(directory)).toEqual([])
  })

  it('goes to one of many that start at once, whether it was free or left by the dead', async () => {
    for (const left of [undefined, JSON.stringify({ pid: process.pid, startedAt: '1' }), '{"pid":']) {
      if (left !== undefined) writeFileSync(path, left)
      const at = Date.now() + 1500
      const starters = await Promise.all(Array.from({ length: 8 }, () => hold(at)))
      const said = starters.map((starter) => starter.said)
      expect(said.filter((text) => text === 'held')).toHaveLength(1)
      expect(said.filter((text) => text.startsWith('ConfigError: '))).toHaveLength(7)
      const holder = starters.find((starter) => starter.said === 'held')
      expect(findLockHolder(path)).toBe(holder?.child.pid)
      for (const { child } of starters) await kill(child, 'SIGTERM')
      expect(readdirSync(directory)).toEqual([])
    }
  })

  it.each(['', '{', '[]', 'null', '{"pid":"1"}', '{"pid":1.5}'])('a lock that says `%s` has no holder', (text) => {
    writeFileSync(path, text)
    expect(findLockHolder(path)).toBeUndefined()
    const lock = takeLock(path)
    expect(findLockHolder(path)).toBe(process.pid)
    lock.release()
  })

  it('a pid that is another process by now is no holder', () => {
    writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: '1' }))
    expect(findLockHolder(path)).toBe(existsSync('/proc/self/stat') ? undefined : process.ppid)
  })

  it('a process that died while it took over is in nobody’s way', () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: '1' }))
    const lock = takeLock(path)
    lock.release()
    const stale = JSON.stringify({ pid: process.pid, startedAt: '2' })
    writeFileSync(path, stale)
    writeFileSync(`${path}.after-${claimOf(stale)}`, JSON.stringify({ pid: process.pid, startedAt: '3' }))
    takeLock(path).release()
    expect(readdirSync(directory)).toEqual([])
  })

  it('a starter that is still taking over is not overtaken', () => {
    const stale = JSON.stringify({ pid: process.pid, startedAt: '2' })
    writeFileSync(path, stale)
    const other = takeLock(`${path}.after-${claimOf(stale)}`)
    expect(() => takeLock(path)).toThrow('in use')
    expect(readFileSync(path, 'utf8')).toBe(stale)
    other.release()
    takeLock(path).release()
  })
})

function claimOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
