import type { Instant, ServiceAccountRef } from '../../core/index.ts'
import type { IssuerUrl, SigningKey } from '../../standards/oidc/index.ts'

/** Algorithms that new keys are made for: RS256 (RSA, 2048 bits) is what every verifier takes, ES256 signs ten times as fast. */
export type NewKeyAlgorithm = 'RS256' | 'ES256'

/** The issuer's keys by their part in a rotation. All of them are published; only `active` signs. */
export interface KeyRing {
  readonly active: SigningKey
  /** Published ahead, so that every verifier knows it before it signs. */
  readonly next?: SigningKey
  readonly retiring: readonly RetiringKey[]
}

/** A key that signs no more, published until its last token has expired. */
export interface RetiringKey {
  readonly key: SigningKey
  readonly publishUntil: Instant
}

/** An object that a token is bound to. */
export interface BoundObject {
  readonly name: string
  readonly uid: string
}

/** What TokenRequest asks for, and what is known when it is asked. */
export interface ServiceAccountTokenRequest {
  readonly issuer: IssuerUrl
  readonly serviceAccount: ServiceAccountRef & { readonly uid: string }
  readonly pod?: BoundObject
  /** Beside a pod: where it is scheduled; the uid is missing when the Node object is. Alone: what the token is bound to. */
  readonly node?: { readonly name: string; readonly uid?: string }
  /** One at least. */
  readonly audiences: readonly string[]
  /** Whole seconds; default 3600, 600 at least, 2^32 at most. */
  readonly expirationSeconds?: number
  readonly now: Instant
  /** UUID version 4; becomes `jti`. */
  readonly uuid: string
}

/** A projected token and what its bearer may want to know without decoding it. */
export interface ProjectedToken {
  readonly token: string
  readonly tokenId: string
  readonly expiresAt: Instant
}
