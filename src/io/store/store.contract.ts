import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, StoreError } from '../../core/index.ts'
import type { Migration, Store } from './model.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { openWith } from './sqlite-store.ts'

interface Tables {
  things: { name: string; count: number | null; bytes: Uint8Array | null }
  parts: { thing: string }
}
type Tx = Transaction<Tables>

const things: Migration = {
  name: 'things-0001-first',
  up: async (db) => {
    await db.schema
      .createTable('things')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('count', 'bigint')
      .addColumn('bytes', 'blob')
      .execute()
    await db.schema
      .createTable('parts')
      .addColumn('thing', 'text', (column) => column.references('things.name').notNull())
      .execute()
  },
}

const put = (tx: Tx, name: string, more: Partial<Tables['things']> = {}) =>
  tx
    .insertInto('things')
    .values({ name, count: null, bytes: null, ...more })
    .execute()
const names = async (store: Store) =>
  (await store.room<Tables>().selectFrom('things').select('name').orderBy('name').execute()).map(({ name }) => name)

/** What every driver must do: the rooms know the store, never a driver. */
export function describeStore(driver: SqliteDriver): void {
  let directory: string
  let path: string
  let stores: Store[]
  const open = async (where = path): Promise<Store> => {
    const store = await openWith(driver, where)
    stores.push(store)
    return store
  }
  const openThings = async (where = path): Promise<Store> => {
    const store = await open(where)
    await store.migrate([things])
    return store
  }
  const failureOf = (work: Promise<unknown>): Promise<StoreError> =>
    work.then(
      () => expect.fail('nothing was refused'),
      (failure: StoreError) => failure,
    )
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'openirsa-store-'))
    path = join(directory, 'store.sqlite')
    stores = []
  })
  afterEach(async () => {
    await Promise.allSettled(stores.map((store) => store.close()))
    rmSync(directory, { recursive: true, force: true })
  })

  describe(`a store by ${driver.name}`, () => {
    it('gives back what was put, byte for byte, and nothing of what was not', async () => {
      const store = await openThings()
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
      await store.transaction<Tables, void>(async (tx) => {
        await put(tx, 'a', { count: Number.MAX_SAFE_INTEGER, bytes })
        await put(tx, 'ä 😀 " \' \u2028', { count: -1, bytes: new Uint8Array() })
      })
      const rows = await store.room<Tables>().selectFrom('things').selectAll().orderBy('name').execute()
      expect(rows.map((row) => ({ ...row, bytes: row.bytes && [...row.bytes] }))).toEqual([
        { name: 'a', count: Number.MAX_SAFE_INTEGER, bytes: [...bytes] },
        { name: 'ä 😀 " \' \u2028', count: -1, bytes: [] },
      ])
      expect(rows[0]!.bytes).toBeInstanceOf(Uint8Array)
    })

    it('keeps it over a restart, and a copy of the file alone is whole', async () => {
      const store = await openThings()
      await store.transaction<Tables, unknown>((tx) => put(tx, 'kept'))
      await store.close()
      const copy = join(directory, 'copy.sqlite')
      writeFileSync(copy, readFileSync(path), { mode: 0o600 })
      expect(await names(await open())).toEqual(['kept'])
      expect(await names(await open(copy))).toEqual(['kept'])
    })

    it('what was acknowledged is in the log on the disk, while the store is still open', async () => {
      const store = await openThings()
      await store.transaction<Tables, unknown>((tx) => put(tx, 'acknowledged-by-the-log'))
      expect(readFileSync(`${path}-wal`).includes('acknowledged-by-the-log')).toBe(true)
    })

    it('a transaction that writes nothing resolves, also as the first one', async () => {
      const store = await open()
      expect(await store.transaction<Tables, number>(() => Promise.resolve(7))).toBe(7)
    })

    it('orders keys as bytes', async () => {
      const store = await openThings()
      const all = ['b', 'B', 'a', 'ä', 'Z', '_', '😀', '\uffff']
      await store.transaction<Tables, void>(async (tx) => {
        for (const name of all) await put(tx, name)
      })
      expect(await names(store)).toEqual(all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    })

    it('undoes the whole of a transaction that fails', async () => {
      const store = await openThings()
      const failing = store.transaction<Tables, void>(async (tx) => {
        await put(tx, 'half')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await names(store)).toEqual([])
      await store.transaction<Tables, unknown>((tx) => put(tx, 'after'))
      expect(await names(store)).toEqual(['after'])
    })

    it('runs transactions one after the other, though they are begun at once', async () => {
      const store = await openThings()
      await store.transaction<Tables, unknown>((tx) => put(tx, 'counter', { count: 0 }))
      const increment = () =>
        store.transaction<Tables, void>(async (tx) => {
          const { count } = await tx.selectFrom('things').select('count').executeTakeFirstOrThrow()
          await new Promise((resume) => setImmediate(resume))
          await tx
            .updateTable('things')
            .set({ count: (count ?? 0) + 1 })
            .execute()
        })
      await Promise.all(Array.from({ length: 20 }, increment))
      expect(await store.room<Tables>().selectFrom('things').select('count').executeTakeFirst()).toEqual({ count: 20 })
    })

    it('refuses a write that no transaction holds', async () => {
      const store = await openThings()
      const writing = store
        .room<Tables>()
        .insertInto('things')
        .values({ name: 'a', count: null, bytes: null })
        .execute()
      await expect(writing).rejects.toThrow(TypeError)
      await expect(store.room<Tables>().deleteFrom('things').execute()).rejects.toThrow('in a transaction')
      await expect(store.room<Tables>().updateTable('things').set({ count: 1 }).execute()).rejects.toThrow(TypeError)
    })

    it('a second row of one key is a conflict, and so is one that points nowhere', async () => {
      const store = await openThings()
      await store.transaction<Tables, unknown>((tx) => put(tx, 'once'))
      const twice = await failureOf(store.transaction<Tables, unknown>((tx) => put(tx, 'once')))
      expect([twice.constructor, twice.reason]).toEqual([StoreError, 'conflict'])
      expect(twice.message).not.toContain(directory)
      const nowhere = store.transaction<Tables, unknown>((tx) =>
        tx.insertInto('parts').values({ thing: 'none' }).execute(),
      )
      expect(await failureOf(nowhere)).toMatchObject({ code: 'STORE', reason: 'conflict' })
    })

    it.each([
      ['a boolean', true],
      ['an object', {}],
      ['text with U+0000', 'a\0b'],
      ['an integer beyond 64 bits', 2n ** 63n],
      ['a date', new Date(0)],
    ])('%s is refused, and the process lives', async (_what, value) => {
      const store = await openThings()
      await expect(store.transaction<Tables, unknown>((tx) => put(tx, value as string))).rejects.toThrow(TypeError)
      expect(await names(store)).toEqual([])
    })

    it('an error of SQL is a fault of the program, not of the store', async () => {
      const store = await openThings()
      const failure = await failureOf(store.room<{ none: { a: string } }>().selectFrom('none').selectAll().execute())
      expect(failure).not.toBeInstanceOf(StoreError)
      expect(failure.message).toContain('no such table')
    })

    it('runs each migration once, in order, and all of them or none', async () => {
      const ran: string[] = []
      const step = (name: string, fails = false): Migration => ({
        name,
        up: async () => {
          ran.push(name)
          if (fails) throw new Error('broken step')
        },
      })
      const store = await open()
      await store.migrate([step('a-0001-x'), step('b-0001-x')])
      await store.migrate([step('a-0001-x'), step('a-0002-y'), step('b-0001-x')])
      expect(ran).toEqual(['a-0001-x', 'b-0001-x', 'a-0002-y'])
      await expect(store.migrate([things, step('c-0001-x', true)])).rejects.toThrow('broken step')
      await expect(names(store)).rejects.toThrow('no such table')
      await store.migrate([things])
      expect(await names(store)).toEqual([])
    })

    it('data of a newer release is refused', async () => {
      const store = await open()
      const newer = { name: 'a-0002-later', up: () => Promise.resolve() }
      const older = { name: 'a-0001-first', up: () => Promise.resolve() }
      await store.migrate([older, newer, { name: 'other-0001-x', up: () => Promise.resolve() }])
      const failure = await failureOf(store.migrate([older]))
      expect(failure).toMatchObject({
        reason: 'corrupt',
        message: 'the data was written by a newer release: it knows `a-0002-later`',
      })
    })

    it('the files are their owner’s alone', async () => {
      const store = await openThings()
      await store.transaction<Tables, unknown>((tx) => put(tx, 'a'))
      expect(['', '-wal', '-shm'].map((end) => statSync(path + end).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
    })

    it.each(['', '-wal'])('a file%s open to others is refused', async (end) => {
      const store = await openThings()
      if (end === '') await store.close()
      chmodSync(path + end, 0o644)
      await expect(open()).rejects.toThrow(ConfigError)
    })

    it('a file that is no database is told in one line, with the way out', async () => {
      writeFileSync(path, 'not a database at all, but long enough to be read as one '.repeat(40), { mode: 0o600 })
      const failure = await failureOf(open())
      expect(failure).toMatchObject({ reason: 'corrupt', message: `the file is not a database (\`${path}\`)` })
      expect(failure.hint).toContain('openirsa reset')
    })

    it('a damaged database is told at the start', async () => {
      const store = await openThings()
      await store.transaction<Tables, void>(async (tx) => {
        for (let at = 0; at < 200; at += 1) await put(tx, `${at}`.padStart(200, '-'))
      })
      await store.close()
      const bytes = readFileSync(path)
      bytes.fill(0x5a, 4096 * 2, 4096 * 6)
      writeFileSync(path, bytes)
      expect(await failureOf(open())).toMatchObject({ reason: 'corrupt' })
      writeFileSync(path, readFileSync(path).subarray(0, 3000))
      expect(await failureOf(open())).toMatchObject({ reason: 'corrupt' })
    })

    it('a log that was cut short loses what was not acknowledged, and nothing else', async () => {
      const store = await openThings()
      await store.transaction<Tables, unknown>((tx) => put(tx, 'first'))
      const size = statSync(`${path}-wal`).size
      await store.transaction<Tables, unknown>((tx) => put(tx, 'second'))
      const [main, log] = [readFileSync(path), readFileSync(`${path}-wal`)]
      await store.close()
      const torn = join(directory, 'torn.sqlite')
      writeFileSync(torn, main, { mode: 0o600 })
      writeFileSync(`${torn}-wal`, log, { mode: 0o600 })
      truncateSync(`${torn}-wal`, size + 100)
      expect(await names(await open(torn))).toEqual(['first'])
    })

    it('a directory that is missing is told', async () => {
      const failure = await failureOf(open(join(directory, 'none', 'store.sqlite')))
      expect(failure).toMatchObject({ reason: 'unavailable' })
      expect(failure.message).toContain('cannot be opened')
    })

    it('in memory nothing is left behind', async () => {
      const store = await openThings(':memory:')
      await store.transaction<Tables, unknown>((tx) => put(tx, 'a'))
      expect(await names(store)).toEqual(['a'])
      await store.close()
      expect(await failureOf(names(await open(':memory:')))).toBeInstanceOf(Error)
    })

    it('closes once, after the transaction at hand', async () => {
      const store = await openThings()
      const writing = store.transaction<Tables, unknown>((tx) => put(tx, 'last'))
      await Promise.all([writing, store.close(), store.close()])
      expect(await names(await open())).toEqual(['last'])
    })
  })
}
