import type { AuthorizationRequest, Decision, NamedPolicy, PolicyPrincipal, PolicyType, Statement } from './model.ts'
import { LEVELS, type Level } from './principals.ts'

/** An Allow that holds, and how closely it names the requester. */
export interface Grant {
  readonly statement: Statement
  readonly level: Level
}

/** Finds the statements of one policy that hold for the request. Twofold: compiled for enforcing, step by step for explaining. */
export interface StatementFinder {
  /** The first Deny that holds. */
  findDeny(policy: NamedPolicy): Statement | undefined
  /** The first of the Allows that hold and name the requester most closely. */
  findAllow(policy: NamedPolicy): Grant | undefined
}

/**
 * The order in which policies of all types decide.
 * SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function decide(request: AuthorizationRequest, finder: StatementFinder): Decision {
  const { principal } = request
  if (isSelfInquiry(request)) return { outcome: 'allow', decidedBy: 'identity', because: [] }
  const stopped = findDenied(request, finder) ?? findUnlisted(request, finder)
  if (stopped !== undefined) return stopped
  switch (principal.kind) {
    case 'anonymous':
    case 'service':
      return judgeByResource(request, finder, LEVELS.everyone)
    case 'web-identity':
      return judgeByResource(request, finder, LEVELS.direct)
    case 'user':
    case 'root':
    case 'role-session':
      return judgeInAccount(request, finder, principal)
  }
}

const SELF_INQUIRY = 'sts:getcalleridentity'

/** SPEC: nobody needs a permission to ask who they are, and no Deny forbids it. */
function isSelfInquiry({ action, principal }: AuthorizationRequest): boolean {
  if (action.length !== SELF_INQUIRY.length || !('account' in principal) || principal.kind === 'web-identity')
    return false
  return action.toLowerCase() === SELF_INQUIRY
}

// INVARIANT: an explicit deny wins over every allow, whatever its type of policy and whoever asks.
function findDenied(request: AuthorizationRequest, finder: StatementFinder): Decision | undefined {
  const { identity, boundary, session, resource, serviceControl, resourceControl, endpoint } = request.policies
  return (
    firstDenyOfLevels(resourceControl, 'resource-control', finder) ??
    firstDenyOfLevels(serviceControl, 'service-control', finder) ??
    (resource === undefined ? undefined : denyOf(resource, resourceTypeOf(request), finder)) ??
    firstDeny(identity, 'identity', finder) ??
    (boundary === undefined ? undefined : denyOf(boundary, 'boundary', finder)) ??
    (session === undefined ? undefined : firstDeny(session, 'session', finder)) ??
    (endpoint === undefined ? undefined : denyOf(endpoint, 'endpoint', finder))
  )
}

function firstDenyOfLevels(
  levels: readonly (readonly NamedPolicy[])[] | undefined,
  decidedBy: PolicyType,
  finder: StatementFinder,
): Decision | undefined {
  if (levels === undefined) return undefined
  for (const level of levels) {
    const denied = firstDeny(level, decidedBy, finder)
    if (denied !== undefined) return denied
  }
  return undefined
}

function firstDeny(
  policies: readonly NamedPolicy[],
  decidedBy: PolicyType,
  finder: StatementFinder,
): Decision | undefined {
  for (const policy of policies) {
    const denied = denyOf(policy, decidedBy, finder)
    if (denied !== undefined) return denied
  }
  return undefined
}

function denyOf(policy: NamedPolicy, decidedBy: PolicyType, finder: StatementFinder): Decision | undefined {
  const statement = finder.findDeny(policy)
  return statement === undefined
    ? undefined
    : { outcome: 'explicit-deny', decidedBy, policy, because: [{ policy, statement }] }
}

/** What allows nothing by itself, but without whose Allow there is none. */
function findUnlisted(request: AuthorizationRequest, finder: StatementFinder): Decision | undefined {
  const { serviceControl, endpoint } = request.policies
  const { kind } = request.principal
  // SPEC: service control policies are for principals of member accounts. Resource control policies only deny.
  const isGoverned = kind === 'user' || kind === 'root' || kind === 'role-session'
  if (isGoverned && serviceControl?.some((level) => findGrant(level, finder) === undefined) === true)
    return implicitDeny('service-control')
  if (endpoint !== undefined && finder.findAllow(endpoint) === undefined) return implicitDeny('endpoint')
  return undefined
}

/** Who has no policies of its own is let in by the resource's policy or not at all. */
function judgeByResource(request: AuthorizationRequest, finder: StatementFinder, least: Level): Decision {
  const { resource } = request.policies
  const grant = resource === undefined ? undefined : finder.findAllow(resource)
  const type = resourceTypeOf(request)
  if (resource === undefined || grant === undefined || grant.level < least) return implicitDeny(type)
  return allow(type, [{ policy: resource, statement: grant.statement }])
}

type AccountPrincipal = Extract<PolicyPrincipal, { kind: 'user' | 'root' | 'role-session' }>

function judgeInAccount(request: AuthorizationRequest, finder: StatementFinder, principal: AccountPrincipal): Decision {
  const { identity, resource, boundary, session } = request.policies
  const type = resourceTypeOf(request)
  const grant = resource === undefined ? undefined : finder.findAllow(resource)
  const byResource =
    resource === undefined || grant === undefined ? NOTHING : [{ policy: resource, statement: grant.statement }]
  const level = grant?.level ?? LEVELS.none
  const isOwn = principal.account === request.resourceAccount
  // SPEC: a grant to everyone, a user or a session itself is not limited by what boundary and session policies leave out.
  if (isOwn && level >= LEVELS.everyone) return allow(type, byResource)
  // SPEC: roles and keys are closed to their own account too, unless their policy opens them to it.
  const isClosed = (request.resourcePolicyKind ?? 'ordinary') !== 'ordinary'
  if (isClosed && level === LEVELS.none) return implicitDeny(type)
  if (boundary !== undefined && finder.findAllow(boundary) === undefined) return implicitDeny('boundary')
  if (session !== undefined && findGrant(session, finder) === undefined) return implicitDeny('session')
  if (isOwn && level === LEVELS.role) return allow(type, byResource)
  const granted = findGrant(identity, finder)
  // SPEC: the root user has every permission in its account; only organizations limit it.
  if (granted === undefined && principal.kind !== 'root') return implicitDeny('identity')
  if (!isOwn && level === LEVELS.none) return implicitDeny(type)
  const byIdentity = granted === undefined ? NOTHING : [granted]
  return allow('identity', isOwn && !isClosed ? byIdentity : [...byIdentity, ...byResource])
}

type Reason = Decision['because'][number]
const NOTHING: readonly Reason[] = []

function findGrant(policies: readonly NamedPolicy[], finder: StatementFinder): Reason | undefined {
  for (const policy of policies) {
    const grant = finder.findAllow(policy)
    if (grant !== undefined) return { policy, statement: grant.statement }
  }
  return undefined
}

export function resourceTypeOf({ resourcePolicyKind }: AuthorizationRequest): 'trust' | 'resource' {
  return resourcePolicyKind === 'trust' ? 'trust' : 'resource'
}

function allow(decidedBy: PolicyType, because: readonly Reason[]): Decision {
  const policy = because[0]?.policy
  // Two shapes and no spreading: this is on every call's way.
  return policy === undefined
    ? { outcome: 'allow', decidedBy, because }
    : { outcome: 'allow', decidedBy, policy, because }
}

function implicitDeny(decidedBy: PolicyType): Decision {
  return { outcome: 'implicit-deny', decidedBy, because: [] }
}
