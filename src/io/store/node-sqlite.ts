import type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from './sqlite-driver.ts'

/** The part of Node's `node:sqlite` that is used here; its types are not in those of Node 20. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => NodeDatabase
}

interface NodeDatabase {
  prepare(sql: string): NodeStatement
  close(): void
}

interface NodeStatement {
  all(...parameters: readonly SqliteValue[]): unknown[]
  run(...parameters: readonly SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  /** Since Node 22.16 and 23.11. */
  columns?(): readonly unknown[]
}

/** The SQLite inside Node, or undefined where it has none without a flag (Node before 22.13). */
export function findNodeSqlite(): SqliteDriver | undefined {
  const sqlite = withoutExperimentalWarning(() => process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined)
  if (sqlite === undefined) return undefined
  return { name: 'node:sqlite', open: (path) => adapt(new sqlite.DatabaseSync(path)) }
}

function adapt(database: NodeDatabase): SqliteConnection {
  return {
    prepare: (sql) => adaptStatement(database.prepare(sql), sql),
    close: () => database.close(),
  }
}

function adaptStatement(statement: NodeStatement, sql: string): SqliteStatement {
  return {
    reader: statement.columns === undefined ? answersRows(sql) : statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
  }
}

/** Values are bound, never written into the text, so that these words are keywords (or, harmlessly, names). */
function answersRows(sql: string): boolean {
  return /^\s*(select|with|pragma|values|explain)\b|\breturning\b/i.test(sql)
}

/** Runtime warnings of Node are not for our users; every other warning passes. */
function withoutExperimentalWarning<T>(load: () => T): T {
  const original = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...more: unknown[]) => {
    if (more[0] === 'ExperimentalWarning' && String(warning).includes('SQLite')) return
    Reflect.apply(original, process, [warning, ...more])
  }) as typeof process.emitWarning
  try {
    return load()
  } finally {
    process.emitWarning = original
  }
}
