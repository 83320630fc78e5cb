/** A SQLite database as the two drivers give it, made equal: the least that the store needs. */
export interface SqliteConnection {
  prepare(sql: string): SqliteStatement
  close(): void
}

/** One compiled statement; parameters are positional. */
export interface SqliteStatement {
  /** Whether it answers with rows. */
  readonly reader: boolean
  all(parameters: readonly SqliteValue[]): unknown[]
  run(parameters: readonly SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}

/** What SQLite can hold. Whole numbers are bound as `bigint`, since both drivers make a REAL of any `number`. */
export type SqliteValue = null | number | bigint | string | Uint8Array

export interface SqliteDriver {
  readonly name: 'node:sqlite' | 'libsql'
  open(path: string): SqliteConnection
}
