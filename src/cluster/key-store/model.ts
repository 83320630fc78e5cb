import type { Instant, Seconds } from '../../core/index.ts'
import type { IssuerUrl, PublishedKey } from '../../standards/oidc/index.ts'
import type { NewKeyAlgorithm } from '../issuer/index.ts'

/** `next`: published ahead, signs nothing. `active`: signs. `retiring`: signs no more, published until its last token has died. */
export type KeyState = 'next' | 'active' | 'retiring'

/** Who signs: kube-apiserver itself, from the key files of this directory, or our external signer. */
export type SigningMode = 'files' | 'signer'

/** A key of the issuer, without its private half. */
export interface StoredKey extends PublishedKey {
  readonly state: KeyState
  /** `existing`: out of the cluster's own key files, kept so that nothing that it signed becomes invalid. */
  readonly origin: 'made' | 'existing'
  readonly madeAt: Instant
  /** Since when it signs, or signed. */
  readonly activatedAt?: Instant
  readonly retiringSince?: Instant
  /** The latest expiry of a token that a forgotten signer may have made with it. */
  readonly signedUntil?: Instant
  /** It signed for another issuer only: verified, and never published as ours. */
  readonly isOfAnotherIssuer?: boolean
}

/** Where the documents were published, and since when each key can be read there. */
export interface Publication {
  /** As `issuer publish --to` takes it. */
  readonly target: string
  readonly publishedAt: Instant
  /** The longest life that the target ever gave the documents. */
  readonly maxAgeSeconds: Seconds
  /** By key ID; what is not published there is missing. */
  readonly since: ReadonlyMap<string, Instant>
}

/** How long others keep what they read of us; none may be left out. */
export interface IssuerTimes {
  /** How long AWS STS may keep the JWKS: stated, since AWS does not say. */
  readonly stsCacheSeconds: Seconds
  /** `max-age` of the documents. */
  readonly maxAgeSeconds: Seconds
  /** After which kube-apiserver asks its signer for keys again. */
  readonly refreshHintSeconds: Seconds
  /** The longest life of a token that this issuer signs. */
  readonly maxTokenSeconds: Seconds
  /** The longest life of a token out of the cluster's own key files: a year, unless extended tokens were off. */
  readonly existingTokenSeconds: Seconds
}

/** Everything that is known of an issuer, but for private keys. One file, `issuer.json`. */
export interface IssuerState {
  readonly issuer: IssuerUrl
  readonly jwksUri: string
  /** The cluster's issuer before this one; its tokens stay valid at kube-apiserver. */
  readonly existingIssuer?: string
  readonly mode: SigningMode
  readonly keyAlgorithm: NewKeyAlgorithm
  readonly times: IssuerTimes
  readonly keys: readonly StoredKey[]
  /** Keys that were ours: found anywhere, they are known, and not somebody else's. */
  readonly retired: readonly RetiredKey[]
  readonly publications: readonly Publication[]
  /** When the set of keys last changed. */
  readonly changedAt: Instant
}

export interface RetiredKey {
  readonly keyId: string
  readonly retiredAt: Instant
}

/** What one signer says of itself; in files mode, what was said of all API servers. One file in `signers/`. */
export interface SignerReport {
  readonly instance: string
  readonly reportedAt: Instant
  /** When a kube-apiserver first asked it for keys; it stays when the signer is started anew. */
  readonly askedAt?: Instant
  /** Since when its kube-apiserver knows the key, by key ID. */
  readonly known: ReadonlyMap<string, Instant>
  /** The key that it signs with. */
  readonly signsWith?: string
  /** No token signed by it lives longer, by key ID. */
  readonly signedUntil: ReadonlyMap<string, Instant>
}
