import type { Clock, Instant, Randomness, Seconds } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { ServerCertificate } from '../../io/http/index.ts'
import type { Kube } from '../../io/kube/index.ts'

/** How long things live, and how long a change is given to reach everybody. */
export interface CertificateLives {
  /** Of the serving certificate; another is made when two thirds of it are over. */
  readonly certificateSeconds: Seconds
  /** Of the authority; another is added when two thirds of it are over. */
  readonly authoritySeconds: Seconds
  /** Between adding an authority and using it, and between that and dropping the old one: API servers and replicas must have heard. */
  readonly waitSeconds: Seconds
  /** How often the Secret is looked at. */
  readonly intervalSeconds: Seconds
}

export interface SelfManagedOptions {
  readonly kube: Pick<Kube, 'find' | 'replace' | 'patch' | 'follow'>
  readonly namespace: string
  /** Which must exist, empty or not: it is never created. */
  readonly secretName: string
  readonly serviceName: string
  /** The MutatingWebhookConfiguration whose `caBundle` is kept. */
  readonly configurationName: string
  /** Names for which the certificate is made. */
  readonly hosts: readonly string[]
  readonly lives: CertificateLives
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Log
}

/** Where the change from one authority to the next has got to. */
export type AuthorityPhase = 'steady' | 'added' | 'switched'

export interface CertificateCondition {
  readonly phase: AuthorityPhase
  /** API servers are told to trust the authority of what is shown. */
  readonly isTrusted: boolean
  /** Why the last look did not end well; one line. */
  readonly fault?: string
  /** When a look last ended well. */
  readonly seenAt?: Instant
  readonly expiresAt?: Instant
  readonly authorityExpiresAt?: Instant
}

/** A serving certificate of the webhook's own, shared by all replicas and kept young. */
export interface SelfManagedCertificates {
  /** Undefined: there is none yet. */
  current(): ServerCertificate | undefined
  /** Told of every new one from now on. Gives what ends the telling. */
  onChange(listener: (certificate: ServerCertificate) => void): () => void
  condition(): CertificateCondition
  /** Looks now, and does what is due. Never throws: see `condition`. */
  refresh(): Promise<void>
  close(): Promise<void>
}
