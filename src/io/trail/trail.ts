import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { type Clock, type Instant, instant } from '../../core/index.ts'
import type { Store } from '../store/index.ts'
import { createGroupCommit } from './group-commit.ts'
import type { ExtraRow, Trail, TrailQuery, TrailRecord } from './model.ts'
import { type EventRow, eventRowOf, firstPositionOf, indexable, lookupRowsOf, positionOf, recordOf } from './rows.ts'
import { type LookupRow, type TrailTables, trailMigrations } from './tables.ts'

export interface TrailParts {
  readonly store: Store
  readonly clock: Clock
}

interface Entry {
  readonly row: EventRow
  readonly record: TrailRecord
  readonly extra: ExtraRow | undefined
}

/** SPEC: CloudTrail's event history reaches 90 days back. */
const KEPT_MILLISECONDS = 90 * 24 * 3600 * 1000
/** What is older is swept out after each so many records, and at most twice as many of them. */
const SWEEP_EVERY = 512

/** Opens the trail of an installation; this room's migrations run at its first use, when they have not yet. */
export function createTrail({ store, clock }: TrailParts): Trail {
  const ready = once(() => store.migrate(trailMigrations))
  const oldest = (): number => firstPositionOf(instant(clock.now() - KEPT_MILLISECONDS))
  let arrivals = 0
  let sinceSweep = 0
  const group = createGroupCommit<Entry>(async (entries) => {
    await ready()
    sinceSweep += entries.length
    const isSweepDue = sinceSweep >= SWEEP_EVERY
    await store.transaction<TrailTables, void>(async (tx) => {
      await insert(tx, entries)
      if (isSweepDue) await sweep(tx, oldest())
    })
    if (isSweepDue) sinceSweep = 0
  })
  return {
    record: async (record, extra) => {
      const row = eventRowOf(record, positionOf(record.time, arrivals++))
      await group.add({ row, record, extra })
    },
    lookup: async (query) => {
      await ready()
      return lookup(store.room<TrailTables>(), query, oldest())
    },
  }
}

/** Runs once; a failure is not kept, so that the next caller tries again. */
function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work().catch((failure: unknown) => {
      running = undefined
      throw failure
    })
    return running
  }
}

/** Rows of one INSERT at most: six values each, below SQLite's 32,766 and PostgreSQL's 65,535. */
const LARGEST_INSERT = 1000

async function insert(tx: Transaction<TrailTables>, entries: readonly Entry[]): Promise<void> {
  await insertRows(
    tx,
    'trail_events',
    entries.map(({ row }) => row),
  )
  await insertRows(
    tx,
    'trail_lookups',
    entries.flatMap(({ record, row }) => lookupRowsOf(record, row)),
  )
  for (const { extra } of entries) {
    if (extra === undefined) continue
    // The table is another room's; its name comes from that room's code, never from a request.
    const other = tx as unknown as Transaction<Record<string, Record<string, unknown>>>
    await other.insertInto(extra.table).values(extra.row).execute()
  }
}

async function insertRows<Table extends keyof TrailTables & string>(
  tx: Transaction<TrailTables>,
  table: Table,
  rows: readonly TrailTables[Table][],
): Promise<void> {
  const any = tx as unknown as Transaction<Record<string, Record<string, unknown>>>
  for (let at = 0; at < rows.length; at += LARGEST_INSERT) {
    await any
      .insertInto(table)
      .values(rows.slice(at, at + LARGEST_INSERT) as unknown as Record<string, unknown>[])
      .execute()
  }
}

