import type { AccountId, Instant, Partition, Secret } from '../../core/index.ts'

/**
 * An assumed-role session: what a session token carries. Nothing in it grants anything:
 * the role's policies are read from the store at each request, and the role is bound by its unique id.
 */
export interface AssumedRoleSession {
  readonly kind: 'web-identity' | 'assume-role'
  /** 16 random bytes, hex. */
  readonly sessionId: string
  readonly accessKeyId: string
  readonly partition: Partition
  readonly account: AccountId
  /** AROA… */
  readonly roleUniqueId: string
  /** As it was at issue; for display only. */
  readonly rolePath: string
  readonly roleName: string
  readonly sessionName: string
  readonly issuedAt: Instant
  readonly expiresAt: Instant
  /** Set for web identity. */
  readonly webIdentity?: WebIdentityOrigin | undefined
  readonly sourceIdentity?: string | undefined
  /** Session tags, by key as written. */
  readonly tags: ReadonlyMap<string, string>
  readonly transitiveTagKeys: readonly string[]
  /** Inline session policy, as given. */
  readonly sessionPolicy?: string | undefined
  readonly sessionPolicyArns: readonly string[]
  /** 0 for a web identity session, one more for each AssumeRole made with a session. */
  readonly chainDepth: number
  readonly parentAccessKeyId?: string | undefined
}

/** The token that a session began with. */
export interface WebIdentityOrigin {
  readonly providerArn: string
  /** Issuer without `https://`: prefix of the condition keys. */
  readonly issuerHostPath: string
  readonly subject: string
  readonly audience: string
  readonly methods?: readonly string[] | undefined
  readonly tokenId?: string | undefined
  /** From the token's `kubernetes.io` claim, for audit. */
  readonly kubernetes?: KubernetesOrigin | undefined
}

/** Of the token's `kubernetes.io` claim; at least one of them is there. */
export interface KubernetesOrigin {
  readonly namespace?: string | undefined
  readonly serviceAccount?: string | undefined
  readonly serviceAccountUid?: string | undefined
  readonly pod?: string | undefined
  readonly podUid?: string | undefined
  readonly node?: string | undefined
}

export interface TemporaryCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: string
  readonly expiration: Instant
}

/** Policies and tags, packed, as a share of the space that there is; undefined when there are none. */
export interface IssuedSession {
  readonly credentials: TemporaryCredentials
  readonly session: AssumedRoleSession
  readonly packedPolicySizePercent: number | undefined
}

/** What a session token says, once its seal has held; the secret is for proving a signature with. */
export interface OpenedSession {
  readonly session: AssumedRoleSession
  readonly secretAccessKey: Secret
}

/** A session before it has ids of its own. */
export type SessionDraft = Omit<AssumedRoleSession, 'sessionId' | 'accessKeyId'>

export interface Sessions {
  /** Seals a session into credentials; nothing is stored. It ends at a whole second. @throws SessionTooLargeError */
  issue(draft: SessionDraft): IssuedSession
  /**
   * The session behind a token that came with this access key id.
   * INVARIANT: a token of another installation or key ring, or changed in any bit, is refused with one and the same error.
   * @throws SignatureError `session-unopenable` or `session-expired`
   */
  open(sessionToken: string, accessKeyId: string): OpenedSession
  /** Goes on with another ring, as after a rotation; what was opened before is opened anew. */
  changeRing(ring: SealKeyRing): void
}

/**
 * `pending`: opens, and seals once activated, so that every node knows a key before any seals with it. `active`: seals and
 * opens; one at a time. `verify-only`: opens. `destroyed`: nothing; every session that was sealed with it has ended.
 */
export type SealKey =
  | {
      /** Four random bytes, hex. */
      readonly keyId: string
      readonly state: 'pending' | 'active' | 'verify-only'
      /** 32 bytes. */
      readonly root: Secret<Uint8Array>
    }
  | { readonly keyId: string; readonly state: 'destroyed' }

/** INVARIANT: exactly one key is active, and no key id occurs twice. */
export interface SealKeyRing {
  readonly keys: readonly SealKey[]
}
