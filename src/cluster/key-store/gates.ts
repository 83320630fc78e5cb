import { type Instant, instant, plusSeconds, type Seconds, seconds } from '../../core/index.ts'
import { KeyStoreError } from './errors.ts'
import type { IssuerState, SignerReport, StoredKey } from './model.ts'

/** One thing that must be before a step of a rotation. */
export interface Gate {
  readonly name: 'published' | 'caches' | 'signers' | 'signing' | 'tokens'
  /** When it opens; undefined when that is not for the clock to say, but for somebody to do. */
  readonly opensAt: Instant | undefined
  readonly isOpen: boolean
  /** What is, or is waited for. */
  readonly because: string
}

/** SPEC: IAM User Guide, AssumeRoleWithWebIdentity: STS grants five minutes beyond `exp`. */
const LEEWAY = seconds(300)

/** What everybody may still have in a cache: the longest of all lives that are known of. */
export function longestCache({ times, publications }: Pick<IssuerState, 'times' | 'publications'>): Seconds {
  const served = publications.map(({ maxAgeSeconds }) => maxAgeSeconds)
  return seconds(Math.max(times.refreshHintSeconds, times.maxAgeSeconds, times.stsCacheSeconds, ...served))
}

/**
 * What must be before the key may sign: published everywhere for longer than any cache lives, and known to every kube-apiserver.
 * All of them are given, open or not.
 */
export function activationGates(
  state: IssuerState,
  key: StoredKey,
  { reports, now }: { readonly reports: readonly SignerReport[]; readonly now: Instant },
): readonly Gate[] {
  return [publishedGate(state, key), cachesGate(state, key, now), signersGate(state, key, { reports, now })]
}

/** Whether the key can be read in every place that the issuer was published to; nobody signs with one that cannot. */
export function publishedGate(
  { publications }: Pick<IssuerState, 'publications'>,
  { keyId }: { readonly keyId: string },
): Gate {
  if (publications.length === 0)
    return closed('published', undefined, 'the issuer was never published: `openirsa issuer publish --to …`')
  const without = publications.filter(({ since }) => !since.has(keyId)).map(({ target }) => target)
  return without.length === 0
    ? { name: 'published', opensAt: publishedSince(publications, keyId), isOpen: true, because: 'published' }
    : closed(
        'published',
        undefined,
        `not published at ${without.join(', ')}: \`openirsa issuer publish\`, with --forget for a place that is gone`,
      )
}

function publishedSince(publications: IssuerState['publications'], keyId: string): Instant {
  return latest(publications.map(({ since }) => since.get(keyId)))
}

function cachesGate(state: IssuerState, key: StoredKey, now: Instant): Gate {
  if (!publishedGate(state, key).isOpen)
    return closed('caches', undefined, 'the caches begin to learn it when it is published')
  const window = longestCache(state)
  return until('caches', plusSeconds(publishedSince(state.publications, key.keyId), window), now, {
    closed: `others may have the older JWKS in a cache for ${window} s`,
    open: `published for longer than the ${window} s that any cache lives`,
  })
}

function signersGate(
  { times, mode }: IssuerState,
  { keyId }: StoredKey,
  { reports, now }: { readonly reports: readonly SignerReport[]; readonly now: Instant },
): Gate {
  if (reports.length === 0) {
    return mode === 'signer'
      ? { name: 'signers', opensAt: undefined, isOpen: true, because: 'no signer has ever run' }
      : closed('signers', undefined, 'restart every kube-apiserver, then say so: `openirsa keys rotate --restarted`')
  }
  const without = reports.filter(({ known }) => !known.has(keyId)).map(({ instance }) => instance)
  if (without.length > 0) {
    const wayOut =
      mode === 'signer'
        ? 'each must run and be asked by its kube-apiserver, or be given up with --forget-signer'
        : 'restart every kube-apiserver, then say so: `openirsa keys rotate --restarted`'
    return closed('signers', undefined, `not yet known to ${without.join(', ')}: ${wayOut}`)
  }
  // What kube-apiserver itself serves of the keys is kept by its own clients for as long as the hint.
  const at = plusSeconds(latest(reports.map(({ known }) => known.get(keyId))), times.refreshHintSeconds)
  return until('signers', at, now, {
    closed: `known to every kube-apiserver, but not yet for ${times.refreshHintSeconds} s`,
    open: 'known to every kube-apiserver',
  })
}

