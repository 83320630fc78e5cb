import { type Clock, type Instant, type JsonValue, parseStrictJson, plusSeconds, seconds, TokenError } from '../../core/index.ts'
import {
  DiscoveryError,
  findKey,
  type IssuerUrl,
  JwkSetError,
  parseDiscoveryDocument,
  parseJwkSet,
  type VerificationKey,
  type VerificationKeySet,
} from '../../standards/oidc/index.ts'
import type { Log } from '../host/index.ts'
import { FetchError } from './fetch-error.ts'
import { DEFAULT_LIMITS, type Fetched, fetchLimited } from './fetch-limited.ts'
import type { Network } from './network.ts'
import type { ServerTrust } from './server-trust.ts'

export interface KeyRequest {
  readonly issuer: IssuerUrl
  /** The provider's. */
  readonly thumbprints: readonly string[]
  /** `kid` of the token, or the empty string. */
  readonly keyId: string
}

export interface SourcedKey {
  readonly key: VerificationKey
  readonly connection: ServerTrust
}

/** Keys of foreign issuers, fetched when they are asked for. */
export interface JwksSource {
  /** @throws TokenError `unknown-key`, `issuer-unreachable` or `thumbprint-mismatch` */
  find(request: KeyRequest): Promise<SourcedKey>
}

export interface JwksSourceOptions {
  readonly network: Network
  readonly clock: Clock
  /** Hosts, in lower case, that may be at private addresses. */
  readonly allowPrivateHosts: ReadonlySet<string>
  readonly log: Log
}

const SHORTEST_LIFE = 60
const LONGEST_LIFE = 600
/** A refresh begins behind the readers' backs when so much of the life is over. */
const REFRESH_AHEAD = 0.8
/** An unknown key ID makes one fetch in this time, however many tokens bring one. */
const UNKNOWN_KEY_COOLDOWN = 30
/** Between attempts at an issuer that fails: doubled each time. */
const FIRST_PAUSE = 1
const LONGEST_PAUSE = 30
/** Keys of an issuer that fails are used this long after they were fetched. */
const LONGEST_STALE = 12 * 3600
/** Providers whose keys are kept; the longest unused goes first. */
const MOST_PROVIDERS = 1000

/** What is known of one provider: an issuer under its thumbprints, since those decide whom to believe. */
interface Entry {
  readonly issuer: IssuerUrl
  readonly thumbprints: readonly string[]
  good?: GoodSet
  failure?: TokenError
  failures: number
  /** No attempt before that. */
  pausedUntil: Instant | undefined
  refreshing: Promise<void> | undefined
}

interface GoodSet {
  readonly set: VerificationKeySet
  readonly connection: ServerTrust
  readonly fetchedAt: Instant
  readonly refreshAt: Instant
  readonly expiresAt: Instant
  /** Later than `expiresAt` while the issuer fails. */
  readonly staleUntil: Instant
}

/** Keeps keys in memory; several readers of one provider share one fetch. */
export function createJwksSource(options: JwksSourceOptions): JwksSource {
  const entries = new Map<string, Entry>()

  const refresh = (entry: Entry): Promise<void> => {
    entry.refreshing ??= attempt(entry, options).finally(() => {
      entry.refreshing = undefined
    })
    return entry.refreshing
  }

  return {
    find: async (request) => {
      const entry = entryOf(entries, request)
      const now = options.clock.now()
      const isPaused = entry.pausedUntil !== undefined && now < entry.pausedUntil
      if (needsFetch(entry, request.keyId, now)) {
        if (!isPaused) await refresh(entry)
      } else if (entry.good !== undefined && now >= entry.good.refreshAt && !isPaused) {
        void refresh(entry)
      }
      return pick(entry, request, options.clock.now())
    },
  }
}

function entryOf(entries: Map<string, Entry>, { issuer, thumbprints }: KeyRequest): Entry {
  const name = JSON.stringify([issuer, [...thumbprints].sort()])
  const entry = entries.get(name) ?? { issuer, thumbprints, failures: 0, pausedUntil: undefined, refreshing: undefined }
  entries.delete(name)
  entries.set(name, entry)
  if (entries.size > MOST_PROVIDERS) entries.delete(entries.keys().next().value ?? name)
  return entry
}

function needsFetch({ good }: Entry, keyId: string, now: Instant): boolean {
  if (good === undefined || now >= good.expiresAt) return true
  const isKnown = findKey(good.set, keyId) !== undefined
  return !isKnown && now >= plusSeconds(good.fetchedAt, seconds(UNKNOWN_KEY_COOLDOWN))
}

function pick({ good, failure, issuer }: Entry, { keyId }: KeyRequest, now: Instant): SourcedKey {
  if (good === undefined || now >= good.staleUntil) {
    throw failure ?? new TokenError('issuer-unreachable', 'issuer unreachable: no keys were fetched', { issuer })
  }
  const key = findKey(good.set, keyId)
  if (key !== undefined) return { key, connection: good.connection }
  throw new TokenError(
    'unknown-key',
    `unknown key: the issuer publishes no usable key \`${keyId}\``,
    { issuer, keyId, accepted: [...good.set.keys.keys()] },
    { hint: 'see that the issuer publishes the key that signed the token; keys are fetched again after 30 s' },
  )
}

