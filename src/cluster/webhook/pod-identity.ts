import { type AnnotationWord, annotationName } from './annotation-name.ts'
import { clampExpiration, flagExpiration, LONGEST_EXPIRATION, readExpiration } from './expiration.ts'
import { parseGoBool } from './go-text.ts'
import type {
  ConfigMapIdentity,
  IdentityLookup,
  MutationReason,
  ServiceAccountLookup,
  WebhookSettings,
} from './model.ts'
import type { Notes } from './notes.ts'
import { checkRoleArn, hasRole, readRole } from './role-arn.ts'
import { quote } from './warnings.ts'

/** Who the pod is, and how it gets its token. */
export interface PodIdentity {
  readonly kind: 'web-identity' | 'container-credentials'
  readonly source: 'service-account' | 'config-map' | 'container-credentials-file'
  /** Of a web identity. */
  readonly roleArn: string
  /** Undefined: the token is for the API server. */
  readonly audience: string | undefined
  readonly usesRegionalSts: boolean
  /** Before the pod's own annotation is heard; the notes get what is wrong with what was written. */
  readonly expirationSeconds: (notes: Notes) => number
}

export type IdentityFinding =
  | { readonly outcome: 'identity'; readonly identity: PodIdentity }
  /** Nothing to inject. */
  | { readonly outcome: 'none'; readonly reason: MutationReason }
  | { readonly outcome: 'undecidable'; readonly reason: MutationReason; readonly why: string }

/**
 * Which identity the pod has, by the reference's order: container credentials, role on the service account, ConfigMap.
 * Whether something undecidable lets the pod through is not decided here.
 */
export function findPodIdentity(lookup: IdentityLookup, settings: WebhookSettings, notes: Notes): IdentityFinding {
  if (lookup.containerCredentials === 'listed') {
    return { outcome: 'identity', identity: containerCredentialsIdentity(lookup, settings, notes) }
  }
  const { serviceAccount } = lookup
  if (serviceAccount.outcome === 'found') {
    const identity = annotatedIdentity(serviceAccount.annotations, settings, notes)
    if (identity !== undefined) return { outcome: 'identity', identity }
  }
  if (serviceAccount.outcome === 'unreadable' || serviceAccount.outcome === 'unsynced')
    return undecidable(serviceAccount)
  return findMappedIdentity(lookup, settings, notes)
}

/** The identity by the ConfigMap alone: the service account has no role, or nobody could say. */
export function findMappedIdentity(lookup: IdentityLookup, settings: WebhookSettings, notes: Notes): IdentityFinding {
  const entry = lookup.configMap
  if (entry !== undefined && hasRole(entry, settings, notes)) {
    return { outcome: 'identity', identity: mappedIdentity(entry, settings, notes) }
  }
  return { outcome: 'none', reason: reasonOfNone(lookup.serviceAccount, settings) }
}

function containerCredentialsIdentity(lookup: IdentityLookup, settings: WebhookSettings, notes: Notes): PodIdentity {
  return {
    kind: 'container-credentials',
    source: 'container-credentials-file',
    roleArn: '',
    audience: settings.containerCredentials.audience,
    ...commonOptions(lookup, settings, notes),
  }
}

type CommonOptions = Pick<PodIdentity, 'usesRegionalSts' | 'expirationSeconds'>

/** SPEC: what a known service account does not say is the flags'; without one, neither flags nor the wildcard of the ConfigMap count. */
function commonOptions(lookup: IdentityLookup, settings: WebhookSettings, notes: Notes): CommonOptions {
  const { serviceAccount, configMap } = lookup
  if (serviceAccount.outcome === 'found') return annotatedOptions(serviceAccount.annotations, settings, notes)
  if (serviceAccount.outcome !== 'unknown') {
    notes.add(
      'undecidable-identity',
      'annotations of the service account are not known: defaults are used for its token',
    )
  }
  if (configMap !== undefined && !configMap.key.startsWith('*/')) return mappedOptions(configMap, settings)
  return { usesRegionalSts: false, expirationSeconds: () => LONGEST_EXPIRATION }
}

type Annotations = Readonly<Record<string, string>>

interface KeptIdentity {
  readonly settings: WebhookSettings
  readonly identity: PodIdentity
}

/** Neither annotations nor settings are ever changed, only replaced. */
const KEPT = new WeakMap<Annotations, KeptIdentity>()

