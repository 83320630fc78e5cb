import { type Generated, sql } from 'kysely'
import type { ApiError, Clock, Randomness } from '../../core/index.ts'
import type { Migration, Store } from '../../io/store/index.ts'
import type { Refusal } from '../operation.ts'
import { describeRefusal } from './describe.ts'
import type { DenialCall, DenialRecord } from './model.ts'

interface DenialTables {
  denials: {
    seq: Generated<number>
    id: string
    /** Milliseconds since the epoch. */
    denied_at: number
    /** The record as JSON. */
    record: string
  }
}

const TABLE = 'denials'
/** The newest are kept, so that refused calls cannot fill the disk. */
const MOST_KEPT = 100_000
/** Rows beyond that many are swept after each so many denials. */
const SWEEP_EVERY = 1_000

/** The schema, step by step. */
export const denialMigrations: readonly Migration[] = [
  {
    name: 'denials-0001-denials',
    up: async (db, dialect) => {
      await db.schema
        .createTable(TABLE)
        .addColumn('seq', dialect === 'postgres' ? 'bigserial' : 'integer', (column) =>
          dialect === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
        )
        .addColumn('id', dialect === 'postgres' ? sql`text collate "C"` : 'text', (column) => column.notNull().unique())
        .addColumn('denied_at', 'bigint', (column) => column.notNull())
        .addColumn('record', 'text', (column) => column.notNull())
        .execute()
    },
  },
]

export interface Denials {
  /** Finds out why, and makes the record; it is kept when its row is written. */
  describe(refusal: Refusal, call: DenialCall, answer: ApiError): DenialRecord
  /** The record as a row for the trail's own commit: a denial is durable when its trail record is. */
  rowOf(record: DenialRecord): { readonly table: string; readonly row: Readonly<Record<string, unknown>> }
  /** Keeps a record by itself. */
  keep(record: DenialRecord): Promise<void>
  find(id: string): Promise<DenialRecord | undefined>
  /** The one that was kept last. */
  findNewest(): Promise<DenialRecord | undefined>
  /** Forgets what is older than the newest 100,000; cheap when called after every denial. */
  sweep(): Promise<void>
}

export interface DenialParts {
  readonly store: Store
  readonly clock: Clock
  readonly randomness: Randomness
}

/** Opens the denials of an installation, and runs this room's migrations. */
export async function createDenials({ store, randomness }: DenialParts): Promise<Denials> {
  await store.migrate(denialMigrations)
  const table = store.room<DenialTables>()
  let sinceSweep = 0
  const rowOf = (record: DenialRecord) => ({
    id: record.id,
    denied_at: Date.parse(record.time),
    record: JSON.stringify(record),
  })
  return {
    describe: (refusal, call, answer) => describeRefusal(mintDenialId(randomness), refusal, call, answer),
    rowOf: (record) => ({ table: TABLE, row: rowOf(record) }),
    keep: async (record) => {
      await store.transaction<DenialTables, unknown>((tx) => tx.insertInto(TABLE).values(rowOf(record)).execute())
    },
    find: async (id) => {
      const row = await table.selectFrom(TABLE).select('record').where('id', '=', id).executeTakeFirst()
      return row === undefined ? undefined : (JSON.parse(row.record) as DenialRecord)
    },
    findNewest: async () => {
      const row = await table.selectFrom(TABLE).select('record').orderBy('seq', 'desc').limit(1).executeTakeFirst()
      return row === undefined ? undefined : (JSON.parse(row.record) as DenialRecord)
    },
    sweep: async () => {
      sinceSweep += 1
      if (sinceSweep < SWEEP_EVERY) return
      sinceSweep = 0
      await store.transaction<DenialTables, unknown>(async (tx) => {
        const newest = await tx
          .selectFrom(TABLE)
          .select((from) => from.fn.max('seq').as('seq'))
          .executeTakeFirst()
        const limit = Number(newest?.seq ?? 0) - MOST_KEPT
        if (limit > 0) await tx.deleteFrom(TABLE).where('seq', '<=', limit).execute()
      })
    },
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** 80 random bits in 16 characters. */
function mintDenialId(randomness: Randomness): string {
  let bits = 0n
  for (const byte of randomness.bytes(10)) bits = (bits << 8n) | BigInt(byte)
  let id = ''
  for (let at = 0; at < 16; at += 1) {
    id = (ALPHABET[Number(bits & 31n)] ?? '') + id
    bits >>= 5n
  }
  return id
}
