import { sql } from 'kysely'
import type { Migration } from '../../../io/store/index.ts'

export interface S3Tables {
  s3_buckets: BucketRow
  s3_objects: ObjectRow
}

export interface BucketRow {
  name: string
  account: string
  region: string
  created_at: number
  policy: string | null
}

/** `file` or `bytes`: one of them is null. */
export interface ObjectRow {
  bucket: string
  /** UTF-8: both databases compare it byte by byte, which is the order of S3's listings. */
  key: Uint8Array
  size: number
  etag: string
  modified_at: number
  file: string | null
  bytes: Uint8Array | null
  /** `ObjectHeaders` in JSON. */
  headers: string
  checksum_algorithm: string | null
  checksum: string | null
}

export const s3Migrations: readonly Migration[] = [
  {
    name: 's3-0001-buckets-and-objects',
    up: async (db, dialect) => {
      const bytes = dialect === 'postgres' ? sql`bytea` : sql`blob`
      await db.schema
        .createTable('s3_buckets')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('region', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('policy', 'text')
        .execute()
      await db.schema
        .createTable('s3_objects')
        .addColumn('bucket', 'text', (column) => column.notNull())
        .addColumn('key', bytes, (column) => column.notNull())
        .addColumn('size', 'bigint', (column) => column.notNull())
        .addColumn('etag', 'text', (column) => column.notNull())
        .addColumn('modified_at', 'bigint', (column) => column.notNull())
        .addColumn('file', 'text')
        .addColumn('bytes', bytes)
        .addColumn('headers', 'text', (column) => column.notNull())
        .addColumn('checksum_algorithm', 'text')
        .addColumn('checksum', 'text')
        .addPrimaryKeyConstraint('s3_objects_key', ['bucket', 'key'])
        .execute()
      await db.schema.createIndex('s3_objects_file').on('s3_objects').column('file').execute()
    },
  },
]
