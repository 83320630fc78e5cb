import type { AccountId, Arn, Clock, Instant, Partition, Randomness, Region, Secret } from '../../core/index.ts'
import type { Store } from '../../io/store/index.ts'
import type { NamedPolicy, PolicyDocument } from '../../standards/policy/index.ts'

export interface Account {
  readonly id: AccountId
  readonly partition: Partition
}

export interface OidcProvider {
  readonly account: AccountId
  readonly arn: Arn
  /** Without scheme: `oidc.eks.us-east-1.amazonaws.com/id/ABC`. Trailing slash and case as registered. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: Instant
  readonly tags: ReadonlyMap<string, string>
}

export interface Role {
  readonly account: AccountId
  readonly partition: Partition
  readonly arn: Arn
  /** AROA… */
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  readonly description?: string
  readonly maxSessionDurationSeconds: number
  readonly trustPolicy: NamedPolicy
  readonly boundaryArn?: string
  readonly createdAt: Instant
  readonly tags: ReadonlyMap<string, string>
}

export interface IamUser {
  readonly account: AccountId
  readonly partition: Partition
  readonly arn: Arn
  /** AIDA… */
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  readonly boundaryArn?: string
  readonly createdAt: Instant
  readonly tags: ReadonlyMap<string, string>
}

export interface AccessKey {
  readonly accessKeyId: string
  readonly account: AccountId
  readonly userName: string
  readonly secret: Secret
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: Instant
}

export interface PolicyVersion {
  /** `v1` */
  readonly id: string
  readonly policy: NamedPolicy
  readonly createdAt: Instant
}

/** A managed policy, with at most five versions of it, oldest first. */
export interface ManagedPolicy {
  /** `aws`: one that AWS manages, the same in every account. */
  readonly account: AccountId | 'aws'
  readonly arn: Arn
  /** ANPA… */
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  readonly description?: string
  readonly versions: readonly PolicyVersion[]
  readonly defaultVersion: PolicyVersion
  /** Number of the newest version that ever was: numbers are not used again. */
  readonly lastVersionNumber: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly tags: ReadonlyMap<string, string>
}

export interface Group {
  readonly account: AccountId
  readonly arn: Arn
  /** AGPA… */
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  /** Unique ids of users. */
  readonly members: readonly string[]
  readonly createdAt: Instant
}

export interface InstanceProfile {
  readonly account: AccountId
  readonly arn: Arn
  /** AIPA… */
  readonly uniqueId: string
  readonly path: string
  readonly name: string
  /** Unique id of the one role that it may have. */
  readonly roleId?: string
  readonly createdAt: Instant
  readonly tags: ReadonlyMap<string, string>
}

/** Who acts, and may have a boundary. */
export type Actor = Role | IamUser

/** Who has permissions policies; told apart by the kind of the unique id. */
export type PolicyHolder = Actor | Group

/** Who uses a managed policy, and as what. */
export interface PolicyUses {
  readonly roles: readonly Role[]
  readonly users: readonly IamUser[]
  readonly groups: readonly Group[]
  readonly boundaryOfRoles: readonly Role[]
  readonly boundaryOfUsers: readonly IamUser[]
}

export interface UseCounts {
  /** Roles, users and groups that have it among their policies. */
  readonly attached: number
  /** Roles and users whose boundary it is. */
  readonly boundaries: number
}

/**
 * What the gateway and STS ask of the identity room; IAM's own operations use the wider `Identity`.
 * Reads come from memory (read-your-writes in one process) and are cheap: a few microseconds.
 */
export interface IdentityReader {
  findAccount(id: AccountId): Account | undefined
  findAccessKey(accessKeyId: string): AccessKey | undefined
  findUser(account: AccountId, name: string): IamUser | undefined
  /** By name, without regard to path or case, as IAM's uniqueness rule. */
  findRole(account: AccountId, name: string): Role | undefined
  /** By ARN exactly: path and case count. */
  findRoleByArn(arn: string): Role | undefined
  findRoleByUniqueId(uniqueId: string): Role | undefined
  /** The provider of that issuer (with scheme) in that account, compared byte for byte. */
  findProviderByIssuer(account: AccountId, issuer: string): OidcProvider | undefined
  /** A managed policy, customer's or AWS's, in its default version. */
  findManagedPolicy(arn: string): NamedPolicy | undefined
  policiesOfRole(role: Role): PrincipalPolicies
  policiesOfUser(user: IamUser): PrincipalPolicies
}

