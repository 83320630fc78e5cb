import type { SqliteStatement as KyselyStatement, SqliteDatabase } from 'kysely'
import type { SqliteConnection, SqliteStatement, SqliteValue } from './sqlite-driver.ts'
import { storeErrorOf } from './sqlite-errors.ts'

/** Statements kept compiled, so that a hot path compiles its SQL once. */
const MOST_STATEMENTS = 200

/** The connection as Kysely's SQLite dialect wants it: statements are kept, values are checked, failures are ours. */
export function kyselyDatabase(connection: SqliteConnection, path: string): SqliteDatabase {
  const kept = new Map<string, KyselyStatement>()
  const prepare = (sql: string): KyselyStatement => {
    const known = kept.get(sql)
    if (known !== undefined) {
      // Last used, last dropped.
      kept.delete(sql)
      kept.set(sql, known)
      return known
    }
    const statement = adapt(
      ours(path, () => connection.prepare(sql)),
      path,
    )
    kept.set(sql, statement)
    if (kept.size > MOST_STATEMENTS) kept.delete(kept.keys().next().value ?? sql)
    return statement
  }
  return {
    prepare,
    close: () => {
      kept.clear()
      connection.close()
    },
  }
}

function adapt(statement: SqliteStatement, path: string): KyselyStatement {
  const all = (parameters: readonly unknown[]): unknown[] => ours(path, () => statement.all(parameters.map(bindable)))
  return {
    reader: statement.reader,
    all,
    run: (parameters) => ours(path, () => statement.run(parameters.map(bindable))),
    // Rows are fetched whole: a kept statement must not be stepped by two readers.
    iterate: (parameters) => all(parameters)[Symbol.iterator](),
  }
}

/**
 * INVARIANT: only these types reach a driver: libsql ends the whole process at a boolean.
 * @throws TypeError for any other, and for text with U+0000, which no driver gives back whole
 */
export function bindable(value: unknown): SqliteValue {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'string':
      if (value.includes('\0')) throw new TypeError('text with U+0000 cannot be kept in the store')
      return value
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value)
        throw new TypeError('an integer beyond 64 bits cannot be kept in the store')
      return value
    default:
      if (value instanceof Uint8Array) return value
      throw new TypeError(`a value of type ${typeof value} cannot be kept in the store`)
  }
}

function ours<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (failure) {
    throw storeErrorOf(failure, path)
  }
}
