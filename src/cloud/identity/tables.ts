import { type Kysely, sql } from 'kysely'
import type { Migration } from '../../io/store/index.ts'

/** This room's view of the database. A row is a whole noun: everything is asked of memory, rows are read at the start only. */
export interface IdentityTables {
  iam_providers: ProviderRow
  iam_roles: RoleRow
  iam_users: UserRow
  iam_policies: PolicyRow
  iam_grants: GrantsRow
  iam_access_keys: AccessKeyRow
  iam_groups: GroupRow
  iam_instance_profiles: InstanceProfileRow
  iam_aliases: AliasRow
}

/** Lists, tags and versions stand as JSON; tags as pairs, since `__proto__` is a tag key like any other. */
export interface ProviderRow {
  account: string
  url: string
  created_at: number
  client_ids: string
  thumbprints: string
  tags: string
}

export interface RoleRow {
  account: string
  /** The name in lower case: unique so. */
  name_key: string
  unique_id: string
  path: string
  name: string
  description: string | null
  max_session_seconds: number
  trust_policy: string
  boundary_arn: string | null
  created_at: number
  tags: string
}

export interface UserRow {
  account: string
  name_key: string
  unique_id: string
  path: string
  name: string
  boundary_arn: string | null
  created_at: number
  tags: string
}

export interface PolicyRow {
  account: string
  name_key: string
  unique_id: string
  path: string
  name: string
  description: string | null
  default_version: string
  last_version_number: number
  /** `[{id, text, createdAt}]`, oldest first. */
  versions: string
  created_at: number
  updated_at: number
  tags: string
}

export interface GroupRow {
  account: string
  name_key: string
  unique_id: string
  path: string
  name: string
  /** Unique ids of users. */
  members: string
  created_at: number
  tags: string
}

export interface InstanceProfileRow {
  account: string
  name_key: string
  unique_id: string
  path: string
  name: string
  role_id: string | null
  created_at: number
  tags: string
}

export interface AliasRow {
  account: string
  alias: string
}

/** Permissions policies of one role, user or group. */
export interface GrantsRow {
  holder_id: string
  account: string
  /** `[[name, text]]` */
  inline_policies: string
  /** ARNs, in the order of attaching. */
  attached_policies: string
}

export interface AccessKeyRow {
  access_key_id: string
  account: string
  user_name: string
  sealed_secret: Uint8Array
  status: string
  created_at: number
}

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before any table type holds
type AnyDatabase = Kysely<any>

/** The schema, step by step. */
export const identityMigrations: readonly Migration[] = [
  {
    name: 'identity-0001-providers-roles-users-policies-keys',
    up: async (db, dialect) => {
      await createNamedTables(db)
      await db.schema
        .createTable('iam_providers')
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('url', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('client_ids', 'text', (column) => column.notNull())
        .addColumn('thumbprints', 'text', (column) => column.notNull())
        .addColumn('tags', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('iam_providers_key', ['account', 'url'])
        .execute()
      await db.schema
        .createTable('iam_grants')
        .addColumn('holder_id', 'text', (column) => column.primaryKey())
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('inline_policies', 'text', (column) => column.notNull())
        .addColumn('attached_policies', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('iam_access_keys')
        .addColumn('access_key_id', 'text', (column) => column.primaryKey())
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('user_name', 'text', (column) => column.notNull())
        .addColumn('sealed_secret', dialect === 'postgres' ? sql`bytea` : sql`blob`, (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
  {
    name: 'identity-0002-groups-instance-profiles-aliases',
    up: async (db) => {
      await createNamedTable(db, 'iam_groups')
        .addColumn('members', 'text', (column) => column.notNull())
        .execute()
      await createNamedTable(db, 'iam_instance_profiles').addColumn('role_id', 'text').execute()
      await db.schema
        .createTable('iam_aliases')
        .addColumn('account', 'text', (column) => column.primaryKey())
        .addColumn('alias', 'text', (column) => column.notNull().unique())
        .execute()
    },
  },
]

/** What has a path, a unique id, tags, and a name that is unique in its account whatever its case. */
function createNamedTable(db: AnyDatabase, name: string) {
  return db.schema
    .createTable(name)
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('unique_id', 'text', (column) => column.notNull().unique())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_key`, ['account', 'name_key'])
}

async function createNamedTables(db: AnyDatabase): Promise<void> {
  await createNamedTable(db, 'iam_roles')
    .addColumn('description', 'text')
    .addColumn('max_session_seconds', 'bigint', (column) => column.notNull())
    .addColumn('trust_policy', 'text', (column) => column.notNull())
    .addColumn('boundary_arn', 'text')
    .execute()
  await createNamedTable(db, 'iam_users').addColumn('boundary_arn', 'text').execute()
  await createNamedTable(db, 'iam_policies')
    .addColumn('description', 'text')
    .addColumn('default_version', 'text', (column) => column.notNull())
    .addColumn('last_version_number', 'bigint', (column) => column.notNull())
    .addColumn('versions', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
}
