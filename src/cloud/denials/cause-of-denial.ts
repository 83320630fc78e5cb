import type { DimensionMatch, PolicyType, StatementExplanation } from '../../standards/policy/index.ts'
import { causeOfTrust } from './cause-of-trust.ts'
import type { CauseName } from './causes.ts'
import { type Denial, type Finding, missed } from './finding.ts'
import { denyingLine, nearestLine } from './nearest.ts'
import { allowFix, denyFix } from './permission-fix.ts'
import { RUNG_OF } from './rung-of.ts'

const NAMES = {
  trust: 'wrong-action-or-principal',
  'service-control': 'organization',
  'resource-control': 'organization',
  boundary: 'boundary',
  session: 'session-policy',
  identity: 'permission',
  resource: 'resource-policy',
  endpoint: 'endpoint-policy',
} as const satisfies Record<PolicyType, CauseName>

/** Why policies did not let a request through. */
export function causeOfDenial(denial: Denial): Finding {
  const { judged, explanation } = denial
  const { decision, requirement } = judged
  const [near] = explanation.nearest
  if (decision.outcome === 'explicit-deny') {
    return {
      name: 'explicit-deny',
      rung: RUNG_OF[decision.decidedBy],
      nearest: explanation.nearest.map(denyingLine),
      fix: denyFix(requirement, near),
    }
  }
  const nearest = explanation.nearest.map(nearestLine)
  if (decision.decidedBy === 'trust' || requirement.resourcePolicyKind === 'trust') {
    // A caller of AssumeRole may be stopped by its own policies, and then the trust policy is not to blame.
    if (decision.decidedBy === 'trust' || decision.decidedBy === 'resource') return { nearest, ...causeOfTrust(denial) }
  }
  const name = near === undefined ? undefined : nameOfMiss(near, requirement.action)
  return {
    name: name ?? NAMES[decision.decidedBy],
    rung: RUNG_OF[decision.decidedBy],
    nearest,
    ...comparison(near, requirement),
    fix: allowFix(denial, name),
  }
}

/** What came nearest, compared with what came; without any statement, what would have been needed. */
function comparison(
  near: StatementExplanation | undefined,
  { action, resource }: { readonly action: string; readonly resource: string },
): Pick<Finding, 'wanted' | 'got' | 'differsAt'> {
  const miss = near?.dimensions.find(({ matches }) => !matches)
  if (miss === undefined) return { got: [action, resource] }
  return missed(miss)
}

/** The commonest mistakes, told apart by the one dimension of the nearest statement that fails. */
function nameOfMiss(near: StatementExplanation, action: string): CauseName | undefined {
  const misses = near.dimensions.filter(({ matches }) => !matches)
  const [miss] = misses
  if (miss === undefined || misses.length > 1) return undefined
  const isUnset = miss.wanted.some((value) => /\$\{[a-zA-Z][\w-]*:/.test(value))
  if (isUnset) return near.policy.document.version === '2008-10-17' ? 'version-disables-variables' : 'variable-unset'
  if (miss.dimension === 'resource' && action.toLowerCase().startsWith('s3:') && isBucketMixUp(miss)) {
    return 'bucket-versus-object'
  }
  return undefined
}

/** `bucket` where `bucket/…` was needed, or the other way round. */
function isBucketMixUp({ wanted, got }: DimensionMatch): boolean {
  const [resource] = got ?? []
  if (resource === undefined) return false
  const slash = resource.indexOf('/')
  if (slash >= 0) return wanted.includes(resource.slice(0, slash))
  return wanted.some((value) => value.startsWith(`${resource}/`))
}
