import type { KnownPrincipal } from './asker.ts'

/** A policy document as it is kept, and its name. */
export interface FoundPolicy {
  readonly name: string
  readonly text: string
  readonly arn?: string
}

/** A user or role, and every policy that applies to it. */
export interface FoundPrincipal extends KnownPrincipal {
  readonly kind: 'user' | 'role'
  readonly identity: readonly FoundPolicy[]
  readonly boundary?: FoundPolicy
  /** Of a role. */
  readonly trust?: FoundPolicy
}

/** A resource, as far as the source can tell. */
export interface FoundResource {
  readonly policy?: FoundPolicy
  /** Whose it is, where its ARN does not say so. */
  readonly account?: string
  /** False: policies of such resources are not read there, and whoever asks has to be told. */
  readonly isRead: boolean
}

/** What the organization lays on an account; levels from the root down. */
export interface FoundOrganization {
  readonly organizationId: string
  readonly paths: readonly string[]
  /** Absent for the management account. */
  readonly serviceControl?: readonly (readonly FoundPolicy[])[]
  readonly resourceControl?: readonly (readonly FoundPolicy[])[]
}

/**
 * Where policies are read that nobody gave as files: the local cloud, or AWS itself. It only reads.
 * Every method throws a ConfigError when the place does not answer.
 */
export interface PolicySource {
  /** `the local cloud`, `AWS`: for words. */
  readonly place: string
  /** The user or role of that ARN; undefined when there is none. */
  findPrincipal(arn: string): Promise<FoundPrincipal | undefined>
  /** A role by its name, in the account that is usually asked, or by its ARN. */
  findRole(name: string): Promise<FoundPrincipal | undefined>
  /** A managed policy in its default version, or a role's trust policy; undefined when there is none. */
  findPolicy(arn: string): Promise<FoundPolicy | undefined>
  /** The policy that the resource of that ARN has, and its owner. */
  findResource(arn: string): Promise<FoundResource>
  /** Of that account; undefined when it belongs to no organization. */
  findOrganization(account: string): Promise<FoundOrganization | undefined>
  /** False: an organization may limit more than is told, which whoever asks has to know. */
  readonly readsOrganizations: boolean
  /** ARNs of the OIDC providers of the account. */
  listProviders(): Promise<readonly string[]>
  /** Every user and role of the account. */
  listPrincipals(): Promise<readonly FoundPrincipal[]>
}
