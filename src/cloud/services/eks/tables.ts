import type { Migration } from '../../../io/store/index.ts'

/** This room's view of the database. */
export interface EksTables {
  eks_clusters: ClusterRow
  eks_tags: { arn: string /** Pairs as JSON: `__proto__` is a tag key like any other. */; tags: string }
  eks_updates: UpdateRow
  eks_associations: AssociationRow
}

/** A deleted cluster stays as a stone: its issuer was ours, and nobody else's may take its place. */
export interface ClusterRow {
  issuer: string
  account: string
  region: string
  name: string
  created_at: number
  deleted_at: number | null
  /** `ClusterConfiguration` as JSON. */
  configuration: string
  client_request_token: string | null
}

export interface AssociationRow {
  arn: string
  issuer: string
  cluster: string
  account: string
  namespace: string
  service_account: string
  created_at: number
  modified_at: number
  /** `AssociationTerms` as JSON. */
  terms: string
  client_request_token: string | null
}

export interface UpdateRow {
  id: string
  arn: string
  created_at: number
  type: string
  /** As JSON. */
  params: string
}

/** The schema, step by step. */
export const eksMigrations: readonly Migration[] = [
  {
    name: 'eks-0001-clusters',
    up: async (db) => {
      await db.schema
        .createTable('eks_clusters')
        .addColumn('issuer', 'text', (column) => column.primaryKey())
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('region', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('deleted_at', 'bigint')
        .addColumn('configuration', 'text', (column) => column.notNull())
        .addColumn('client_request_token', 'text')
        .execute()
      await db.schema
        .createTable('eks_tags')
        .addColumn('arn', 'text', (column) => column.primaryKey())
        .addColumn('tags', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('eks_updates')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('arn', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('params', 'text', (column) => column.notNull())
        .execute()
    },
  },
  {
    name: 'eks-0002-associations',
    up: async (db) => {
      await db.schema
        .createTable('eks_associations')
        .addColumn('arn', 'text', (column) => column.primaryKey())
        .addColumn('issuer', 'text', (column) => column.notNull())
        .addColumn('cluster', 'text', (column) => column.notNull())
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('service_account', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('modified_at', 'bigint', (column) => column.notNull())
        .addColumn('terms', 'text', (column) => column.notNull())
        .addColumn('client_request_token', 'text')
        .execute()
      await db.schema
        .createIndex('eks_associations_by_service_account')
        .on('eks_associations')
        .columns(['issuer', 'cluster', 'account', 'namespace', 'service_account'])
        .unique()
        .execute()
    },
  },
]
