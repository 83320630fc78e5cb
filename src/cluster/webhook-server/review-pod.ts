import type { JsonValue, Randomness } from '../../core/index.ts'
import type { LogFields } from '../../io/host/index.ts'
import {
  type AdmissionRequest,
  decideMutation,
  type IdentityLookup,
  type MutationDecision,
  type MutationReason,
  parseAdmissionReview,
  renderAdmissionResponse,
  type WebhookSettings,
} from '../webhook/index.ts'
import type { Identities } from './identities.ts'
import type { WebhookMetrics } from './metrics.ts'
import type { WebhookHost } from './model.ts'

export interface ReviewParts extends Pick<WebhookHost, 'log' | 'stopwatch'> {
  readonly settings: WebhookSettings
  readonly identities: Identities
  readonly metrics: WebhookMetrics
  readonly randomness: Randomness
}

/** One review: its body in, the answer's body out. Whatever comes, it answers; only a fault of ours throws. */
export function reviewPod(body: Buffer, parts: ReviewParts): string | Promise<string> {
  const begun = parts.stopwatch()
  const parsed = parseAdmissionReview(body)
  if (parsed.outcome === 'malformed') {
    parts.metrics.decision(parsed.decision)
    parts.log.warn({ uid: parsed.envelope.uid, reason: parsed.decision.message }, 'a review is malformed')
    return renderAdmissionResponse(parsed.envelope, parsed.decision)
  }
  const { request } = parsed
  // SPEC: side effects are none: a dry run is in no count that stands for pods.
  const conclude = (lookup: IdentityLookup): string => {
    const decision = decideMutation(request.pod, lookup, parts)
    if (!request.isDryRun) parts.metrics.decision(decision)
    const level = levelOf(decision)
    if (parts.log.writes(level))
      parts.log[level](factsOf(request, decision, parts.stopwatch() - begun), 'a pod was reviewed')
    return renderAdmissionResponse(request.envelope, decision)
  }
  const lookup = parts.identities.lookUp(request.serviceAccount)
  return lookup instanceof Promise ? lookup.then(conclude) : conclude(lookup)
}

function factsOf(request: AdmissionRequest, decision: MutationDecision, milliseconds: number): LogFields {
  return {
    reason: decision.reason,
    pod: nameOf(request),
    serviceAccount: request.serviceAccount?.name,
    ...(decision.allowed ? {} : { allowed: false, message: decision.message }),
    ...(decision.warnings.length === 0 ? {} : { warnings: decision.warnings.map(({ text }) => text) }),
    ...(request.isDryRun ? { dryRun: true } : {}),
    milliseconds: Math.round(milliseconds * 1000) / 1000,
  }
}

function levelOf({ allowed, warnings, reason }: MutationDecision): (typeof LEVELS)[MutationReason] {
  return allowed && warnings.length === 0 ? LEVELS[reason] : 'warn'
}

/**
 * What went as it should stands in metrics and in the API server's audit log. SPEC: the reference writes a line for it from -v=3 on; who wants to
 * see all pods says so. Anything that is warned of is written always.
 */
const LEVELS = {
  'web-identity-injected': 'debug',
  'container-credentials-injected': 'debug',
  'nothing-to-add': 'debug',
  'no-role': 'debug',
  'blank-role': 'warn',
  'service-account-unknown': 'info',
  'service-account-unreadable': 'warn',
  'service-accounts-unsynced': 'warn',
  malformed: 'warn',
} as const satisfies Record<MutationReason, 'debug' | 'info' | 'warn'>

/** Pods of controllers have no name yet, only the beginning of one. */
function nameOf({ namespace, pod }: AdmissionRequest): string {
  const metadata = memberOf(pod, 'metadata')
  const name = memberOf(metadata, 'name')
  const stem = memberOf(metadata, 'generateName')
  const shown = typeof name === 'string' && name !== '' ? name : typeof stem === 'string' ? `${stem}*` : ''
  return `${namespace}/${shown}`
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, JsonValue>>)[name]
    : undefined
}
