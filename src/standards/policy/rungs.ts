import { resourceTypeOf, type StatementFinder } from './decide.ts'
import type { AuthorizationRequest, NamedPolicy, PolicyType, RungState } from './model.ts'

/** The policies of each type, level by level; no level at all means that no such policy applies. */
export type PoliciesByType = Readonly<Record<PolicyType, readonly (readonly NamedPolicy[])[]>>

export function policiesByType(request: AuthorizationRequest): PoliciesByType {
  const { identity, boundary, session, resource, serviceControl, resourceControl, endpoint } = request.policies
  const one = (policy: NamedPolicy | undefined) => (policy === undefined ? [] : [[policy]])
  const type = resourceTypeOf(request)
  return {
    trust: type === 'trust' ? one(resource) : [],
    'resource-control': resourceControl ?? [],
    'service-control': serviceControl ?? [],
    boundary: one(boundary),
    session: session === undefined ? [] : [session],
    identity: hasOwnPolicies(request) ? [identity] : [],
    resource: type === 'resource' ? one(resource) : [],
    endpoint: one(endpoint),
  }
}

/** Tokens, services and nobody have no policies of their own. */
function hasOwnPolicies({ principal, policies }: AuthorizationRequest): boolean {
  if (policies.identity.length > 0) return true
  return principal.kind === 'user' || principal.kind === 'root' || principal.kind === 'role-session'
}

/** The ladder's order, which is the order in which people look for a cause. */
export const RUNGS: readonly PolicyType[] = [
  'trust',
  'resource-control',
  'service-control',
  'boundary',
  'session',
  'identity',
  'resource',
  'endpoint',
]

/** What each type of policy says of the request, whatever the others say. */
export function climb(request: AuthorizationRequest, finder: StatementFinder): readonly RungState[] {
  const policies = policiesByType(request)
  return RUNGS.map((policyType) => ({ policyType, state: stateOf(policies[policyType], policyType, finder) }))
}

function stateOf(
  levels: readonly (readonly NamedPolicy[])[],
  type: PolicyType,
  finder: StatementFinder,
): RungState['state'] {
  if (levels.length === 0) return 'absent'
  if (levels.some((level) => level.some((policy) => finder.findDeny(policy) !== undefined))) return 'denies'
  // Resource control policies only deny: what they leave alone they allow.
  const allows = levels.every((level) => level.some((policy) => finder.findAllow(policy) !== undefined))
  return allows || type === 'resource-control' ? 'allows' : 'does-not-allow'
}
