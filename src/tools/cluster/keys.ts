import {
  type Clock,
  type Instant,
  instant,
  OpenirsaError,
  plusSeconds,
  renderIsoSeconds,
  seconds,
  TokenError,
} from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import {
  findKey,
  type IssuerUrl,
  parseJwkSet,
  type VerificationKey,
  type VerificationKeySet,
} from '../../standards/oidc/index.ts'
import { readIssuer, readKeys } from './discovery.ts'
import type { Link } from './link.ts'
import type { KeysStatus } from './model.ts'

/** Keys are fetched so often, asked for or not. */
export const REFRESH_SECONDS = seconds(300)
/** Keys of an API server that cannot be asked count for so long after they were fetched; as for issuers that are fetched. */
export const HOLD_SECONDS = seconds(12 * 3600)
/** After a failure it is tried again so soon. */
const RETRY_SECONDS = seconds(30)
/** With keys at hand, a key id that is not among them makes one fetch in this time. */
const COOLDOWN_SECONDS = seconds(30)
/** Without keys at hand, an attempt in this time. */
const PAUSE_SECONDS = seconds(2)

/** Keys as they were fetched, for a later start. */
export interface KeptKeys {
  readonly jwks: string
  /** Milliseconds since 1970. */
  readonly fetchedAt: number
}

export interface ClusterKeys {
  /** @throws TokenError `unknown-key`, `issuer-unreachable` */
  find(keyId: string): Promise<VerificationKey>
  /** Fetches now; never rejects, see `status`. */
  refresh(): Promise<void>
  status(): KeysStatus
  close(): void
}

export interface ClusterKeysParts {
  readonly issuer: IssuerUrl
  readonly link: Link
  /** Of an earlier start, or of the first fetch. */
  readonly kept: KeptKeys | undefined
  /** Takes what was fetched. */
  readonly keep: (keys: KeptKeys) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

interface Held {
  readonly set: VerificationKeySet
  readonly fetchedAt: Instant
}

interface Holding {
  held: Held | undefined
  failure?: string
  triedAt?: Instant
}

export function createClusterKeys(parts: ClusterKeysParts): ClusterKeys {
  const { issuer, clock } = parts
  const holding: Holding = { held: heldOf(parts.kept) }
  let refreshing: Promise<void> | undefined
  const refresh = (): Promise<void> => {
    refreshing ??= attempt(holding, parts).finally(() => {
      refreshing = undefined
      plan()
    })
    return refreshing
  }
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const plan = (): void => {
    if (isClosed) return
    clearTimeout(timer)
    const wait = holding.failure === undefined ? REFRESH_SECONDS : RETRY_SECONDS
    timer = setTimeout(() => void refresh(), wait * 1000).unref()
  }
  plan()
  return {
    refresh,
    find: async (keyId) => {
      const known = pick(holding, keyId, clock.now())
      if (known !== undefined) return known
      if (mayTry(holding, clock.now())) await refresh()
      const key = pick(holding, keyId, clock.now())
      if (key !== undefined) return key
      throw isHeld(holding.held, clock.now()) ? unknownKey(issuer, keyId, holding) : unreachable(issuer, holding)
    },
    status: () => statusOf(holding, clock.now()),
    close: () => {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

function heldOf(kept: KeptKeys | undefined): Held | undefined {
  return kept === undefined ? undefined : { set: parseJwkSet(kept.jwks), fetchedAt: instant(kept.fetchedAt) }
}

/** A clock that was set back to before the fetch holds nothing. */
function isHeld(held: Held | undefined, now: Instant): held is Held {
  return held !== undefined && now >= held.fetchedAt && now < plusSeconds(held.fetchedAt, HOLD_SECONDS)
}

function pick({ held }: Holding, keyId: string, now: Instant): VerificationKey | undefined {
  return isHeld(held, now) ? findKey(held.set, keyId) : undefined
}

function mayTry({ held, triedAt }: Holding, now: Instant): boolean {
  const pause = isHeld(held, now) ? COOLDOWN_SECONDS : PAUSE_SECONDS
  return triedAt === undefined || now < triedAt || now >= plusSeconds(triedAt, pause)
}

/** Never rejects: what went wrong stands in `failure`, for everybody who waited. */
async function attempt(holding: Holding, { issuer, link, keep, clock, log }: ClusterKeysParts): Promise<void> {
  holding.triedAt = clock.now()
  try {
    const { set, jwks } = await link.use(async (kube) => {
      const found = await readIssuer(kube)
      // The kubeconfig leads to another cluster by now: its keys are not for this issuer.
      if (found !== issuer) throw new IssuerChanged(found)
      return readKeys(kube)
    })
    const fetchedAt = clock.now()
    holding.held = { set, fetchedAt }
    delete holding.failure
    await keep({ jwks, fetchedAt })
  } catch (failure) {
    holding.failure = wordsOf(failure)
    log.warn({ issuer, reason: holding.failure }, 'keys of a cluster could not be fetched; those that are known hold')
  }
}

class IssuerChanged extends OpenirsaError {
  readonly code = 'CLUSTER'

  constructor(found: string) {
    super(`the kubeconfig leads to a cluster with another issuer, \`${found}\``)
  }
}

/** Our own words go to people; those of others may be long, or about something else. */
function wordsOf(failure: unknown): string {
  return failure instanceof OpenirsaError ? failure.message : 'the keys cannot be kept'
}

function unknownKey(issuer: string, keyId: string, { held }: Holding): TokenError {
  return new TokenError(
    'unknown-key',
    `unknown key: the API server publishes no usable key \`${keyId}\``,
    { issuer, keyId, accepted: [...(held?.set.keys.keys() ?? [])] },
    { hint: `keys are fetched every ${REFRESH_SECONDS} s, and for an unknown one after ${COOLDOWN_SECONDS} s` },
  )
}

function unreachable(issuer: string, { failure }: Holding): TokenError {
  const detail = failure ?? 'no keys were fetched yet'
  return new TokenError(
    'issuer-unreachable',
    `the API server of the cluster gives no keys: ${detail}`,
    { issuer },
    {
      detail,
      hint: 'see `openirsa cluster list`',
    },
  )
}

function statusOf({ held, failure }: Holding, now: Instant): KeysStatus {
  const holds = isHeld(held, now)
  return {
    state: !holds ? 'none' : failure === undefined ? 'current' : 'held',
    keyIds: holds ? [...held.set.keys.keys()] : [],
    ...(held === undefined
      ? {}
      : {
          fetchedAt: renderIsoSeconds(held.fetchedAt),
          holdUntil: renderIsoSeconds(plusSeconds(held.fetchedAt, HOLD_SECONDS)),
        }),
    ...(failure === undefined ? {} : { failure }),
  }
}
