import type { AccountId, Clock, Randomness, Secret } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { IssuerUrl, VerificationKey, WebIdentityToken } from '../../standards/oidc/index.ts'

/** A real cluster as it is kept: where its kubeconfig is, and never a copy of what stands in it. */
export interface ClusterReference {
  readonly name: string
  /** Absolute. */
  readonly kubeconfig: string
  /** The one that was current when it was added, unless another was named: `kubectl config use-context` changes nothing here. */
  readonly context: string
  /** Of its API server's discovery document. One URL, one cluster. */
  readonly issuer: IssuerUrl
  /** Whether its API server is asked of every token. */
  readonly verifiesBoundObjects: boolean
  /** False when the kubeconfig said `insecure-skip-tls-verify`: the keys may be anybody's. */
  readonly serverIsVerified: boolean
  /** In which its OIDC provider was registered. */
  readonly account: AccountId
  readonly audiences: readonly string[]
  /** ISO 8601. */
  readonly addedAt: string
}

/** What is wanted of a cluster that is to be added. */
export interface ClusterWanted {
  readonly name: string
  /** Absolute. */
  readonly kubeconfig: string
  readonly context?: string
  readonly verifiesBoundObjects: boolean
  readonly account: AccountId
  readonly audiences: readonly string[]
}

/** What is known of a cluster's keys. */
export interface KeysStatus {
  readonly state: 'current' | 'held' | 'none'
  readonly keyIds: readonly string[]
  /** ISO 8601; absent when none were ever fetched. */
  readonly fetchedAt?: string
  /** Until then the keys count although the API server cannot be asked. */
  readonly holdUntil?: string
  /** Of the last attempt; absent when it went well. */
  readonly failure?: string
}

export interface ClusterStatus extends ClusterReference {
  readonly keys: KeysStatus
}

/** Finds keys of one cluster, and asks it of tokens where that was wanted. */
export interface KnownCluster {
  /** @throws TokenError `unknown-key`, `issuer-unreachable` */
  findKey(keyId: string): Promise<VerificationKey>
  /** Absent unless the cluster was added with `--verify-bound-objects`. @throws TokenError `bound-object-gone`, `unconfirmed` */
  readonly confirm?: (token: WebIdentityToken, jwt: Secret) => Promise<void>
}

/** The real clusters of a running installation. */
export interface KnownClusters {
  find(issuer: string): KnownCluster | undefined
  list(): readonly ClusterStatus[]
  /**
   * Asks the API server for its issuer and keys, and keeps the reference; durable when it resolves.
   * @throws ConfigError, KubeError, IssuerUrlError, JwkSetError
   */
  add(wanted: ClusterWanted): Promise<ClusterStatus>
  /** What was forgotten. @throws ConfigError when there is no such cluster */
  remove(name: string): Promise<ClusterReference>
  close(): Promise<void>
}

/** What is needed of the process. */
export interface ClusterHost {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Log
  /** For credential plug-ins of kubeconfigs. */
  readonly environment: Readonly<Record<string, string>>
}
