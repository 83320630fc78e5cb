import type { KeyObject } from 'node:crypto'
import type { Instant, Seconds } from '../../core/index.ts'

declare const brand: unique symbol

/** The `iss` value, exact string including path: https, no query, no fragment, no port. */
export type IssuerUrl = string & { readonly [brand]: 'IssuerUrl' }
/** SHA-1 of the last certificate that the issuer's server sends, 40 lower-case hex digits. */
export type Thumbprint = string & { readonly [brand]: 'Thumbprint' }

/** Algorithms that AWS STS accepts. */
export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

/** A public key out of a JWKS, usable for verification. INVARIANT: never holds a private or symmetric key. */
export interface VerificationKey {
  readonly keyId: string
  /** The algorithms that this key may verify: one if the JWK names `alg`, else those of its type and curve. */
  readonly algorithms: readonly SigningAlgorithm[]
  readonly key: KeyObject
}

/**
 * Usable keys by key ID; one without `kid` stands under the empty string.
 * Unusable members of a JWKS are dropped; a key ID that occurs twice is unusable.
 */
export interface VerificationKeySet {
  readonly keys: ReadonlyMap<string, VerificationKey>
}

/**
 * A token taken apart.
 * UNVERIFIED: nothing here may be trusted; it may choose the provider, and refuse.
 */
export interface UnverifiedToken {
  readonly jwt: string
  /** One of those that AWS STS accepts; whether the key verifies it is for `verifyWebIdentityToken` to say. */
  readonly algorithm: SigningAlgorithm
  /** `kid`, or the empty string when the header has none. */
  readonly keyId: string
  readonly issuer: string
  /** Members that may be undefined are there when the claim is, and is of the right type; `checkTokenBeforeKey` says what is wrong else. */
  readonly subject: string | undefined
  /** Empty when `aud` is missing or unusable. */
  readonly audiences: readonly string[]
  readonly authorizedParty: string | undefined
  /** NumericDates, in seconds. */
  readonly issuedAt: number | undefined
  readonly notBefore: number | undefined
  readonly expiresAt: number | undefined
  /** Every claim, as strict JSON. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly signingInput: string
  readonly signature: Uint8Array
}

/** A token whose signature, issuer, audience and times have been verified. Only `verifyWebIdentityToken` makes one. */
export interface WebIdentityToken {
  readonly [brand]: 'WebIdentityToken'
  readonly issuer: IssuerUrl
  /** What counts as `:aud`: `azp` when present, else the one audience. */
  readonly audience: string
  /** `aud` when `azp` took its place: what counts as `:oaud`. */
  readonly originalAudiences?: readonly string[] | undefined
  readonly subject: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly keyId: string
  readonly tokenId?: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
}

/** A private key that signs tokens. */
export interface SigningKey {
  readonly keyId: string
  readonly algorithm: SigningAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** What a verified token must say. Everything is required: what may be left out is forgotten one day. */
export interface TokenExpectations {
  /** The provider's issuer; compared with `iss` unit by unit. */
  readonly issuer: IssuerUrl
  /** The provider's client ids: audiences that are accepted. */
  readonly clientIds: readonly string[]
  readonly now: Instant
  /** Granted beyond exp and before nbf and iat. */
  readonly leewaySeconds: Seconds
}

/** What counts as the audience of a token. */
export interface AcceptedAudience {
  /** `:aud`: `azp` when present, else the one audience. */
  readonly audience: string
  /** `:oaud`: `aud`, when `azp` took its place. */
  readonly originalAudiences?: readonly string[] | undefined
}

/** A token taken apart for people; nothing of it is verified. */
export interface TokenInspection {
  /** `legacy-secret`: out of a service account's secret; without audience and expiry, of no use at STS. */
  readonly kind: 'projected' | 'legacy-secret' | 'other'
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What AWS STS would not take, in sentences; times are not judged. */
  readonly problems: readonly string[]
}
