import { CompiledQuery, type Kysely, type Transaction } from 'kysely'
import { type Clock, StoreError } from '../../core/index.ts'
import type { Store } from '../store/index.ts'
import { namesOf, renderNames } from './contents.ts'
import { createGroupCommit } from './group-commit.ts'
import { list, lookup, recordOf } from './lookup.ts'
import type { ExtraRow, Trail } from './model.ts'
import { type RunRow, type TrailTables, trailMigrations } from './tables.ts'

export interface TrailParts {
  readonly store: Store
  readonly clock: Clock
}

interface Entry {
  readonly time: number
  readonly names: readonly number[]
  /** JSON. */
  readonly text: string
  readonly extra: ExtraRow | undefined
}

/** The records behind the last run: what their table of contents will be made of. */
interface Tail {
  nextId: number
  firstId: number
  oldest: number
  newest: number
  names: Set<number>
}

/** SPEC: CloudTrail's event history reaches 90 days back. */
const KEPT_MILLISECONDS = 90 * 24 * 3600 * 1000
/** Records of a run at least. A look-up reads a run at a time, and a run costs it some milliseconds. */
const RUN_LENGTH = 256
/** Runs swept at each end of a run: twice as many as are made. */
const SWEPT_RUNS = 2

/** Opens the trail of an installation; this room's migrations run at its first use, when they have not yet. */
export function createTrail({ store, clock }: TrailParts): Trail {
  const open = once(async () => {
    await store.migrate(trailMigrations)
    return readTail(store.room<TrailTables>())
  })
  const oldest = (): number => clock.now() - KEPT_MILLISECONDS
  const statements: InsertStatements = new Map()
  const group = createGroupCommit<Entry>(
    async (entries) => {
      const tail = await open()
      const run = closedRun(tail, entries)
      await store.transaction<TrailTables, void>(async (tx) => {
        await insert(tx, { firstId: tail.nextId, entries, statements })
        if (run === undefined) return
        await tx.insertInto('trail_runs').values(run).execute()
        await sweep(tx, oldest())
      })
      // Only now: a commit that failed has left nothing behind.
      advance(tail, entries, run !== undefined)
    },
    (failure) => failure instanceof StoreError && failure.reason !== 'conflict',
  )
  return {
    record: async (record, extra) => {
      await group.add({ time: record.time, names: namesOf(record), text: JSON.stringify(record), extra })
    },
    lookup: async (query) => {
      await open()
      return lookup(store.room<TrailTables>(), query, oldest())
    },
    list: async (query) => {
      await open()
      return list(store.room<TrailTables>(), query, oldest())
    },
  }
}

/** Runs once; a failure is not kept, so that the next caller tries again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= work().catch((failure: unknown) => {
      running = undefined
      throw failure
    })
    return running
  }
}

async function readTail(db: Kysely<TrailTables>): Promise<Tail> {
  const { last } = await db
    .selectFrom('trail_runs')
    .select(({ fn }) => fn.max('last_id').as('last'))
    .executeTakeFirstOrThrow()
  const tail = emptyTail(Number(last ?? 0) + 1)
  const rows = await db.selectFrom('trail_events').selectAll().where('id', '>=', tail.firstId).orderBy('id').execute()
  for (const row of rows) {
    const record = recordOf(row)
    tail.nextId = row.id + 1
    note(tail, { time: record.time, names: namesOf(record) })
  }
  return tail
}

function emptyTail(firstId: number): Tail {
  return { nextId: firstId, firstId, oldest: Number.MAX_SAFE_INTEGER, newest: 0, names: new Set() }
}

function note(tail: Tail, { time, names }: Pick<Entry, 'time' | 'names'>): void {
  tail.oldest = Math.min(tail.oldest, time)
  tail.newest = Math.max(tail.newest, time)
  for (const name of names) tail.names.add(name)
}

/** The run that ends with these entries, or undefined when there are too few of them yet. */
function closedRun(tail: Tail, entries: readonly Entry[]): RunRow | undefined {
  const end = tail.nextId + entries.length
  if (end - tail.firstId < RUN_LENGTH) return undefined
  const whole: Tail = { ...tail, names: new Set(tail.names) }
  for (const entry of entries) note(whole, entry)
  const { firstId, oldest, newest, names } = whole
  return { first_id: firstId, last_id: end - 1, oldest, newest, names: renderNames(names) }
}

function advance(tail: Tail, entries: readonly Entry[], isClosed: boolean): void {
  const nextId = tail.nextId + entries.length
  if (isClosed) Object.assign(tail, emptyTail(nextId))
  else for (const entry of entries) note(tail, entry)
  tail.nextId = nextId
}

/** By their number of rows, as the store's dialect writes them. */
type InsertStatements = Map<number, string>

interface Insertion {
  readonly firstId: number
  readonly entries: readonly Entry[]
  readonly statements: InsertStatements
}

async function insert(tx: Transaction<TrailTables>, { firstId, entries, statements }: Insertion): Promise<void> {
  for (let at = 0; at < entries.length; ) {
    const size = largestSize(entries.length - at)
    const sql = statements.get(size) ?? compileInsert(tx, size)
    statements.set(size, sql)
    const values: (number | string)[] = []
    for (const [row, { text }] of entries.slice(at, at + size).entries()) values.push(firstId + at + row, text)
    await tx.executeQuery(CompiledQuery.raw(sql, values))
    at += size
  }
  for (const { extra } of entries) {
    if (extra === undefined) continue
    // The table is another room's; its name comes from that room's code, never from a request.
    const other = tx as unknown as Transaction<Record<string, Record<string, unknown>>>
    await other.insertInto(extra.table).values(extra.row).execute()
  }
}

/** Rows of one statement. A call of the database costs more than a row; few sizes, so that each stays compiled. */
const SIZES = [32, 8, 2, 1] as const

function largestSize(count: number): number {
  return SIZES.find((size) => size <= count) ?? 1
}

const EMPTY_ROW = { id: 0, record: '' }

function compileInsert(tx: Transaction<TrailTables>, size: number): string {
  return tx
    .insertInto('trail_events')
    .values(Array.from({ length: size }, () => EMPTY_ROW))
    .compile().sql
}

/** Old runs go whole, with their records. */
async function sweep(tx: Transaction<TrailTables>, oldest: number): Promise<void> {
  const runs = await tx
    .selectFrom('trail_runs')
    .select(['first_id', 'last_id'])
    .where('newest', '<', oldest)
    .orderBy('newest')
    .limit(SWEPT_RUNS)
    .execute()
  for (const { first_id, last_id } of runs) {
    await tx.deleteFrom('trail_events').where('id', '>=', first_id).where('id', '<=', last_id).execute()
    await tx.deleteFrom('trail_runs').where('first_id', '=', first_id).execute()
  }
}
