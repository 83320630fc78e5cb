import { type AccountId, instant, type Partition, StoreError } from '../../core/index.ts'
import { type NamedPolicy, type PolicyKind, parsePolicyDocument } from '../../standards/policy/index.ts'
import { iamArn } from './arns.ts'
import type {
  AccessKey,
  Group,
  IamUser,
  InstanceProfile,
  ManagedPolicy,
  OidcProvider,
  PolicyVersion,
  Role,
} from './model.ts'
import { type Grants, type NounName, type Nouns, nameKey } from './nouns.ts'
import type { KeySeal } from './seal.ts'
import type {
  AccessKeyRow,
  GrantsRow,
  GroupRow,
  IdentityTables,
  InstanceProfileRow,
  PolicyRow,
  ProviderRow,
  RoleRow,
  UserRow,
} from './tables.ts'

/** How one noun stands in its table. */
export interface Codec<Value, Table extends keyof IdentityTables> {
  readonly table: Table
  /** Columns of the primary key. */
  readonly key: readonly (keyof IdentityTables[Table] & string)[]
  rowOf(value: Value): IdentityTables[Table]
  /** @throws StoreError `corrupt` */
  valueOf(row: IdentityTables[Table]): Value
}

interface TableOf extends Record<NounName, keyof IdentityTables> {
  providers: 'iam_providers'
  roles: 'iam_roles'
  users: 'iam_users'
  policies: 'iam_policies'
  grants: 'iam_grants'
  accessKeys: 'iam_access_keys'
  groups: 'iam_groups'
  instanceProfiles: 'iam_instance_profiles'
  aliases: 'iam_aliases'
}

export type Codecs = { readonly [Name in NounName]: Codec<Nouns[Name], TableOf[Name]> }

/** Name under which a role's trust policy stands in decisions and explanations. */
export const TRUST_POLICY_NAME = 'AssumeRolePolicyDocument'

export function createCodecs(partition: Partition, seal: KeySeal): Codecs {
  const named = { key: ['account', 'name_key'] } as const
  return {
    providers: {
      table: 'iam_providers',
      key: ['account', 'url'],
      rowOf: providerRow,
      valueOf: (row) => providerOf(row, partition),
    },
    roles: { table: 'iam_roles', ...named, rowOf: roleRow, valueOf: (row) => roleOf(row, partition) },
    users: { table: 'iam_users', ...named, rowOf: userRow, valueOf: (row) => userOf(row, partition) },
    policies: { table: 'iam_policies', ...named, rowOf: policyRow, valueOf: (row) => policyOf(row, partition) },
    groups: { table: 'iam_groups', ...named, rowOf: groupRow, valueOf: (row) => groupOf(row, partition) },
    instanceProfiles: {
      table: 'iam_instance_profiles',
      ...named,
      rowOf: profileRow,
      valueOf: (row) => profileOf(row, partition),
    },
    aliases: { table: 'iam_aliases', key: ['account'], rowOf: (alias) => ({ ...alias }), valueOf: (row) => row },
    grants: { table: 'iam_grants', key: ['holder_id'], rowOf: grantsRow, valueOf: grantsOf },
    accessKeys: {
      table: 'iam_access_keys',
      key: ['access_key_id'],
      rowOf: (key) => accessKeyRow(key, seal),
      valueOf: (row) => accessKeyOf(row, seal),
    },
  }
}

function providerRow({ account, url, clientIds, thumbprints, createdAt, tags }: OidcProvider): ProviderRow {
  return {
    account,
    url,
    created_at: createdAt,
    client_ids: JSON.stringify(clientIds),
    thumbprints: JSON.stringify(thumbprints),
    tags: JSON.stringify([...tags]),
  }
}

function providerOf(row: ProviderRow, partition: Partition): OidcProvider {
  const account = row.account as AccountId
  return {
    account,
    arn: iamArn({ partition, account }, `oidc-provider/${row.url}`),
    url: row.url,
    clientIds: read<readonly string[]>(row.client_ids),
    thumbprints: read<readonly string[]>(row.thumbprints),
    createdAt: instant(Number(row.created_at)),
    tags: readTags(row.tags),
  }
}

interface Named {
  readonly account: string
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  readonly createdAt: number
  readonly tags: ReadonlyMap<string, string>
}

const namedRow = ({ account, uniqueId, path, name, createdAt, tags }: Named) => ({
  account,
  name_key: nameKey(name),
  unique_id: uniqueId,
  path,
  name,
  created_at: createdAt,
  tags: JSON.stringify([...tags]),
})

interface NamedRow {
  readonly account: string
  readonly unique_id: string
  readonly path: string
  readonly name: string
  readonly created_at: number
  readonly tags: string
}

function namedOf(row: NamedRow, { type, partition }: { readonly type: string; readonly partition: Partition }) {
  const account = row.account as AccountId
  return {
    account,
    arn: iamArn({ partition, account }, `${type}${row.path}${row.name}`),
    uniqueId: row.unique_id,
    path: row.path,
    name: row.name,
    // PostgreSQL gives a bigint as text.
    createdAt: instant(Number(row.created_at)),
    tags: readTags(row.tags),
  }
}

function roleRow(role: Role): RoleRow {
  return {
    ...namedRow(role),
    description: role.description ?? null,
    max_session_seconds: role.maxSessionDurationSeconds,
    trust_policy: role.trustPolicy.document.text,
    boundary_arn: role.boundaryArn ?? null,
  }
}

