import { createRequire } from 'node:module'
import { ConfigError } from '../../core/index.ts'
import type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from './sqlite-driver.ts'

interface LibsqlDatabase {
  prepare(sql: string): LibsqlStatement
  close(): void
}

interface LibsqlStatement {
  readonly reader: boolean
  all(parameters: readonly SqliteValue[]): Record<string, unknown>[]
  run(parameters: readonly SqliteValue[]): { changes: number; lastInsertRowid: number }
}

/**
 * The `libsql` package, for a Node without SQLite.
 * @throws ConfigError when it is not installed, or has no binary for this machine
 */
export function loadLibsql(): SqliteDriver {
  const require = createRequire(import.meta.url)
  try {
    const Database = require('libsql') as new (path: string) => LibsqlDatabase
    return { name: 'libsql', open: (path) => adapt(new Database(path)) }
  } catch (cause) {
    throw new ConfigError(
      `this Node (${process.version}) has no SQLite of its own and the package \`libsql\` is missing`,
      {
        hint: 'install it with `npm install libsql`, or use Node 22.13 or newer',
        cause,
      },
    )
  }
}

function adapt(database: LibsqlDatabase): SqliteConnection {
  return {
    prepare: (sql) => adaptStatement(database.prepare(sql)),
    close: () => database.close(),
  }
}

function adaptStatement(statement: LibsqlStatement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(parameters).map(withBytes),
    run: (parameters) => statement.run(parameters),
  }
}

/** libsql answers a blob as an `ArrayBuffer`; `node:sqlite` as bytes, which is what the rooms expect. */
function withBytes(row: Record<string, unknown>): Record<string, unknown> {
  for (const name in row) {
    const value = row[name]
    if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value)
  }
  return row
}
