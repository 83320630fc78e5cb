import type { AccountId, Arn, Instant, Partition, Secret } from '../../core/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'

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
