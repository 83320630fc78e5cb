import type { KeyObject } from 'node:crypto'
import type { Instant, Seconds, Secret } from '../../core/index.ts'

/** For which day, region and service a signing key holds. */
export interface CredentialScope {
  /** `YYYYMMDD` */
  readonly date: string
  readonly region: string
  readonly service: string
}

/**
 * What the signature says of the body.
 * `literal`: its SHA-256. `unsigned`: nothing. `streaming`: it is in chunks (aws-chunked); the signature covers only that word.
 * `absent`: no word; then the hash of the body itself is signed.
 */
export type PayloadHash =
  | { readonly kind: 'literal'; readonly sha256: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'streaming'; readonly value: string }
  | { readonly kind: 'absent' }

/** Who a request says that it is from, and its proof. UNVERIFIED: all of it, until `verifySignature` has returned. */
export interface PresentedCredentials {
  readonly form: 'header' | 'query'
  readonly accessKeyId: string
  readonly scope: CredentialScope
  /** In lower case, sorted, each once. */
  readonly signedHeaders: readonly string[]
  /** 64 lower-case hex digits. */
  readonly signature: string
  /** `YYYYMMDDTHHMMSSZ` */
  readonly requestDate: string
  readonly sessionToken?: string | undefined
  /** Query form only: how long it wants to be good for, 1 to 604800. */
  readonly expiresSeconds?: number
  readonly payloadHash: PayloadHash
}

/** How the path is signed. `s3`: as it is, percent-encoded once. `normalized`: dots and double slashes resolved, then encoded again. */
export type PathStyle = 's3' | 'normalized'

/** What a signature must be for: this endpoint, this body, now. */
export interface SignatureExpectations {
  /** The key for the presented scope; a function is called after scope and time have been found good, so that nonsense derives no keys. */
  readonly signingKey: KeyObject | (() => KeyObject)
  readonly now: Instant
  /** SHA-256 of the body, hex. Demanded in path style `normalized`; S3 checks a literal hash as the body streams in. */
  readonly bodySha256?: string | undefined
  readonly pathStyle: PathStyle
  readonly maxSkewSeconds: Seconds
  /** Signing names that this endpoint answers to; the first is named to whoever signed for another. */
  readonly services: readonly string[]
  /** Whether this endpoint answers for that region; default: for any. */
  readonly regions?: (region: string) => boolean
  /** The region to name to whoever signed for another one. */
  readonly wantedRegion?: string
}

/** What signs: for own calls, tests and the demo. */
export interface SigningCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken?: string
}
