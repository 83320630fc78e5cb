import type { AccountId } from '../../core/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'

/** What the organization lays on one of its accounts. */
export interface OrganizationPolicies {
  /** `o-…` */
  readonly organizationId: string
  /** `o-…/r-…/ou-…/`: where the account stands, as `aws:PrincipalOrgPaths` has it. */
  readonly paths: readonly string[]
  /** One list a level, from the root down to the account. Absent for the management account, which they do not limit. */
  readonly serviceControl?: readonly (readonly NamedPolicy[])[]
  readonly resourceControl?: readonly (readonly NamedPolicy[])[]
}

export interface Organization {
  readonly id: string
  readonly managementAccount: AccountId
  /** Undefined for an account that does not belong to it. */
  policiesOf(account: string): OrganizationPolicies | undefined
}

/** A level of the tree: the root, a unit or an account. */
export interface Level {
  readonly scps: readonly NamedPolicy[]
  readonly rcps: readonly NamedPolicy[]
}
