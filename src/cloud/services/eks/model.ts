import type { AccountId, Clock, Instant, Randomness, Region } from '../../../core/index.ts'
import type { Store } from '../../../io/store/index.ts'
import type { IdentityReader } from '../../identity/index.ts'

/** A cluster whose issuer this installation knows. */
export interface EksCluster {
  readonly name: string
  readonly account: AccountId
  readonly region: Region
  /** With scheme, as in `iss`. */
  readonly issuer: string
  readonly createdAt: Instant
  /** URL of the API server, when there is one. */
  readonly endpoint?: string
  /** PEM of the API server's CA in base64, as EKS gives it. */
  readonly certificateAuthority?: string
  /** Kubernetes version, such as `1.34`, when it is known. */
  readonly version?: string
}

/** Members of EKS' `Cluster` that its maker decided, in the API's own words and with EKS' defaults filled in. */
export type ClusterConfiguration = Readonly<Record<string, unknown>>

/** A cluster that CreateCluster made; it lives in the store, and its issuer beside it. */
export interface CreatedCluster extends EksCluster {
  readonly configuration: ClusterConfiguration
  /** Of the request that made it: the same request again gets the same cluster. */
  readonly clientRequestToken?: string
}

/** Whom a pod is let be: the role of a service account of a cluster. */
export interface PodIdentityAssociation {
  readonly arn: string
  /** Of the cluster. It stays with its issuer: another cluster that is one day called the same gets none of it. */
  readonly issuer: string
  readonly clusterName: string
  readonly account: AccountId
  readonly namespace: string
  readonly serviceAccount: string
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  readonly terms: AssociationTerms
  /** Of the request that made it: the same request again gets the same association. */
  readonly clientRequestToken?: string
}

/** What a call may change of an association. */
export interface AssociationTerms {
  readonly roleArn: string
  readonly disableSessionTags: boolean
  /** Assumed with the session of the role; the pod gets this role's credentials then. */
  readonly targetRoleArn?: string
  /** The session policy. */
  readonly policy?: string
}

/** `Successful` from the start: nothing runs that would take time to change. */
export interface ClusterUpdate {
  readonly id: string
  readonly type: string
  readonly params: readonly { readonly type: string; readonly value: string }[]
  readonly createdAt: Instant
}

/** Whoever hosts the issuers of clusters: each has a URL and signing keys of its own. */
export interface ClusterIssuers {
  /** Makes an issuer as EKS names them, with new keys; durable when it resolves. */
  create(region: Region): Promise<string>
  /** Forgets its keys: no token of it is accepted any more. Nothing happens for one that is not there. */
  remove(issuer: string): Promise<void>
}

export interface EksOptions {
  readonly store: Store
  /** The installation's own clusters, which no call makes or removes. Asked at each call, so that one added later is seen at once. */
  readonly clusters: () => readonly EksCluster[]
  readonly issuers: ClusterIssuers
  readonly identity: Pick<IdentityReader, 'findRoleByArn'>
  readonly clock: Clock
  readonly randomness: Randomness
}
