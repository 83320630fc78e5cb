import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { hasName, isWanted, nameOf } from './contents.ts'
import type { TrailListQuery, TrailPage, TrailQuery, TrailRecord } from './model.ts'
import type { RunRow, TrailTables } from './tables.ts'

type EventRow = TrailTables['trail_events']

interface Found {
  readonly id: number
  readonly record: TrailRecord
}

/** Tables of contents that are read at once. */
const RUNS_AT_ONCE = 64

/** `oldest` bounds every query. */
export function lookup(db: Kysely<TrailTables>, query: TrailQuery, oldest: number): Promise<TrailPage> {
  return find(db, {
    query,
    oldest,
    name: nameOf(query),
    mayBeWanted: (row) => mayBeWanted(row, query),
    isWanted: (record) => isWanted(record, query),
  })
}

/** Data events have no name in a table of contents: every run of the time is read. */
export function list(db: Kysely<TrailTables>, query: TrailListQuery, oldest: number): Promise<TrailPage> {
  return find(db, {
    query,
    oldest,
    mayBeWanted: ({ record }) => record.includes(query.account),
    isWanted: ({ account }) => account === query.account,
  })
}

interface Search {
  readonly query: Pick<TrailQuery, 'from' | 'to' | 'limit' | 'after'>
  readonly oldest: number
  /** Absent: runs of any content. */
  readonly name?: number
  /** Told from the text, before the record is read. */
  mayBeWanted(row: EventRow): boolean
  isWanted(record: TrailRecord): boolean
}

/** Reads backwards from the newest record, a run at a time, and lets others work in between. */
async function find(db: Kysely<TrailTables>, search: Search): Promise<TrailPage> {
  const { query, oldest } = search
  const mark = query.after === undefined ? undefined : readMark(query.after)
  if (query.after !== undefined && mark === undefined) return { records: [] }
  const times = { from: Math.max(oldest, query.from ?? 0), to: query.to ?? Number.MAX_SAFE_INTEGER }
  const found: Found[] = []
  for await (const rows of runsOf(db, { name: search.name, before: mark, ...times })) {
    for (const row of rows) {
      if (!search.mayBeWanted(row)) continue
      const record = recordOf(row)
      if (record.time >= times.from && record.time <= times.to && search.isWanted(record))
        found.push({ id: row.id, record })
    }
    // One more than wanted tells whether a page follows.
    if (found.length > query.limit) break
  }
  return pageOf(found, query.limit)
}

function pageOf(found: readonly Found[], limit: number): TrailPage {
  const page = found.slice(0, limit)
  const last = page.at(-1)
  // Calls that ran side by side were recorded as they ended; they are told as they began.
  const records = page.toSorted((a, b) => b.record.time - a.record.time || b.id - a.id).map(({ record }) => record)
  return { records, ...(found.length > limit && last !== undefined ? { next: renderMark(last.id) } : {}) }
}

interface Range {
  readonly name: number | undefined
  /** Only records with smaller ids. */
  readonly before: number | undefined
  readonly from: number
  readonly to: number
}

/** The records that may be wanted, newest first, in portions: those without a table of contents, then run after run. */
async function* runsOf(
  db: Kysely<TrailTables>,
  { name, before, from, to }: Range,
): AsyncGenerator<readonly EventRow[]> {
  const { last } = await db
    .selectFrom('trail_runs')
    .select(({ fn }) => fn.max('last_id').as('last'))
    .executeTakeFirstOrThrow()
  const lastOfRuns = Number(last ?? 0)
  let below = before ?? Number.MAX_SAFE_INTEGER
  if (below > lastOfRuns + 1) yield await eventsOf(db, lastOfRuns + 1, below)
  // A run that is closed from here on holds what was read already.
  below = Math.min(below, lastOfRuns + 1)
  for (;;) {
    const runs = await runsBelow(db, { below, from, to })
    for (const run of runs) {
      if (name !== undefined && !hasName(run.names, name)) continue
      await setImmediate()
      yield await eventsOf(db, run.first_id, Math.min(below, run.last_id + 1))
    }
    const lowest = runs.at(-1)
    if (lowest === undefined || runs.length < RUNS_AT_ONCE) return
    below = lowest.first_id
    await setImmediate()
  }
}

function runsBelow(
  db: Kysely<TrailTables>,
  { below, from, to }: { readonly below: number; readonly from: number; readonly to: number },
): Promise<readonly RunRow[]> {
  return db
    .selectFrom('trail_runs')
    .selectAll()
    .where('first_id', '<', below)
    .where('newest', '>=', from)
    .where('oldest', '<=', to)
    .orderBy('first_id', 'desc')
    .limit(RUNS_AT_ONCE)
    .execute()
}

/** Newest first; `below` itself is not among them. */
function eventsOf(db: Kysely<TrailTables>, first: number, below: number): Promise<readonly EventRow[]> {
  return db
    .selectFrom('trail_events')
    .selectAll()
    .where('id', '>=', first)
    .where('id', '<', below)
    .orderBy('id', 'desc')
    .execute()
}

/** A value that is not in the text is not in the record; that is seen sooner than the record is read. */
function mayBeWanted({ record }: EventRow, { attribute }: TrailQuery): boolean {
  if (attribute === undefined || attribute.key === 'ReadOnly') return true
  return record.includes(JSON.stringify(attribute.value))
}

/** The record as it was given. */
export function recordOf({ record }: Pick<EventRow, 'record'>): TrailRecord {
  return JSON.parse(record) as TrailRecord
}

/** The last record of a page; records that arrive later have greater ids, so that the pages behind it stay what they are. */
function renderMark(id: number): string {
  return Buffer.from(`trail/${id}`).toString('base64url')
}

function readMark(text: string): number | undefined {
  const [, digits] = /^trail\/([1-9]\d{0,14})$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
  return digits === undefined ? undefined : Number(digits)
}
