import type { PolicySet } from '../../standards/policy/index.ts'
import type { Asker, Requirement } from '../operation.ts'
import { hasResourceControl, type Organization } from '../organization/index.ts'

const NOTHING = { serviceControl: undefined, resourceControl: undefined } as const

/**
 * The organization's policies that hold for one requirement: service control policies of the caller's account, resource
 * control policies of the resource's. A caller who is nobody, a token or a service belongs to no account: only the latter hold for it.
 *
 * AWS does not limit service-linked roles. Here no service makes any, and whoever may create roles can give one such a
 * path: nobody gets out of the organization's policies by a name.
 */
export function organizationPoliciesOf(
  organization: Organization | undefined,
  principal: Asker,
  { action, resourceAccount }: Pick<Requirement, 'action' | 'resourceAccount'>,
): Pick<PolicySet, 'serviceControl' | 'resourceControl'> {
  if (organization === undefined) return NOTHING
  const isOfAccount = principal.kind === 'iam-user' || principal.kind === 'assumed-role'
  const serviceControl = isOfAccount ? organization.policiesOf(principal.account)?.serviceControl : undefined
  const resourceControl = hasResourceControl(action)
    ? organization.policiesOf(resourceAccount)?.resourceControl
    : undefined
  return { serviceControl, resourceControl }
}
