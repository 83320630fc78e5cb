import type { AccountId, Complete } from '../../core/index.ts'
import {
  type AuthorizationRequest,
  evaluate,
  explain,
  type PolicyPrincipal,
  type PolicySet,
} from '../../standards/policy/index.ts'
import type { IdentityReader } from '../identity/index.ts'
import type { ApiCall, Asker, Judged, Operation, Principal, Refusal, Requirement } from '../operation.ts'
import type { Organization } from '../organization/index.ts'
import { contextKeysOf } from './context-keys.ts'
import { contextValuesOf } from './context-values.ts'
import { organizationPoliciesOf } from './organization-policies.ts'
import type { SessionPolicies } from './session-policies.ts'

export interface AuthorizeParts {
  readonly identity: IdentityReader
  readonly sessionPolicies: SessionPolicies
  readonly organization?: Organization | undefined
}

/** What came of it: everything that was judged, and the refusal when one of the fatal requirements was denied. */
export interface Verdict {
  readonly judged: readonly Judged[]
  readonly refusal?: Extract<Refusal, { kind: 'denial' }>
}

/** Step 3: may this principal? Each requirement is judged in its order; the first fatal one that is denied ends it. */
export async function authorize(
  row: Operation,
  call: ApiCall,
  { principal, parts }: { readonly principal: Principal; readonly parts: AuthorizeParts },
): Promise<Verdict> {
  if (row.unmapped === true) return unmapped(call, principal)
  const first = judge(call, await row.requires(call.input, principal, call), { principal, parts })
  if (first.refusal !== undefined || row.requiresFurther === undefined) return first
  const further = judge(call, await row.requiresFurther(call.input, principal, call), { principal, parts })
  return { ...further, judged: [...first.judged, ...further.judged] }
}

function judge(
  call: ApiCall,
  requirements: readonly Requirement[],
  { principal, parts }: { readonly principal: Principal; readonly parts: AuthorizeParts },
): Verdict {
  const judged: Judged[] = []
  for (const requirement of requirements) {
    const request = requestOf(call, requirement, { principal, parts })
    const decision = evaluate(request)
    const one: Judged = { requirement, decision }
    judged.push(one)
    if (decision.outcome !== 'allow' && requirement.onDeny === 'refuse')
      return { judged, refusal: denialOf(one, request, principal) }
  }
  return { judged }
}

/** INVARIANT: without a known action there is nothing that a policy could allow, not even one that allows everything. */
function unmapped({ service, operation }: ApiCall, principal: Principal): Verdict {
  const resourceAccount = principal.kind === 'anonymous' ? ('' as AccountId) : principal.account
  const requirement: Requirement = {
    action: `${service}:${operation}`,
    resource: '*',
    resourceAccount,
    onDeny: 'refuse',
  }
  const decision = { outcome: 'implicit-deny', decidedBy: 'identity', because: [] } as const
  const judged: Judged = { requirement, decision }
  return {
    judged: [judged],
    refusal: { kind: 'denial', judged, principal, explanation: { decision, rungs: [], nearest: [] } },
  }
}

/** A requirement that was only to be reported, and whose denial the service made fatal: explained now, as if it had been. */
export function refusalOf(
  judged: Judged,
  call: ApiCall,
  { principal, parts }: { readonly principal: Principal; readonly parts: AuthorizeParts },
): Extract<Refusal, { kind: 'denial' }> {
  const request = requestOf(call, judged.requirement, { principal, parts })
  return denialOf(judged, request, principal)
}

function denialOf(
  judged: Judged,
  request: AuthorizationRequest,
  principal: Principal,
): Extract<Refusal, { kind: 'denial' }> {
  const context = contextValuesOf(request.keys, judged.requirement.by ?? principal, judged.requirement)
  return { kind: 'denial', judged, principal, explanation: explain(request), context }
}

function requestOf(
  call: ApiCall,
  requirement: Requirement,
  { principal, parts }: { readonly principal: Principal; readonly parts: AuthorizeParts },
): AuthorizationRequest {
  const { action, resource, resourceAccount, resourcePolicyKind } = requirement
  const asker = requirement.by ?? principal
  return {
    principal: policyPrincipalOf(asker),
    action,
    resource,
    resourceAccount,
    resourcePolicyKind,
    keys: contextKeysOf(call, asker, { requirement, organization: parts.organization }),
    policies: allPoliciesOf(asker, requirement, parts),
  }
}

/** INVARIANT: policies of every type are named here; one that is left out limits nobody. */
function allPoliciesOf(asker: Asker, requirement: Requirement, parts: AuthorizeParts): Complete<PolicySet> {
  const { identity, boundary, session } = policiesOf(asker, parts)
  const { serviceControl, resourceControl } = organizationPoliciesOf(parts.organization, asker, requirement)
  const resource = requirement.resourcePolicy
  // Calls come through no VPC endpoint.
  return { identity, boundary, session, resource, serviceControl, resourceControl, endpoint: undefined }
}

type OwnPolicies = Pick<PolicySet, 'identity' | 'boundary' | 'session'>

function policiesOf(principal: Asker, { identity, sessionPolicies }: AuthorizeParts): OwnPolicies {
  switch (principal.kind) {
    case 'assumed-role': {
      const own = identity.policiesOfRole(principal.role)
      return { identity: own.identity, boundary: own.boundary, session: sessionPolicies.of(principal.session) }
    }
    case 'iam-user': {
      const user = identity.findUser(principal.account, principal.userName)
      return user === undefined ? { identity: [] } : identity.policiesOfUser(user)
    }
    case 'web-identity':
    case 'service':
    case 'anonymous':
      return { identity: [] }
  }
}

function policyPrincipalOf(principal: Asker): PolicyPrincipal {
  switch (principal.kind) {
    case 'assumed-role': {
      const { account, arn, role } = principal
      return { kind: 'role-session', account, arn, roleArn: role.arn, roleUniqueId: role.uniqueId }
    }
    case 'iam-user':
      return { kind: 'user', account: principal.account, arn: principal.arn, uniqueId: principal.userId }
    case 'web-identity':
      return { kind: 'web-identity', account: principal.account, providerArn: principal.provider.arn }
    case 'service':
      return { kind: 'service', name: principal.name }
    case 'anonymous':
      return { kind: 'anonymous' }
  }
}
