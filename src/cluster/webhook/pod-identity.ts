import { parseGoBool, parseGoInteger } from './go-text.ts'
import type {
  ConfigMapIdentity,
  IdentityLookup,
  MutationReason,
  ServiceAccountLookup,
  WebhookSettings,
} from './model.ts'
import type { Notes } from './notes.ts'
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
  /** Before the pod's own annotation is heard. */
  readonly expirationSeconds: () => number
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
    const role = readRole(serviceAccount.annotations, settings, notes)
    if (role !== undefined)
      return { outcome: 'identity', identity: annotatedIdentity(role, serviceAccount.annotations, { settings, notes }) }
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

const LEAST_EXPIRATION = 600
const LONGEST_EXPIRATION = 86_400

/** The expiration that the annotation asks for; undefined where there is none, or none that is a number. */
export function readExpiration(
  annotation: string | undefined,
  settings: WebhookSettings,
  notes: Notes,
): number | undefined {
  if (annotation === undefined) return undefined
  const wanted = parseGoInteger(annotation)
  if (wanted !== undefined) return clampExpiration(Number(wanted), settings, notes)
  notes.add('invalid-expiration', `token-expiration ${quote(annotation)} is not a whole number and is ignored`)
  return undefined
}

/** The flag's value, in bounds: a flag below them is mended silently, as by the reference. */
export function flagExpiration(settings: WebhookSettings): number {
  const seconds = Math.max(settings.tokenExpirationSeconds, LEAST_EXPIRATION)
  return settings.compatibility.has('unclamped-expiration') ? seconds : Math.min(seconds, LONGEST_EXPIRATION)
}

function clampExpiration(wanted: number, settings: WebhookSettings, notes: Notes): number {
  const isUnbounded = settings.compatibility.has('unclamped-expiration')
  const seconds = Math.max(LEAST_EXPIRATION, isUnbounded ? wanted : Math.min(wanted, LONGEST_EXPIRATION))
  if (seconds !== wanted) {
    notes.add(
      'clamped-expiration',
      `token-expiration ${wanted} is not within 600 and 86400 seconds: ${seconds} is used`,
    )
  }
  return seconds
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
  if (configMap !== undefined && !configMap.key.startsWith('*/')) return mappedOptions(configMap, settings, notes)
  return { usesRegionalSts: false, expirationSeconds: () => LONGEST_EXPIRATION }
}

interface Judging {
  readonly settings: WebhookSettings
  readonly notes: Notes
}

function annotatedIdentity(
  roleArn: string,
  annotations: Readonly<Record<string, string>>,
  { settings, notes }: Judging,
): PodIdentity {
  checkRoleArn(roleArn, notes)
  return {
    kind: 'web-identity',
    source: 'service-account',
    roleArn,
    audience: chooseAudience(annotation(annotations, settings, 'audience') ?? settings.audience, settings, notes),
    ...annotatedOptions(annotations, settings, notes),
  }
}

function annotatedOptions(
  annotations: Readonly<Record<string, string>>,
  settings: WebhookSettings,
  notes: Notes,
): CommonOptions {
  return {
    usesRegionalSts: readRegionalSts(annotation(annotations, settings, 'sts-regional-endpoints'), settings, notes),
    expirationSeconds: () =>
      readExpiration(annotation(annotations, settings, 'token-expiration'), settings, notes) ??
      flagExpiration(settings),
  }
}

function mappedIdentity(entry: ConfigMapIdentity, settings: WebhookSettings, notes: Notes): PodIdentity {
  checkRoleArn(entry.roleArn, notes)
  return {
    kind: 'web-identity',
    source: 'config-map',
    roleArn: entry.roleArn,
    audience: chooseAudience(entry.audience, settings, notes),
    ...mappedOptions(entry, settings, notes),
  }
}

function mappedOptions(entry: ConfigMapIdentity, settings: WebhookSettings, notes: Notes): CommonOptions {
  const wanted = entry.tokenExpirationSeconds
  const isUnbounded = settings.compatibility.has('unclamped-expiration')
  return {
    usesRegionalSts: entry.usesRegionalSts,
    expirationSeconds: () => {
      if (wanted === 0) return flagExpiration(settings)
      return isUnbounded ? wanted : clampExpiration(wanted, settings, notes)
    },
  }
}

function readRole(
  annotations: Readonly<Record<string, string>>,
  settings: WebhookSettings,
  notes: Notes,
): string | undefined {
  const written = annotation(annotations, settings, 'role-arn')
  if (written === undefined) return undefined
  const home = settings.composeRoleArn
  if (written.trim() === '' && !settings.compatibility.has('blank-role')) {
    notes.add('blank-role', 'role-arn of the service account is blank: no role is injected for it')
    return undefined
  }
  const role =
    home === undefined || written.includes('arn:')
      ? written
      : `arn:${home.partition}:iam::${home.account}:role/${written}`
  return role === '' ? undefined : role
}

// SPEC: the reference's own check; what fails it is logged there and used all the same.
const ROLE_ARN = /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w\-/.@+=,]+$/

function checkRoleArn(roleArn: string, notes: Notes): void {
  if (!ROLE_ARN.test(roleArn)) {
    notes.add('invalid-role-arn', `${quote(roleArn)} is not the ARN of a role, AWS will refuse it`)
  }
}

/** INVARIANT: unless switched back, never undefined: a token without an audience is one for the API server, and AWS would get it. */
function chooseAudience(wanted: string, settings: WebhookSettings, notes: Notes): string | undefined {
  if (settings.compatibility.has('empty-audience')) return wanted === '' ? undefined : wanted
  if (wanted.trim() !== '') return wanted
  notes.add('empty-audience', `audience is empty: ${quote(settings.audience)} is used`)
  return settings.audience
}

function hasRole(entry: ConfigMapIdentity, settings: WebhookSettings, notes: Notes): boolean {
  if (entry.roleArn.trim() !== '') return true
  if (settings.compatibility.has('blank-role')) return entry.roleArn !== ''
  notes.add('blank-role', `the ConfigMap's role for ${quote(entry.key)} is blank: no role is injected for it`)
  return false
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

function annotation(
  annotations: Readonly<Record<string, string>>,
  settings: WebhookSettings,
  name: string,
): string | undefined {
  const key = `${settings.annotationDomain}/${name}`
  return Object.hasOwn(annotations, key) ? annotations[key] : undefined
}