function roleOf(row: RoleRow, partition: Partition): Role {
  const { description, boundary_arn: boundaryArn } = row
  return {
    ...namedOf(row, { type: 'role', partition }),
    partition,
    ...(description === null ? {} : { description }),
    maxSessionDurationSeconds: Number(row.max_session_seconds),
    trustPolicy: readPolicy(row.trust_policy, 'trust', { name: TRUST_POLICY_NAME }),
    ...(boundaryArn === null ? {} : { boundaryArn }),
  }
}

function userRow(user: IamUser): UserRow {
  return { ...namedRow(user), boundary_arn: user.boundaryArn ?? null }
}

function userOf(row: UserRow, partition: Partition): IamUser {
  const { boundary_arn: boundaryArn } = row
  return {
    ...namedOf(row, { type: 'user', partition }),
    partition,
    ...(boundaryArn === null ? {} : { boundaryArn }),
  }
}

const NO_TAGS: ReadonlyMap<string, string> = new Map()

function groupRow(group: Group): GroupRow {
  return { ...namedRow({ ...group, tags: NO_TAGS }), members: JSON.stringify(group.members) }
}

function groupOf(row: GroupRow, partition: Partition): Group {
  const { tags: _none, ...named } = namedOf(row, { type: 'group', partition })
  return { ...named, members: read<readonly string[]>(row.members) }
}

function profileRow(profile: InstanceProfile): InstanceProfileRow {
  return { ...namedRow(profile), role_id: profile.roleId ?? null }
}

function profileOf(row: InstanceProfileRow, partition: Partition): InstanceProfile {
  const named = namedOf(row, { type: 'instance-profile', partition })
  return { ...named, ...(row.role_id === null ? {} : { roleId: row.role_id }) }
}

interface StoredVersion {
  readonly id: string
  readonly text: string
  readonly createdAt: number
}

function policyRow(policy: ManagedPolicy): PolicyRow {
  const versions = policy.versions.map(
    (version): StoredVersion => ({
      id: version.id,
      text: version.policy.document.text,
      createdAt: version.createdAt,
    }),
  )
  return {
    ...namedRow(policy),
    description: policy.description ?? null,
    default_version: policy.defaultVersion.id,
    last_version_number: policy.lastVersionNumber,
    versions: JSON.stringify(versions),
    updated_at: policy.updatedAt,
  }
}

function policyOf(row: PolicyRow, partition: Partition): ManagedPolicy {
  const named = namedOf(row, { type: 'policy', partition })
  const versions = read<readonly StoredVersion[]>(row.versions).map(
    ({ id, text, createdAt }): PolicyVersion => ({
      id,
      policy: readPolicy(text, 'identity', { name: row.name, arn: named.arn }),
      createdAt: instant(createdAt),
    }),
  )
  const defaultVersion = versions.find(({ id }) => id === row.default_version)
  if (defaultVersion === undefined)
    throw new StoreError('corrupt', `policy \`${named.arn}\` has no version \`${row.default_version}\``)
  return {
    ...named,
    ...(row.description === null ? {} : { description: row.description }),
    versions,
    defaultVersion,
    lastVersionNumber: Number(row.last_version_number),
    updatedAt: instant(Number(row.updated_at)),
  }
}

function grantsRow({ holderId, account, inline, attached }: Grants): GrantsRow {
  return {
    holder_id: holderId,
    account,
    inline_policies: JSON.stringify([...inline].map(([name, { document }]) => [name, document.text])),
    attached_policies: JSON.stringify(attached),
  }
}

function grantsOf(row: GrantsRow): Grants {
  const inline = read<readonly (readonly [string, string])[]>(row.inline_policies)
  return {
    holderId: row.holder_id,
    account: row.account,
    inline: new Map(inline.map(([name, text]) => [name, readPolicy(text, 'identity', { name })])),
    attached: read<readonly string[]>(row.attached_policies),
  }
}

function accessKeyRow(key: AccessKey, seal: KeySeal): AccessKeyRow {
  return {
    access_key_id: key.accessKeyId,
    account: key.account,
    user_name: key.userName,
    sealed_secret: seal.seal(key.secret, key),
    status: key.status,
    created_at: key.createdAt,
  }
}

function accessKeyOf(row: AccessKeyRow, seal: KeySeal): AccessKey {
  return {
    accessKeyId: row.access_key_id,
    account: row.account as AccountId,
    userName: row.user_name,
    secret: seal.open(row.sealed_secret, { account: row.account, accessKeyId: row.access_key_id }),
    // Anything but the one word leaves the key unusable.
    status: row.status === 'Active' ? 'Active' : 'Inactive',
    createdAt: instant(Number(row.created_at)),
  }
}

// What this room wrote itself: lists of strings; the policies in them are opaque text, read strictly below.
function read<Value>(json: string): Value {
  return JSON.parse(json) as Value
}

function readTags(json: string): ReadonlyMap<string, string> {
  return new Map(read<readonly (readonly [string, string])[]>(json))
}

function readPolicy(text: string, kind: PolicyKind, name: Omit<NamedPolicy, 'document'>): NamedPolicy {
  try {
    return { ...name, document: parsePolicyDocument(text, kind) }
  } catch (cause) {
    throw new StoreError('corrupt', `policy \`${name.arn ?? name.name}\` in the store cannot be read`, { cause })
  }
}
