import type { Kysely } from 'kysely'
import type { Migration, Store } from '../store/index.ts'

/** This room's view of the database. */
export interface TrailTables {
  trail_events: {
    /** In the order of recording. */
    id: number
    /** The whole `TrailRecord` as JSON. */
    record: string
  }
  /** A table of contents for each run of records. The newest records, less than a run, have none yet. */
  trail_runs: RunRow
}

export interface RunRow {
  first_id: number
  last_id: number
  /** Times of its oldest and its newest record, milliseconds. */
  oldest: number
  newest: number
  /** What its records can be found by, see `contents.ts`. */
  names: Uint8Array
}

/** The schema, step by step. */
export const trailMigrations: readonly Migration[] = [
  {
    name: 'trail-0001-events',
    up: async (db, dialect) => {
      await createEvents(db, dialect)
      await createRuns(db, dialect)
    },
  },
]

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
async function createEvents(db: Kysely<any>, dialect: Store['dialect']): Promise<void> {
  await db.schema
    .createTable('trail_events')
    // In SQLite this very type makes the table its own index.
    .addColumn('id', dialect === 'sqlite' ? 'integer' : 'bigint', (column) => column.primaryKey())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute()
}

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
async function createRuns(db: Kysely<any>, dialect: Store['dialect']): Promise<void> {
  await db.schema
    .createTable('trail_runs')
    .addColumn('first_id', dialect === 'sqlite' ? 'integer' : 'bigint', (column) => column.primaryKey())
    .addColumn('last_id', 'bigint', (column) => column.notNull())
    .addColumn('oldest', 'bigint', (column) => column.notNull())
    .addColumn('newest', 'bigint', (column) => column.notNull())
    .addColumn('names', dialect === 'sqlite' ? 'blob' : 'bytea', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('trail_runs_by_age').on('trail_runs').column('newest').execute()
}
