import type { Kysely, Transaction } from 'kysely'

/** Tables belong to the room that owns the noun: each room types its own view of the database with `room<Tables>()`. */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** The query builder, seen through one room's tables. */
  room<Tables>(): Kysely<Tables>
  /** Runs `work` in one transaction; it is durable (fsync) when the promise resolves, and undone when it rejects. Transactions run one after the other. */
  transaction<Tables, Result>(work: (tx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** Runs the migrations that the rooms bring, in the order given, each once. @throws StoreError `corrupt` when the data is of a newer release */
  migrate(migrations: readonly Migration[]): Promise<void>
  close(): Promise<void>
}

/** One step of one room's schema. Names are never changed or reused. */
export interface Migration {
  /** `identity-0001-roles`: room, number, what. */
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
  up(db: Kysely<any>, dialect: Store['dialect']): Promise<void>
}
