import { type Clock, type Instant, plusSeconds, seconds, TokenError } from '../../core/index.ts'
import {
  DiscoveryError,
  findKey,
  type IssuerUrl,
  JwkSetError,
  type VerificationKey,
} from '../../standards/oidc/index.ts'
import type { Log } from '../host/index.ts'
import { FetchError } from './fetch-error.ts'
import { type FetchedKeys, fetchKeys, NoKeysError } from './fetch-keys.ts'
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

/** A refresh begins behind the readers' backs when so much of the life is over. */
const REFRESH_AHEAD = 0.8
/** With keys at hand there is one fetch in this time, whatever fails and however many tokens bring unknown key IDs. */
const COOLDOWN = 30
/** Without keys: between attempts at an issuer that fails, doubled each time up to the cooldown. */
const FIRST_PAUSE = 1
/** Keys of an issuer that fails are used this long after they were fetched. */
const LONGEST_STALE = 12 * 3600
/** Providers whose keys are kept; the longest unused goes first. */
const MOST_PROVIDERS = 1000

/** What is known of one provider: an issuer under its thumbprints, since those decide whom to believe. */
interface Entry {
  readonly issuer: IssuerUrl
  readonly thumbprints: readonly string[]
  good?: GoodSet
  /** Of the last attempt; absent when it went well. */
  failure?: TokenError
  failures: number
  /** In this time nothing is fetched. */
  paused?: Span
  refreshing: Promise<void> | undefined
}

interface Span {
  readonly from: Instant
  readonly until: Instant
}

interface GoodSet extends Pick<FetchedKeys, 'set' | 'connection'> {
  readonly fetchedAt: Instant
  readonly refreshAt: Instant
  readonly expiresAt: Instant
  /** Later than `expiresAt` while the issuer fails. */
  readonly staleUntil: Instant
}

/** A clock that was set back is in no span, so that it cannot stretch one. */
const isWithin = (now: Instant, { from, until }: Span): boolean => now >= from && now < until
const spanOf = (from: Instant, length: number): Span => ({ from, until: plusSeconds(from, seconds(length)) })

/** Keeps keys in memory; several readers of one provider share one fetch, and wait for it only when nothing else will do. */
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
      const need = needOf(entry, request.keyId, options.clock.now())
      if (need === 'wait') await refresh(entry)
      else if (need === 'refresh') void refresh(entry)
      return pick(entry, request, options.clock.now())
    },
  }
}

function entryOf(entries: Map<string, Entry>, { issuer, thumbprints }: KeyRequest): Entry {
  const name = JSON.stringify([issuer, [...thumbprints].sort()])
  const entry = entries.get(name) ?? { issuer, thumbprints, failures: 0, refreshing: undefined }
  entries.delete(name)
  entries.set(name, entry)
  if (entries.size > MOST_PROVIDERS) entries.delete(entries.keys().next().value ?? name)
  return entry
}

/** `wait`: there is nothing to answer with before a fetch. `refresh`: one is due, and the answer does not depend on it. */
function needOf({ good, failure, paused }: Entry, keyId: string, now: Instant): 'nothing' | 'refresh' | 'wait' {
  if (paused !== undefined && isWithin(now, paused)) return 'nothing'
  if (good === undefined || !isWithin(now, { from: good.fetchedAt, until: good.staleUntil })) return 'wait'
  const isKnown = findKey(good.set, keyId) !== undefined
  if (!isKnown) return isWithin(now, spanOf(good.fetchedAt, COOLDOWN)) ? 'nothing' : 'wait'
  // Nobody asked for a while, so that the keys ran out: the issuer may have taken one back. One that fails is not waited for.
  if (now >= good.expiresAt && failure === undefined) return 'wait'
  return now >= good.refreshAt ? 'refresh' : 'nothing'
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
    const { set, connection, life } = await fetchKeys(entry.issuer, { ...options, thumbprints: entry.thumbprints })
    const now = options.clock.now()
    entry.good = {
      set,
      connection,
      fetchedAt: now,
      refreshAt: plusSeconds(now, seconds(Math.floor(life * REFRESH_AHEAD))),
      expiresAt: plusSeconds(now, seconds(life)),
      staleUntil: plusSeconds(now, seconds(LONGEST_STALE)),
    }
    entry.failures = 0
    delete entry.failure
    delete entry.paused
  } catch (cause) {
    noteFailure(entry, cause, options)
  }
}

function noteFailure(entry: Entry, cause: unknown, { clock, log }: JwksSourceOptions): void {
  entry.failures += 1
  const pause = Math.min(COOLDOWN, FIRST_PAUSE * 2 ** (entry.failures - 1))
  entry.paused = spanOf(clock.now(), entry.good === undefined ? pause : COOLDOWN)
  entry.failure = tokenErrorOf(cause, entry.issuer)
  // An issuer that says that it has no keys is obeyed when the time of the old ones is over; one that fails is given more time.
  if (entry.good !== undefined && cause instanceof NoKeysError) {
    entry.good = { ...entry.good, staleUntil: entry.good.expiresAt }
  }
  log.warn({ issuer: entry.issuer, failure: entry.failure }, 'keys of an issuer could not be fetched')
}

function tokenErrorOf(cause: unknown, issuer: string): TokenError {
  const facts = { issuer }
  if (!(cause instanceof FetchError)) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    return new TokenError('issuer-unreachable', `issuer unreachable: ${faultOf(cause)}`, facts, { cause, detail })
  }
  const more = {
    cause,
    detail: [`${cause.reason}: ${cause.message}`, ...(cause.detail === undefined ? [] : [cause.detail])].join('; '),
    ...(cause.hint === undefined ? {} : { hint: cause.hint }),
  }
  return cause.reason === 'thumbprint-mismatch'
    ? new TokenError('thumbprint-mismatch', `thumbprint mismatch: ${cause.message}`, facts, more)
    : new TokenError('issuer-unreachable', `issuer unreachable: ${cause.reason}`, facts, more)
}

function faultOf(cause: unknown): string {
  if (cause instanceof DiscoveryError) return 'bad-discovery'
  return cause instanceof JwkSetError ? 'bad-jwks' : 'failure'
}
