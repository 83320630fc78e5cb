import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { CompiledQuery, Kysely, SqliteDialect, type Transaction } from 'kysely'
import { checkPrivateFile } from '../host/index.ts'
import { loadLibsql } from './libsql.ts'
import { runMigrations } from './migrations.ts'
import type { Store } from './model.ts'
import { findNodeSqlite } from './node-sqlite.ts'
import { kyselyDatabase } from './prepared.ts'
import { readOnly } from './read-only.ts'
import type { SqliteConnection, SqliteDriver } from './sqlite-driver.ts'
import { storeErrorOf } from './sqlite-errors.ts'
import { createWalSync, noSync, type WalSync } from './wal-sync.ts'

const IN_MEMORY = ':memory:'
/** A database up to this size is read through at the start; a larger one only where its tables are described. */
const LARGEST_CHECKED = 32 * 1024 * 1024
/** SQLite keeps these beside the database. */
const COMPANIONS = ['-wal', '-shm'] as const

/**
 * Opens the SQLite database in that file, made 0600 when there is none; `:memory:` is one that ends with the process.
 * The directory must exist. One process at a time: its callers hold a lock.
 * @throws StoreError `corrupt` or `unavailable`; ConfigError when the file is open to others, or no driver is installed
 */
export async function openSqliteStore(path: string): Promise<Store> {
  return openWith(findNodeSqlite() ?? loadLibsql(), path)
}

/** As `openSqliteStore`, by a driver of choice: the contract suite runs on each. */
export async function openWith(driver: SqliteDriver, path: string): Promise<Store> {
  if (path !== IN_MEMORY) await ensureDatabaseFile(path)
  const connection = openConnection(driver, path)
  const db: AnyDatabase = new Kysely({ dialect: new SqliteDialect({ database: kyselyDatabase(connection, path) }) })
  const wal = path === IN_MEMORY ? noSync : createWalSync(`${path}-wal`)
  const reading = db.withPlugin(readOnly)
  const run = async <Result>(work: (tx: Transaction<AnyTables>) => Promise<Result>): Promise<Result> => {
    wal.check()
    const result = await db.transaction().execute(work)
    await wal.reached()
    return result
  }
  let closed: Promise<void> | undefined
  return {
    dialect: 'sqlite',
    room: <Tables>() => reading as unknown as Kysely<Tables>,
    transaction: <Tables, Result>(work: (tx: Transaction<Tables>) => Promise<Result>) =>
      run((tx) => work(tx as unknown as Transaction<Tables>)),
    migrate: (migrations) => run((tx) => runMigrations(tx, migrations, 'sqlite')),
    close: () => {
      closed ??= closeStore(db, wal)
      return closed
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each room types its own view of the tables
type AnyTables = any
type AnyDatabase = Kysely<AnyTables>

/** Waits for the transaction at hand; the log goes back into the file, so that a copy of the file alone is whole. */
async function closeStore(db: AnyDatabase, wal: WalSync): Promise<void> {
  try {
    await db.executeQuery(CompiledQuery.raw('pragma wal_checkpoint(truncate)'))
  } finally {
    await db.destroy()
    await wal.close()
  }
}

/** SQLite gives the files beside it the mode of the database file, so that this one decides. */
async function ensureDatabaseFile(path: string): Promise<void> {
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch (failure) {
    throw storeErrorOf(Object.assign(new Error('cannot open', { cause: failure }), { errcode: 14 }), path)
  }
  await checkPrivateFile(path)
  for (const companion of COMPANIONS) if (existsSync(path + companion)) await checkPrivateFile(path + companion)
}

function openConnection(driver: SqliteDriver, path: string): SqliteConnection {
  let connection: SqliteConnection | undefined
  try {
    connection = driver.open(path)
    for (const pragma of PRAGMAS) connection.prepare(`pragma ${pragma}`).all([])
    checkWhole(connection, path)
    return connection
  } catch (failure) {
    connection?.close()
    throw storeErrorOf(failure, path)
  }
}

/** Whole after a power failure, and durable by `wal-sync.ts`; rows that point nowhere are refused; text keys compare as bytes (BINARY). */
const PRAGMAS = [
  'journal_mode = wal',
  'synchronous = normal',
  'foreign_keys = on',
  'busy_timeout = 5000',
  // Pages of the log before it goes back into the database, which takes two syncs and stops everybody: 16 MiB.
  'wal_autocheckpoint = 4000',
  'trusted_schema = off',
] as const

/** A damaged file is told at the start, not in the middle of the work. */
function checkWhole(connection: SqliteConnection, path: string): void {
  const isLarge = path !== IN_MEMORY && statSync(path).size > LARGEST_CHECKED
  if (isLarge) {
    connection.prepare('select count(*) from sqlite_schema').all([])
    return
  }
  const [row] = connection.prepare('pragma quick_check(1)').all([]) as Record<string, unknown>[]
  const said = Object.values(row ?? {})[0]
  if (said !== 'ok') throw Object.assign(new Error(String(said)), { errcode: 11 })
}
