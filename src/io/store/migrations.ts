import type { Kysely, Transaction } from 'kysely'
import { StoreError } from '../../core/index.ts'
import type { Migration, Store } from './model.ts'

interface MigrationTables {
  store_migrations: { name: string }
}

const TABLE = 'store_migrations'

/**
 * Runs what has not run yet, in the order given; within a transaction, so that it is all or nothing.
 * @throws StoreError `corrupt` when the data knows steps of these rooms that this release does not
 */
export async function runMigrations(
  // biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
  tx: Transaction<any>,
  migrations: readonly Migration[],
  dialect: Store['dialect'],
): Promise<void> {
  const own = tx as unknown as Transaction<MigrationTables>
  await own.schema
    .createTable(TABLE)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .execute()
  const done = await findDone(own)
  refuseNewerData(done, migrations)
  for (const { name, up } of migrations) {
    if (done.has(name)) continue
    await up(tx, dialect)
    await own.insertInto(TABLE).values({ name }).execute()
  }
}

async function findDone(db: Kysely<MigrationTables>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom(TABLE).select('name').execute()
  return new Set(rows.map(({ name }) => name))
}

function refuseNewerData(done: ReadonlySet<string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name))
  const rooms = new Set(migrations.map(({ name }) => roomOf(name)))
  for (const name of done) {
    if (known.has(name) || !rooms.has(roomOf(name))) continue
    throw new StoreError('corrupt', `the data was written by a newer release: it knows \`${name}\``, {
      hint: 'use that release, or restore a backup of before the update',
    })
  }
}

/** `identity` of `identity-0001-roles`. */
function roomOf(name: string): string {
  return name.split('-', 1)[0] ?? name
}
