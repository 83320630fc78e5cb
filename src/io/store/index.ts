/**
 * io/store: the database: opens it, runs the migrations that the rooms bring, transactions.
 * It knows no domain type: tables and queries belong to the room that owns the noun.
 */
export type { Migration, Store } from './model.ts'
export { openSqliteStore } from './sqlite-store.ts'
