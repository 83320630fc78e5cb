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
  readonly webIdentity?: {
    readonly providerArn: string
    /** Issuer without `https://`: prefix of the condition keys. */
    readonly issuerHostPath: string
    readonly subject: string
    readonly audience: string
    readonly methods?: readonly string[]
    readonly tokenId?: string
    /** From the token's `kubernetes.io` claim, for audit. */
    readonly kubernetes?: { readonly namespace?: string; readonly serviceAccount?: string; readonly serviceAccountUid?: string; readonly pod?: string; readonly podUid?: string; readonly node?: string }
  }
  readonly sourceIdentity?: string
  /** Session tags, by key as written. */
  readonly tags: ReadonlyMap<string, string>
  readonly transitiveTagKeys: readonly string[]
  /** Inline session policy, as given. */
  readonly sessionPolicy?: string
  readonly sessionPolicyArns: readonly string[]
  /** 0 for a web identity session, one more for each AssumeRole made with a session. */
  readonly chainDepth: number
  readonly parentAccessKeyId?: string
}

export interface TemporaryCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: string
  readonly expiration: Instant
}
