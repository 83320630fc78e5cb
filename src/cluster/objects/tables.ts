import { sql } from 'kysely'
import type { Migration } from '../../io/store/index.ts'

/** What the installation's own cluster is called in this room's rows. */
export const LOCAL_CLUSTER = 'local'

/** This room's view of the database. */
export interface ObjectTables {
  cluster_objects: {
    /** `LOCAL_CLUSTER`, or what the caller calls another one by. */
    cluster: string
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
  {
    name: 'objects-0002-many-clusters',
    up: async (db, dialect) => {
      const text = dialect === 'postgres' ? sql`text collate "C"` : sql`text`
      // A primary key is not altered in SQLite: the table is made anew.
      await db.schema.alterTable('cluster_objects').renameTo('cluster_objects_before').execute()
      await db.schema
        .createTable('cluster_objects')
        .addColumn('cluster', text, (column) => column.notNull())
        .addColumn('kind', text, (column) => column.notNull())
        .addColumn('namespace', text, (column) => column.notNull())
        .addColumn('name', text, (column) => column.notNull())
        .addColumn('uid', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('manifest', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('cluster_objects_of_clusters_key', ['cluster', 'kind', 'namespace', 'name'])
        .execute()
      await sql`insert into cluster_objects (cluster, kind, namespace, name, uid, created_at, manifest)
        select ${LOCAL_CLUSTER}, kind, namespace, name, uid, created_at, manifest from cluster_objects_before`.execute(
        db,
      )
      await db.schema.dropTable('cluster_objects_before').execute()
    },
  },
]