/** Permissions policies (inline and managed) and the boundary of a principal. */
export interface PrincipalPolicies {
  readonly identity: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy
}

/** What IAM's operations ask, both of what is there and of what a change has made so far. Lists come by name. */
export interface IdentityLookup {
  findUser(account: AccountId, name: string): IamUser | undefined
  findUserByArn(arn: string): IamUser | undefined
  findRole(account: AccountId, name: string): Role | undefined
  findRoleByArn(arn: string): Role | undefined
  findProviderByArn(arn: string): OidcProvider | undefined
  /** Customer's or AWS's. */
  findPolicy(arn: string): ManagedPolicy | undefined
  /** A role or a user. */
  findActorByUniqueId(uniqueId: string): Actor | undefined
  findGroup(account: AccountId, name: string): Group | undefined
  findGroupByArn(arn: string): Group | undefined
  findInstanceProfile(account: AccountId, name: string): InstanceProfile | undefined
  findAccessKey(accessKeyId: string): AccessKey | undefined
  rolesOf(account: AccountId): readonly Role[]
  usersOf(account: AccountId): readonly IamUser[]
  groupsOf(account: AccountId): readonly Group[]
  groupsOfUser(user: IamUser): readonly Group[]
  membersOf(group: Group): readonly IamUser[]
  instanceProfilesOf(account: AccountId): readonly InstanceProfile[]
  roleOfInstanceProfile(profile: InstanceProfile): Role | undefined
  aliasOf(account: AccountId): string | undefined
  providersOf(account: AccountId): readonly OidcProvider[]
  /** The customer's own. */
  policiesOf(account: AccountId): readonly ManagedPolicy[]
  accessKeysOf(user: IamUser): readonly AccessKey[]
  inlinePoliciesOf(holder: PolicyHolder): readonly NamedPolicy[]
  /** In the order of attaching. */
  attachedPoliciesOf(holder: PolicyHolder): readonly ManagedPolicy[]
  /** Within one account: a policy of AWS's is used in many. */
  usesOf(account: AccountId, policyArn: string): PolicyUses
  /** How often each policy is in use within one account, by ARN; one that is not in use is absent. One pass, for lists. */
  useCountsOf(account: AccountId): ReadonlyMap<string, UseCounts>
}

/** Everything that identities are, and the one way to change it. */
export interface Identity extends IdentityReader, Omit<IdentityLookup, keyof IdentityReader> {
  readonly partition: Partition
  accounts(): readonly Account[]
  awsManagedPolicies(): readonly ManagedPolicy[]
  /**
   * Makes a change: `plan` looks, decides and says what is to be; nobody else changes anything meanwhile. Durable when the promise
   * resolves, and seen by readers only then. When `plan` throws, or the store does, nothing has changed.
   */
  change<Result>(plan: (changes: IdentityChanges) => Result): Promise<Result>
}

export interface NewProvider {
  readonly account: AccountId
  /** Without scheme. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly tags?: ReadonlyMap<string, string>
}

export interface NewRole {
  readonly account: AccountId
  readonly name: string
  /** Default `/`. */
  readonly path?: string
  readonly description?: string
  /** Default one hour. */
  readonly maxSessionDurationSeconds?: number
  readonly trustPolicy: PolicyDocument
  readonly boundaryArn?: string
  readonly tags?: ReadonlyMap<string, string>
}

export interface NewUser {
  readonly account: AccountId
  readonly name: string
  readonly path?: string
  readonly boundaryArn?: string
  readonly tags?: ReadonlyMap<string, string>
}

export interface NewGroup {
  readonly account: AccountId
  readonly name: string
  readonly path?: string
}

export interface NewInstanceProfile extends NewGroup {
  readonly tags?: ReadonlyMap<string, string>
}