/** What must be before a key that signs no more may go: nobody signs with it, and the last token that it signed is dead. */
export function retirementGates(
  state: IssuerState,
  key: StoredKey,
  { reports, now }: { readonly reports: readonly SignerReport[]; readonly now: Instant },
): readonly Gate[] {
  return [signingGate(state, key, reports), tokensGate(state, key, { reports, now })]
}

function signingGate({ mode }: IssuerState, key: StoredKey, reports: readonly SignerReport[]): Gate {
  if (key.state !== 'retiring') return closed('signing', undefined, `it is the ${key.state} key`)
  const wayOut = mode === 'files' ? ': restart every kube-apiserver, then `openirsa keys rotate --restarted`' : ''
  const since = key.retiringSince ?? key.madeAt
  const still = reports.filter(
    ({ signsWith, reportedAt }) => signsWith === key.keyId || (key.origin === 'made' && reportedAt < since),
  )
  if (still.length > 0)
    return closed(
      'signing',
      undefined,
      `${still.map(({ instance }) => instance).join(', ')} may still sign with it${wayOut}`,
    )
  if (key.origin === 'existing' && !reports.some(({ askedAt }) => askedAt !== undefined))
    return closed('signing', undefined, `kube-apiserver still signs with its old key file${wayOut}`)
  return { name: 'signing', opensAt: since, isOpen: true, because: 'nobody signs with it any more' }
}

function tokensGate(
  state: IssuerState,
  key: StoredKey,
  { reports, now }: { readonly reports: readonly SignerReport[]; readonly now: Instant },
): Gate {
  const last = lastTokenOf(state, key, reports)
  if (last === undefined) return closed('tokens', undefined, 'its last token is not signed yet')
  return until('tokens', plusSeconds(last, LEEWAY), now, {
    closed: 'tokens that it signed are still alive',
    open: 'the last token that it signed is dead',
  })
}

/** The latest expiry of a token that the key signed; undefined while it may still sign. */
function lastTokenOf({ times }: IssuerState, key: StoredKey, reports: readonly SignerReport[]): Instant | undefined {
  const reported = reports.map(({ signedUntil }) => signedUntil.get(key.keyId))
  const known = latest([...reported, key.signedUntil])
  if (key.origin === 'existing') {
    // It signed until the last kube-apiserver turned to us.
    const turned = reports.map(({ askedAt }) => askedAt).filter((at) => at !== undefined)
    if (turned.length === 0) return undefined
    return latest([known, plusSeconds(latest(turned), times.existingTokenSeconds)])
  }
  if (key.state !== 'retiring' || key.retiringSince === undefined) return undefined
  // Nobody says what it signed: then it may have signed the longest token at the last moment.
  return known > 0 ? known : plusSeconds(key.retiringSince, times.maxTokenSeconds)
}

/** When all of them are open, as far as the clock can tell; undefined while somebody has to do something. */
export function opensAt(gates: readonly Gate[]): Instant | undefined {
  if (gates.some(({ opensAt: at, isOpen }) => at === undefined && !isOpen)) return undefined
  return latest(gates.map(({ opensAt: at }) => at))
}

function latest(times: readonly (Instant | undefined)[]): Instant {
  return instant(Math.max(0, ...times.filter((at) => at !== undefined)))
}

function until(
  name: Gate['name'],
  at: Instant,
  now: Instant,
  words: { readonly open: string; readonly closed: string },
): Gate {
  const isOpen = now >= at
  return { name, opensAt: at, isOpen, because: isOpen ? words.open : words.closed }
}

function closed(name: Gate['name'], at: Instant | undefined, because: string): Gate {
  return { name, opensAt: at, isOpen: false, because }
}

/** Clocks of several machines may differ by so much. */
const SKEW = seconds(60)

/**
 * A clock that is before what was written opens no gate that can be relied on, and would date what comes next wrongly.
 * @throws KeyStoreError
 */
export function refuseEarlyClock({ changedAt, publications }: IssuerState, now: Instant): void {
  const written = latest([changedAt, ...publications.map(({ publishedAt }) => publishedAt)])
  if (plusSeconds(now, SKEW) >= written) return
  const [last, today] = [written, now].map((at) => new Date(at).toISOString())
  throw new KeyStoreError(`the clock says ${today}, but the issuer was changed at ${last} already`, {
    hint: 'set the clock: the gates of a rotation go by it',
  })
}
