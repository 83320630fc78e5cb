import { sql } from 'kysely'
import type { Migration } from '../../io/store/index.ts'

/** This room's view of the database. */
export interface ObjectTables {
  cluster_objects: {
    kind: string
    /** The empty string for what lies in no namespace. */
    namespace: string
    name: string
    uid: string
    /** Milliseconds since the epoch. */
    created_at: number
    /** The object as it was applied last, as canonical JSON. */
    manifest: string
  }
}

/** The schema, step by step. */
export const objectMigrations: readonly Migration[] = [
  {
    name: 'objects-0001-cluster-objects',
    up: async (db, dialect) => {
      // Keys compare as bytes: SQLite does so by itself.
      const text = dialect === 'postgres' ? sql`text collate "C"` : sql`text`
      await db.schema
        .createTable('cluster_objects')
        .addColumn('kind', text, (column) => column.notNull())
        .addColumn('namespace', text, (column) => column.notNull())
        .addColumn('name', text, (column) => column.notNull())
        .addColumn('uid', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('manifest', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('cluster_objects_key', ['kind', 'namespace', 'name'])
        .execute()
    },
  },
]