export interface NewPolicy {
  readonly account: AccountId
  readonly name: string
  readonly path?: string
  readonly description?: string
  readonly document: PolicyDocument
  readonly tags?: ReadonlyMap<string, string>
}

/** What may change of a role; `undefined` takes an optional member away, an absent one stays. */
export interface RoleChange {
  readonly description?: string | undefined
  readonly maxSessionDurationSeconds?: number
  readonly trustPolicy?: PolicyDocument
  readonly boundaryArn?: string | undefined
  readonly tags?: ReadonlyMap<string, string>
}

export interface UserChange {
  readonly name?: string
  readonly path?: string
  readonly boundaryArn?: string | undefined
  readonly tags?: ReadonlyMap<string, string>
}

export type GroupChange = Partial<Pick<Group, 'name' | 'path' | 'members'>>

export interface InstanceProfileChange {
  /** `undefined` takes the role out. */
  readonly roleId?: string | undefined
  readonly tags?: ReadonlyMap<string, string>
}

export type ProviderChange = Partial<Pick<OidcProvider, 'clientIds' | 'thumbprints' | 'tags'>>

/**
 * What can be said within `Identity.change`. Names must be free and references must exist: callers look first, in their own words;
 * here what does not fit is a StoreError `conflict` or `not-found`.
 */
export interface IdentityChanges extends IdentityLookup {
  createProvider(provider: NewProvider): OidcProvider
  updateProvider(provider: OidcProvider, change: ProviderChange): OidcProvider
  deleteProvider(provider: OidcProvider): void
  createRole(role: NewRole): Role
  updateRole(role: Role, change: RoleChange): Role
  /** With its inline policies and attachments; trust policies that name it go on with its unique id, which nobody else will have. */
  deleteRole(role: Role): void
  createUser(user: NewUser): IamUser
  updateUser(user: IamUser, change: UserChange): IamUser
  /** With its inline policies, attachments, access keys and memberships. */
  deleteUser(user: IamUser): void
  createGroup(group: NewGroup): Group
  updateGroup(group: Group, change: GroupChange): Group
  deleteGroup(group: Group): void
  createInstanceProfile(profile: NewInstanceProfile): InstanceProfile
  updateInstanceProfile(profile: InstanceProfile, change: InstanceProfileChange): InstanceProfile
  deleteInstanceProfile(profile: InstanceProfile): void
  /** An alias is of one account only. */
  setAlias(account: AccountId, alias: string | undefined): void
  createAccessKey(user: IamUser): AccessKey
  updateAccessKey(key: AccessKey, status: AccessKey['status']): AccessKey
  deleteAccessKey(key: AccessKey): void
  /** Its first version is the default one. */
  createPolicy(policy: NewPolicy): ManagedPolicy
  addPolicyVersion(policy: ManagedPolicy, version: NewPolicyVersion): ManagedPolicy
  setDefaultPolicyVersion(policy: ManagedPolicy, versionId: string): ManagedPolicy
  deletePolicyVersion(policy: ManagedPolicy, versionId: string): ManagedPolicy
  tagPolicy(policy: ManagedPolicy, tags: ReadonlyMap<string, string>): ManagedPolicy
  deletePolicy(policy: ManagedPolicy): void
  putInlinePolicy(holder: PolicyHolder, name: string, document: PolicyDocument): void
  deleteInlinePolicy(holder: PolicyHolder, name: string): void
  attachPolicy(holder: PolicyHolder, policy: ManagedPolicy): void
  detachPolicy(holder: PolicyHolder, policy: ManagedPolicy): void
}

export interface NewPolicyVersion {
  readonly document: PolicyDocument
  readonly becomesDefault: boolean
}

export interface IdentityOptions {
  readonly store: Store
  /** 32 bytes; access keys are sealed with a key that is derived from it. */
  readonly storeKey: Secret<Uint8Array>
  /** Accounts of this installation; rows of others are left alone and not seen. */
  readonly accounts: readonly AccountId[]
  /** Decides the partition of every ARN. */
  readonly region: Region
  readonly clock: Clock
  readonly randomness: Randomness
}
