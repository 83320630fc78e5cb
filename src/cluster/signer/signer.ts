import { constants, sign } from 'node:crypto'
import type { Clock, Instant, Seconds } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { SigningAlgorithm, SigningKey } from '../../standards/oidc/index.ts'
import type { KeyStore } from '../key-store/index.ts'
import { checkClaims } from './claims.ts'
import { SigningRefused } from './errors.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { type LiveState, openLiveState } from './live-state.ts'

export interface SignedParts {
  /** base64url, as they stand in the token. */
  readonly header: string
  readonly signature: string
}

/** A key that kube-apiserver verifies with. */
export interface VerifyingKey {
  readonly keyId: string
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array
}

/** What ExternalJWTSigner asks, without the wire. */
export interface Signer {
  /** @throws SigningRefused */
  sign(payload: string): Promise<SignedParts>
  fetchKeys(): Promise<{
    readonly keys: readonly VerifyingKey[]
    readonly changedAt: Instant
    readonly refreshHintSeconds: Seconds
  }>
  maxTokenSeconds(): Seconds
  /** Whether it would sign now; when not, why. */
  readiness(): string | undefined
  close(): void
}

export interface SignerParts {
  readonly store: KeyStore
  /** The name under which it reports; the same after a restart, and no other signer's. */
  readonly instance: string
  readonly clock: Clock
  readonly log: Log
  /** How often the store is looked at; default 500. */
  readonly pollMilliseconds?: number
}

const POLL_MILLISECONDS = 500
const BEAT_MILLISECONDS = 30_000

/** Opens the store and begins to report. @throws KeyStoreError, ConfigError when the store cannot be read */
export async function openSigner(parts: SignerParts): Promise<Signer> {
  const { store, clock, log } = parts
  const ledger = await openLedger(store, parts)
  const live = await openLiveState({ store, log, onChange: ({ signing }) => ledger.noteSigning(signing?.keyId) })
  const tell = (failure: unknown): void => log.error({ failure }, 'the signer cannot report to the key store')
  const timers = [
    setInterval(() => void live.refresh(), parts.pollMilliseconds ?? POLL_MILLISECONDS),
    setInterval(() => void ledger.beat().catch(tell), BEAT_MILLISECONDS),
  ]
  for (const timer of timers) timer.unref()
  return {
    sign: (payload) => signPayload(payload, { live, ledger, clock }),
    fetchKeys: async () => {
      // For a key ID that kube-apiserver does not know: what another signer has begun to use must be found at once.
      await live.refresh()
      const { keys, changedAt, times } = live.current().state
      void ledger.noteAsked(keys.map(({ keyId }) => keyId)).catch(tell)
      return {
        keys: keys.map(({ keyId, publicKey }) => ({ keyId, spki: publicKey.export({ type: 'spki', format: 'der' }) })),
        changedAt,
        refreshHintSeconds: times.refreshHintSeconds,
      }
    },
    maxTokenSeconds: () => live.current().state.times.maxTokenSeconds,
    readiness: () => {
      const snapshot = live.current()
      return snapshot.signing === undefined ? snapshot.because : undefined
    },
    close: () => {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

interface SigningParts {
  readonly live: LiveState
  readonly ledger: Ledger
  readonly clock: Clock
}

async function signPayload(payload: string, { live, ledger, clock }: SigningParts): Promise<SignedParts> {
  let snapshot = live.current()
  if (snapshot.signing === undefined) {
    // It may have been published this moment.
    await live.refresh()
    snapshot = live.current()
  }
  const { state, signing } = snapshot
  if (signing === undefined) throw new SigningRefused('not-ready', snapshot.because)
  const { issuer, times } = state
  const exp = checkClaims(payload, { issuer, maxTokenSeconds: times.maxTokenSeconds, now: clock.now() })
  await ledger.cover(signing.keyId, exp)
  const header = headerOf(signing)
  return { header, signature: await signText(`${header}.${payload}`, signing) }
}

const headers = new WeakMap<SigningKey, string>()

/** SPEC: ExternalJWTSigner v1: `alg`, `kid` and `typ` alone, and `typ` is `JWT`. */
function headerOf(key: SigningKey): string {
  const made =
    headers.get(key) ??
    Buffer.from(JSON.stringify({ alg: key.algorithm, kid: key.keyId, typ: 'JWT' })).toString('base64url')
  headers.set(key, made)
  return made
}

const HASHES: Readonly<Record<SigningAlgorithm, string>> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
}

/** On another thread: the calls of others go on meanwhile. */
function signText(text: string, { algorithm, privateKey }: SigningKey): Promise<string> {
  const how = algorithm.startsWith('RS')
    ? { key: privateKey, padding: constants.RSA_PKCS1_PADDING }
    : { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
  return new Promise((resolve, reject) => {
    sign(HASHES[algorithm], Buffer.from(text, 'latin1'), how, (failure, signature) => {
      if (failure === null) resolve(signature.toString('base64url'))
      else reject(failure)
    })
  })
}
