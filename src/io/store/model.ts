import type { Kysely, Transaction } from 'kysely'

/** Tables belong to the room that owns the noun: each room types its own view of the database with `room<Tables>()`. */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** The query builder, seen through one room's tables, for reading: a write outside of a transaction is refused (TypeError). */
  room<Tables>(): Kysely<Tables>
  /**
   * Runs `work` in one transaction, one after the other; it is durable (fsync) when the promise resolves, and undone when `work` rejects.
   * Others may read what it wrote a moment before it is durable; whatever they write then is durable after it.
   * @throws StoreError; after a failure of the disk the store takes no transaction any more, and the process should start again
   */
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