/** Read once for all pods of a service account, unless there is something to warn of. Undefined where no role is named. */
function annotatedIdentity(annotations: Annotations, settings: WebhookSettings, notes: Notes): PodIdentity | undefined {
  const known = KEPT.get(annotations)
  if (known?.settings === settings) return known.identity
  const identity = readAnnotatedIdentity(annotations, settings, notes)
  if (identity !== undefined && notes.isEmpty()) KEPT.set(annotations, { settings, identity })
  return identity
}

function readAnnotatedIdentity(
  annotations: Annotations,
  settings: WebhookSettings,
  notes: Notes,
): PodIdentity | undefined {
  const roleArn = readRole(annotation(annotations, settings, 'role-arn'), settings, notes)
  if (roleArn === undefined) return undefined
  checkRoleArn(roleArn, notes)
  const audience = chooseAudience(annotation(annotations, settings, 'audience') ?? settings.audience, settings, notes)
  const { usesRegionalSts, expirationSeconds } = annotatedOptions(annotations, settings, notes)
  return { kind: 'web-identity', source: 'service-account', roleArn, audience, usesRegionalSts, expirationSeconds }
}

function annotatedOptions(annotations: Annotations, settings: WebhookSettings, notes: Notes): CommonOptions {
  const wanted = annotation(annotations, settings, 'token-expiration')
  return {
    usesRegionalSts: readRegionalSts(annotation(annotations, settings, 'sts-regional-endpoints'), settings, notes),
    expirationSeconds: (ofPod) => readExpiration(wanted, settings, ofPod) ?? flagExpiration(settings),
  }
}

function mappedIdentity(entry: ConfigMapIdentity, settings: WebhookSettings, notes: Notes): PodIdentity {
  checkRoleArn(entry.roleArn, notes)
  return {
    kind: 'web-identity',
    source: 'config-map',
    roleArn: entry.roleArn,
    audience: chooseAudience(entry.audience, settings, notes),
    ...mappedOptions(entry, settings),
  }
}

function mappedOptions(entry: ConfigMapIdentity, settings: WebhookSettings): CommonOptions {
  const wanted = entry.tokenExpirationSeconds
  const isUnbounded = settings.compatibility.has('unclamped-expiration')
  return {
    usesRegionalSts: entry.usesRegionalSts,
    expirationSeconds: (notes) => {
      if (wanted === 0) return flagExpiration(settings)
      return isUnbounded ? wanted : clampExpiration(wanted, settings, notes)
    },
  }
}

/** INVARIANT: unless switched back, never undefined: a token without an audience is one for the API server, and AWS would get it. */
function chooseAudience(wanted: string, settings: WebhookSettings, notes: Notes): string | undefined {
  if (settings.compatibility.has('empty-audience')) return wanted === '' ? undefined : wanted
  if (wanted.trim() !== '') return wanted
  notes.add('empty-audience', `audience is empty: ${quote(settings.audience)} is used`)
  return settings.audience
}

function readRegionalSts(written: string | undefined, settings: WebhookSettings, notes: Notes): boolean {
  if (written === undefined) return settings.usesRegionalSts
  const wanted = parseGoBool(written)
  if (wanted === undefined) {
    notes.add(
      'invalid-regional-sts',
      `sts-regional-endpoints ${quote(written)} is neither true nor false and is ignored`,
    )
  }
  return wanted ?? settings.usesRegionalSts
}

function undecidable(lookup: Extract<ServiceAccountLookup, { outcome: 'unreadable' | 'unsynced' }>): IdentityFinding {
  if (lookup.outcome === 'unsynced') {
    return { outcome: 'undecidable', reason: 'service-accounts-unsynced', why: 'service accounts are not read yet' }
  }
  return {
    outcome: 'undecidable',
    reason: 'service-account-unreadable',
    why: `the service account cannot be read (${quote(lookup.why)})`,
  }
}

const REASONS_OF_NONE = {
  found: 'no-role',
  unknown: 'service-account-unknown',
  unreadable: 'service-account-unreadable',
  unsynced: 'service-accounts-unsynced',
} as const satisfies Record<ServiceAccountLookup['outcome'], MutationReason>

function reasonOfNone(lookup: ServiceAccountLookup, settings: WebhookSettings): MutationReason {
  const isBlank = lookup.outcome === 'found' && annotation(lookup.annotations, settings, 'role-arn') !== undefined
  return isBlank ? 'blank-role' : REASONS_OF_NONE[lookup.outcome]
}

function annotation(annotations: Annotations, settings: WebhookSettings, word: AnnotationWord): string | undefined {
  const key = annotationName(settings, word)
  return Object.hasOwn(annotations, key) ? annotations[key] : undefined
}
