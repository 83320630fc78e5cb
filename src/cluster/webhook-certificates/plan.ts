import { X509Certificate } from 'node:crypto'
import { ConfigError, type Instant, plusSeconds } from '../../core/index.ts'
import type { CertificateLives } from './model.ts'
import { type CertificateState, phaseOf } from './state.ts'

/** `found`: the first authority. `add`, `switch`, `drop`: the three gates from one to the next. `serve`: another serving certificate. */
export type Step = 'found' | 'add' | 'switch' | 'drop' | 'serve'

/** What somebody asks for by an annotation on the Secret. */
export type Wish = 'certificate' | 'authority'

export interface Circumstances {
  readonly now: Instant
  readonly hosts: readonly string[]
  readonly lives: CertificateLives
  /** API servers have been told to trust `next`. */
  readonly isNextTrusted: boolean
  readonly wish?: Wish
}

const RENEW_AFTER = 2 / 3

/**
 * The next thing to do, if anything. INVARIANT: while anybody may still show or trust the old, the new and the old are both trusted:
 * an authority is used only after it was added for the whole wait, and dropped only after it was unused for as long.
 */
export function planStep(state: CertificateState, circumstances: Circumstances): Step | undefined {
  const { authority, next } = state
  if (authority === undefined || hasEnded(authority.cert, circumstances.now))
    return next === undefined || hasEnded(next.cert, circumstances.now) ? 'found' : 'switch'
  return planAuthority(state, authority.cert, circumstances) ?? planServer(state, authority.cert, circumstances)
}

function planAuthority(state: CertificateState, authority: string, circumstances: Circumstances): Step | undefined {
  const { now, lives, isNextTrusted, wish } = circumstances
  // A change whose beginning is unknown began now, for all that is known.
  const isWaitOver = now >= plusSeconds(state.since ?? now, lives.waitSeconds)
  switch (phaseOf(state)) {
    case 'added':
      return isWaitOver && isNextTrusted ? 'switch' : undefined
    case 'switched':
      return isWaitOver ? 'drop' : undefined
    case 'steady':
      return wish === 'authority' || isDue(authority, now) ? 'add' : undefined
  }
}

function planServer({ server }: CertificateState, authority: string, circumstances: Circumstances): Step | undefined {
  const { now, hosts, wish } = circumstances
  if (server === undefined || wish === 'certificate' || isDue(server.cert, now)) return 'serve'
  const [certificate, signer] = [new X509Certificate(server.cert), new X509Certificate(authority)]
  if (!certificate.checkIssued(signer) || !certificate.verify(signer.publicKey)) return 'serve'
  const isFor = (host: string) => certificate.checkHost(host, { subject: 'never', wildcards: false }) !== undefined
  return hosts.every(isFor) ? undefined : 'serve'
}

function isDue(pem: string, now: Instant): boolean {
  const { validFrom, validTo } = new X509Certificate(pem)
  const from = Date.parse(validFrom)
  return now >= from + (Date.parse(validTo) - from) * RENEW_AFTER
}

function hasEnded(pem: string, now: Instant): boolean {
  return now >= Date.parse(new X509Certificate(pem).validTo)
}

/**
 * An authority that is due must outlive its successor's way in, and all that it has signed.
 * @throws ConfigError
 */
export function refuseUnsoundLives(lives: CertificateLives): void {
  const { certificateSeconds, authoritySeconds, waitSeconds, intervalSeconds } = lives
  const fault = (what: string) => new ConfigError(`certificates would not outlive their renewal: ${what}`)
  if (intervalSeconds < 1 || waitSeconds < 2 * intervalSeconds)
    throw fault(`a wait of ${waitSeconds} s must be twice the interval of ${intervalSeconds} s`)
  if (certificateSeconds < 6 * intervalSeconds)
    throw fault(`a certificate of ${certificateSeconds} s must live six times the interval of ${intervalSeconds} s`)
  if (authoritySeconds < 3 * certificateSeconds || authoritySeconds < 9 * waitSeconds)
    throw fault(
      `an authority of ${authoritySeconds} s must live three times as long as a certificate (${certificateSeconds} s) and nine times the wait (${waitSeconds} s)`,
    )
}