async function sweep(tx: Transaction<TrailTables>, oldest: number): Promise<void> {
  const swept = await tx
    .selectFrom('trail_events')
    .selectAll()
    .where('position', '<', oldest)
    .orderBy('position')
    .limit(2 * SWEEP_EVERY)
    .execute()
  const last = swept.at(-1)
  if (last === undefined) return
  // Deleted by whole ranges of their own key: the table has no index over all positions.
  const ranges = new Map<string, LookupRow>()
  for (const row of swept) {
    for (const found of lookupRowsOf(recordOf(row), row)) {
      ranges.set(JSON.stringify([found.account, found.region, found.attribute, found.value]), found)
    }
  }
  for (const { account, region, attribute, value } of ranges.values()) {
    await tx
      .deleteFrom('trail_lookups')
      .where('account', '=', account)
      .where('region', '=', region)
      .where('attribute', '=', attribute)
      .where('value', '=', value)
      .where('position', '<=', last.position)
      .execute()
  }
  await tx.deleteFrom('trail_events').where('position', '<=', last.position).execute()
}

interface Page {
  readonly records: readonly TrailRecord[]
  readonly next?: string
}

async function lookup(db: Kysely<TrailTables>, query: TrailQuery, oldest: number): Promise<Page> {
  const mark = query.after === undefined ? undefined : readMark(query.after)
  if (query.after !== undefined && mark === undefined) return { records: [] }
  // One more than wanted tells whether a page follows.
  const rows = await selectPage(db, query, { oldest, mark }).execute()
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return { records: page.map(recordOf), ...(last === undefined ? {} : { next: renderMark(last) }) }
}

type PageRow = Pick<EventRow, 'position' | 'event_id' | 'record'>

function selectPage(
  db: Kysely<TrailTables>,
  { account, region, attribute, from, to, limit }: TrailQuery,
  { oldest, mark }: { oldest: number; mark: Mark | undefined },
): SelectQueryBuilder<TrailTables, never, PageRow> {
  const first = Math.max(oldest, from === undefined ? 0 : firstPositionOf(from))
  const source = attribute === undefined ? eventsOf(db) : lookupsOf(db, attribute)
  let select = source
    .where(sql.ref('k.account'), '=', account)
    .where(sql.ref('k.region'), '=', indexable(region))
    .where(sql.ref('k.position'), '>=', first)
  // `to` itself is within.
  if (to !== undefined) select = select.where(sql.ref('k.position'), '<', firstPositionOf(after(to)))
  if (mark !== undefined) {
    select = select.where(sql<boolean>`(k.position, k.event_id) < (${mark.position}, ${mark.eventId})`)
  }
  return select
    .orderBy(sql.ref('k.position'), 'desc')
    .orderBy(sql.ref('k.event_id'), 'desc')
    .limit(limit + 1) as unknown as SelectQueryBuilder<TrailTables, never, PageRow>
}

// biome-ignore lint/suspicious/noExplicitAny: both sources have the columns that the caller names
type Source = SelectQueryBuilder<any, any, PageRow>

function eventsOf(db: Kysely<TrailTables>): Source {
  return db
    .selectFrom('trail_events as k')
    .select(['k.position', 'k.event_id', 'k.record'])
    .where('k.is_management', '=', sql.lit(1)) as unknown as Source
}

function lookupsOf(db: Kysely<TrailTables>, attribute: NonNullable<TrailQuery['attribute']>): Source {
  return db
    .selectFrom('trail_lookups as k')
    .innerJoin('trail_events as e', (join) =>
      join.onRef('e.position', '=', 'k.position').onRef('e.event_id', '=', 'k.event_id'),
    )
    .select(['k.position', 'k.event_id', 'e.record'])
    .where('k.attribute', '=', attribute.key)
    .where('k.value', '=', indexable(attribute.value)) as unknown as Source
}

const after = (at: Instant): Instant => instant(Math.floor(at) + 1)

interface Mark {
  readonly position: number
  readonly eventId: string
}

/** The last record of a page; records that arrive later are newer, so that the pages behind it stay what they are. */
function renderMark({ position, event_id }: PageRow): string {
  return Buffer.from(`${Number(position)}/${event_id}`).toString('base64url')
}

function readMark(text: string): Mark | undefined {
  const [, digits, eventId] = /^(\d{1,16})\/([^\0]{1,200})$/s.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (digits === undefined || eventId === undefined) return undefined
  return { position: Number(digits), eventId }
}
