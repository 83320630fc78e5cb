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
  /** The policy that the resource of that ARN has, as far as this source can read it. */
  findResourcePolicy(arn: string): Promise<FoundPolicy | undefined>
  /** False: only trust policies of roles are read, and whoever asks about other resources has to be told. */
  readonly readsResourcePolicies: boolean
  /** Every user and role of the account. */
  listPrincipals(): Promise<readonly FoundPrincipal[]>
}
