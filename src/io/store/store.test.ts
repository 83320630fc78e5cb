import { describe, expect, it } from 'vitest'
import { StoreError } from '../../core/index.ts'
import { loadLibsql } from './libsql.ts'
import { findNodeSqlite } from './node-sqlite.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { describeStore } from './store.contract.ts'
import { createWalSync, type SyncedFile } from './wal-sync.ts'

const warnings: string[] = []
process.on('warning', ({ message }) => warnings.push(message))

const found: readonly (SqliteDriver | undefined)[] = [loadLibsql(), findNodeSqlite()]
const drivers = found.filter((driver) => driver !== undefined)

describe('the drivers of this runtime', () => {
  it(`on Node ${process.version}: ${drivers.map(({ name }) => name).join(' and ')}`, () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    const hasSqlite = major > 22 || (major === 22 && minor >= 13)
    expect(drivers.map(({ name }) => name)).toEqual(hasSqlite ? ['libsql', 'node:sqlite'] : ['libsql'])
  })

  it('Node’s warning that SQLite is experimental never reaches the user, and every other one does', async () => {
    process.emitWarning('another one')
    await new Promise((resume) => setImmediate(resume))
    expect(warnings.filter((text) => text.includes('SQLite'))).toEqual([])
    expect(warnings).toContain('another one')
  })
})

for (const driver of drivers) describeStore(driver)

describe('syncing the log', () => {
  interface Disk {
    readonly file: SyncedFile
    readonly pending: { resolve: () => void; reject: (failure: Error) => void }[]
  }
  const disk = (): Disk => {
    const pending: Disk['pending'] = []
    const datasync = () => new Promise<void>((resolve, reject) => pending.push({ resolve, reject }))
    return { file: { datasync, close: () => Promise.resolve() }, pending }
  }
  const turn = () => new Promise((resume) => setImmediate(resume))

  it('what was committed while a sync was under way waits for the next one, and all that wait share it', async () => {
    const { file, pending } = disk()
    const wal = createWalSync('log', () => Promise.resolve(file))
    const reached: string[] = []
    const wait = (name: string) => wal.reached().then(() => reached.push(name))
    const all = [wait('a')]
    await turn()
    all.push(wait('b'), wait('c'))
    await turn()
    expect(pending).toHaveLength(1)
    pending[0]!.resolve()
    await turn()
    expect(reached).toEqual(['a'])
    expect(pending).toHaveLength(2)
    pending[1]!.resolve()
    await Promise.all(all)
    expect(reached).toEqual(['a', 'b', 'c'])
    expect(pending).toHaveLength(2)
  })

  it('after a sync that failed nothing is durable any more: not what waited, nor what comes', async () => {
    const { file, pending } = disk()
    const wal = createWalSync('log', () => Promise.resolve(file))
    const [first, second] = [wal.reached(), wal.reached()]
    const failures = Promise.allSettled([first, second])
    await turn()
    pending[0]!.reject(new Error('EIO'))
    const [one, two] = await failures
    for (const outcome of [one, two]) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { reason: 'unavailable', message: 'the disk failed (`log`)' },
      })
    }
    await expect(wal.reached()).rejects.toThrow(StoreError)
    expect(() => wal.check()).toThrow(StoreError)
    expect(pending).toHaveLength(1)
  })
})
