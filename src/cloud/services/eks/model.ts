import type { AccountId, Instant, Region } from '../../../core/index.ts'

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

export interface EksOptions {
  /** Asked at each call, so that a cluster added later is seen at once. */
  readonly clusters: () => readonly EksCluster[]
}
