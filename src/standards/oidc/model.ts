import type { KeyObject } from 'node:crypto'

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

/** Usable keys by key ID. Unusable members of a JWKS are dropped; a key ID that occurs twice is unusable. */
export interface VerificationKeySet {
  readonly keys: ReadonlyMap<string, VerificationKey>
}

/**
 * A token taken apart.
 * UNVERIFIED: nothing here may be trusted; it may choose the provider, and refuse.
 */
export interface UnverifiedToken {
  readonly jwt: string
  readonly algorithm: string
  readonly keyId: string
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  readonly authorizedParty?: string
  /** NumericDates, in seconds. */
  readonly issuedAt: number
  readonly notBefore?: number
  readonly expiresAt: number
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
  readonly originalAudiences?: readonly string[]
  readonly subject: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly keyId: string
  readonly tokenId?: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** A private key that signs tokens. */
export interface SigningKey {
  readonly keyId: string
  readonly algorithm: SigningAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}
