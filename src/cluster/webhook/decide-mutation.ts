import type { JsonObject, Randomness } from '../../core/index.ts'
import { annotationName } from './annotation-name.ts'
import { LONGEST_EXPIRATION, readExpiration } from './expiration.ts'
import { parseCsvRecord } from './go-text.ts'
import { keepText } from './kept-text.ts'
import type { IdentityLookup, MutationDecision, MutationReason, MutationWarning, WebhookSettings } from './model.ts'
import { createNotes, type Notes } from './notes.ts'
import { planPodPatch } from './patch/pod-patch.ts'
import { findMappedIdentity, findPodIdentity, type IdentityFinding, type PodIdentity } from './pod-identity.ts'
import { type PodView, readPod } from './pod-view.ts'
import { quote } from './warnings.ts'

export interface Surroundings {
  readonly settings: WebhookSettings
  /** For the jitter of container credentials. */
  readonly randomness: Randomness
}

/**
 * What becomes of a pod: the patch that gives it its identity, nothing, or a refusal. It asks nobody and changes nothing: equal pods,
 * look-ups and settings get equal answers, up to the jitter. Whatever the pod holds, it answers.
 */
export function decideMutation(pod: JsonObject, lookup: IdentityLookup, surroundings: Surroundings): MutationDecision {
  const view = readPod(pod)
  const { settings, randomness } = surroundings
  if (typeof view === 'string') return refuse('malformed', view, settings)
  const notes = createNotes()
  const finding = settle(findPodIdentity(lookup, settings, notes), lookup, { settings, notes })
  if (finding.outcome === 'undecidable') return refuse(finding.reason, finding.why, settings)
  if (finding.outcome === 'none') return conclude({ reason: finding.reason, operations: [] }, notes, settings)
  return inject(view, finding.identity, { settings, randomness, notes })
}

interface Judging {
  readonly settings: WebhookSettings
  readonly notes: Notes
}

/** The profile's word on what cannot be decided: under Ignore the ConfigMap is heard alone, as by the reference. */
function settle(finding: IdentityFinding, lookup: IdentityLookup, { settings, notes }: Judging): IdentityFinding {
  if (finding.outcome !== 'undecidable' || settings.failurePolicy === 'Fail') return finding
  const mapped = findMappedIdentity(lookup, settings, notes)
  const consequence = mapped.outcome === 'identity' ? 'the ConfigMap decides' : 'the pod gets no identity'
  notes.add('undecidable-identity', `${finding.why}: ${consequence}`)
  return mapped
}

function inject(pod: PodView, identity: PodIdentity, surroundings: Surroundings & Judging): MutationDecision {
  const { settings, notes } = surroundings
  const expirationSeconds = chooseExpiration(pod, identity, surroundings)
  const skippedContainers = readSkippedContainers(pod, settings, notes)
  const operations = planPodPatch({ pod, identity, expirationSeconds, skippedContainers, settings, notes })
  const reason = operations.length === 0 ? 'nothing-to-add' : INJECTED[identity.kind]
  return conclude({ reason, operations, identity }, notes, settings)
}

/** SPEC: pod before service account before flag; container credentials spread the default out, so that tokens end at different times. */
function chooseExpiration(
  pod: PodView,
  identity: PodIdentity,
  { settings, notes, randomness }: Surroundings & Judging,
): number {
  const annotation = pod.annotations?.get(annotationName(settings, 'token-expiration'))
  const seconds = readExpiration(annotation, settings, notes) ?? identity.expirationSeconds(notes)
  return identity.kind === 'container-credentials' && seconds === LONGEST_EXPIRATION ? jitter(randomness) : seconds
}

const LEAST_JITTERED_EXPIRATION = 79_200

/** Uniform but for 1 in 10^6: 7201 values out of 2^32. */
function jitter(randomness: Randomness): number {
  const drawn = randomness.bytes(4).reduce((number, byte) => number * 256 + byte, 0)
  return LEAST_JITTERED_EXPIRATION + (drawn % (LONGEST_EXPIRATION - LEAST_JITTERED_EXPIRATION + 1))
}

function readSkippedContainers(pod: PodView, settings: WebhookSettings, notes: Notes): ReadonlySet<string> {
  const written = pod.annotations?.get(annotationName(settings, 'skip-containers'))
  if (written === undefined) return NO_NAMES
  const isTrimmed = !settings.compatibility.has('untrimmed-lists')
  const names = parseCsvRecord(isTrimmed ? trimFields(written) : written)
  if (names !== undefined) return new Set(isTrimmed ? names.map((name) => name.trim()) : names)
  notes.add(
    'invalid-skip-containers',
    `skip-containers ${quote(written)} is not a list of names: no container is skipped`,
  )
  return NO_NAMES
}

const NO_NAMES: ReadonlySet<string> = new Set()

/** Blanks around names mean nothing, also before a quote; a comma in quotes is no name's. */
function trimFields(text: string): string {
  const trimLine = (line: string) =>
    line
      .split(',')
      .map((name) => name.trim())
      .join(',')
  return text.split('\n').map(trimLine).join('\n')
}

interface Facts {
  readonly reason: MutationReason
  readonly operations: MutationDecision['operations']
  readonly identity?: PodIdentity
}

const INJECTED = {
  'web-identity': 'web-identity-injected',
  'container-credentials': 'container-credentials-injected',
} as const satisfies Record<PodIdentity['kind'], MutationReason>

const METHODS = { 'web-identity': 'sts_web_identity', 'container-credentials': 'container_credentials' } as const

/** Of a text of somebody else's in an audit record. */
const LONGEST_AUDITED = 256

function conclude({ reason, operations, identity }: Facts, notes: Notes, settings: WebhookSettings): MutationDecision {
  const method = identity === undefined ? undefined : METHODS[identity.kind]
  if (settings.compatibility.has('silent'))
    return { allowed: true, reason, operations, warnings: [], auditAnnotations: {}, method }
  const warnings = notes.list()
  const auditAnnotations =
    identity === undefined || warnings.length > 0 ? audit(reason, identity, warnings) : auditQuietly(reason, identity)
  return { allowed: true, reason, operations, warnings, auditAnnotations, method }
}

type AuditAnnotations = MutationDecision['auditAnnotations']

/** What is said of an identity without warnings, by the reason that it was said with last. */
const AUDITED = new WeakMap<PodIdentity, { readonly reason: MutationReason; readonly said: AuditAnnotations }>()

function auditQuietly(reason: MutationReason, identity: PodIdentity): AuditAnnotations {
  const known = AUDITED.get(identity)
  if (known?.reason === reason) return known.said
  const said = audit(reason, identity, [])
  keepText(said)
  AUDITED.set(identity, { reason, said })
  return said
}

function audit(
  reason: MutationReason,
  identity: PodIdentity | undefined,
  warnings: readonly MutationWarning[],
): AuditAnnotations {
  const said: Record<string, string> = { reason }
  if (identity !== undefined) said.source = identity.source
  if (identity?.kind === 'web-identity') said['role-arn'] = identity.roleArn.slice(0, LONGEST_AUDITED)
  if (warnings.length > 0) said.warnings = [...new Set(warnings.map(({ code }) => code))].join()
  return said
}

function refuse(reason: MutationReason, message: string, { compatibility }: WebhookSettings): MutationDecision {
  const auditAnnotations = compatibility.has('silent') ? {} : { reason }
  return { allowed: false, reason, message, operations: [], warnings: [], auditAnnotations }
}