/** Never rejects: what went wrong stands in the entry, for everybody who waited. */
async function attempt(entry: Entry, options: JwksSourceOptions): Promise<void> {
  try {
    entry.good = await fetchKeys(entry, options)
    entry.failures = 0
    delete entry.failure
    entry.pausedUntil = undefined
  } catch (cause) {
    noteFailure(entry, cause, options)
  }
}

function noteFailure(entry: Entry, cause: unknown, { clock, log }: JwksSourceOptions): void {
  entry.failures += 1
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (entry.failures - 1))
  entry.pausedUntil = plusSeconds(clock.now(), seconds(pause))
  entry.failure = tokenErrorOf(cause, entry.issuer)
  // An issuer that says that it has no keys is obeyed when the time of the old ones is over; one that fails is given more time.
  if (entry.good !== undefined && cause instanceof NoKeysError) {
    entry.good = { ...entry.good, staleUntil: entry.good.expiresAt }
  }
  log.warn({ issuer: entry.issuer, failure: entry.failure }, 'keys of an issuer could not be fetched')
}

class NoKeysError extends JwkSetError {}

async function fetchKeys({ issuer, thumbprints }: Entry, options: JwksSourceOptions): Promise<GoodSet> {
  const { network, clock, allowPrivateHosts, log } = options
  const until = performance.now() + DEFAULT_LIMITS.milliseconds
  // Both documents together have five seconds.
  const fetch = (url: string): Promise<Fetched> =>
    fetchLimited({ url, thumbprints, allowPrivateHosts, clock }, network, {
      ...DEFAULT_LIMITS,
      milliseconds: Math.max(1, Math.ceil(until - performance.now())),
    })
  const discovery = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const { jwksUri } = parseDiscoveryDocument(discovery.body, issuer)
  const fetched = await fetch(jwksUri)
  const set = parseJwkSet(fetched.body)
  if (set.keys.size === 0) throw new NoKeysError('the JWKS has no usable key')
  if (hasPrivateMember(fetched.body)) {
    log.warn({ issuer, jwksUri }, 'the issuer publishes a private key: it must be replaced at once')
  }
  const now = clock.now()
  const life = lifeOf(fetched.cacheControl)
  return {
    set,
    // A provider is believed by the weaker of the two connections.
    connection: discovery.connection === 'Thumbprint' ? 'Thumbprint' : fetched.connection,
    fetchedAt: now,
    refreshAt: plusSeconds(now, seconds(Math.floor(life * REFRESH_AHEAD))),
    expiresAt: plusSeconds(now, seconds(life)),
    staleUntil: plusSeconds(now, seconds(LONGEST_STALE)),
  }
}

/** Seconds; `max-age` (RFC 9111 §5.2.2.1) within our own bounds. */
export function lifeOf(cacheControl: string | undefined): number {
  const directives = (cacheControl ?? '').toLowerCase().split(',').map((directive) => directive.trim())
  if (directives.includes('no-store') || directives.includes('no-cache')) return SHORTEST_LIFE
  const age = directives.find((directive) => directive.startsWith('max-age='))?.slice('max-age='.length)
  if (age === undefined) return LONGEST_LIFE
  const count = /^\d+$/.test(age) ? Number(age) : 0
  return Math.min(LONGEST_LIFE, Math.max(SHORTEST_LIFE, count))
}

/** Members of a JWK that hold a private or symmetric key (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'k'] as const

function hasPrivateMember(body: Uint8Array): boolean {
  const document = parseStrictJson(body)
  const keys = isObject(document) ? document.keys : undefined
  if (!Array.isArray(keys)) return false
  return (keys as readonly JsonValue[]).some((key) => isObject(key) && PRIVATE_MEMBERS.some((member) => member in key))
}

function isObject(value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws the cause itself when it is none that a fetch may have: a fault of ours must not look like the issuer's */
function tokenErrorOf(cause: unknown, issuer: string): TokenError {
  const facts = { issuer }
  if (cause instanceof FetchError) {
    const more = { cause, detail: `${cause.reason}: ${cause.message}`, ...(cause.hint === undefined ? {} : { hint: cause.hint }) }
    if (cause.reason === 'thumbprint-mismatch') {
      return new TokenError('thumbprint-mismatch', `thumbprint mismatch: ${cause.message}`, facts, more)
    }
    return new TokenError('issuer-unreachable', `issuer unreachable: ${cause.reason}`, facts, more)
  }
  const reason = cause instanceof DiscoveryError ? 'bad-discovery' : cause instanceof JwkSetError ? 'bad-jwks' : 'failure'
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new TokenError('issuer-unreachable', `issuer unreachable: ${reason}`, facts, { cause, detail })
}
