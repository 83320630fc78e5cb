import { type Kysely, sql } from 'kysely'
import type { Migration, Store } from '../store/index.ts'

/** This room's view of the database. */
export interface TrailTables {
  trail_events: {
    /** Where the record stands in time, see `positionOf`. */
    position: number
    event_id: string
    account: string
    region: string
    /** 1 for what LookupEvents may answer. */
    is_management: number
    /** The whole `TrailRecord` as JSON. */
    record: string
  }
  /** One row for each attribute of a management event that it can be looked up by. */
  trail_lookups: LookupRow
}

export interface LookupRow {
  account: string
  region: string
  attribute: string
  value: string
  position: number
  event_id: string
}

/** The schema, step by step. */
export const trailMigrations: readonly Migration[] = [
  {
    name: 'trail-0001-events',
    up: async (db, dialect) => {
      await createEvents(db, dialect)
      await createLookups(db, dialect)
    },
  },
]

/** Keys compare as bytes: SQLite does so by itself. */
const keyType = (dialect: Store['dialect']) => (dialect === 'postgres' ? sql`text collate "C"` : sql`text`)

/** The key is the order in which records are read, so that the table is its own index. */
const clustered = (dialect: Store['dialect']) => (dialect === 'sqlite' ? sql`without rowid` : sql``)

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
async function createEvents(db: Kysely<any>, dialect: Store['dialect']): Promise<void> {
  const key = keyType(dialect)
  await db.schema
    .createTable('trail_events')
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('event_id', key, (column) => column.notNull())
    .addColumn('account', key, (column) => column.notNull())
    .addColumn('region', key, (column) => column.notNull())
    .addColumn('is_management', 'integer', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('trail_events_key', ['position', 'event_id'])
    .execute()
  await db.schema
    .createIndex('trail_events_by_region')
    .on('trail_events')
    .columns(['account', 'region', 'position', 'event_id'])
    .where(sql.ref('is_management'), '=', sql.lit(1))
    .execute()
}

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
async function createLookups(db: Kysely<any>, dialect: Store['dialect']): Promise<void> {
  const key = keyType(dialect)
  await db.schema
    .createTable('trail_lookups')
    .addColumn('account', key, (column) => column.notNull())
    .addColumn('region', key, (column) => column.notNull())
    .addColumn('attribute', key, (column) => column.notNull())
    .addColumn('value', key, (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('event_id', key, (column) => column.notNull())
    .addPrimaryKeyConstraint('trail_lookups_key', ['account', 'region', 'attribute', 'value', 'position', 'event_id'])
    .modifyEnd(clustered(dialect))
    .execute()
}
