import type { AccountId, Instant, Randomness, Region, Seconds } from '../../../core/index.ts'
import type { IdentityReader, Role } from '../../identity/index.ts'
import type { WebIdentityKeys } from '../../operation.ts'
import type { Sessions } from '../../session/index.ts'

export interface AssumeRoleForPodIdentityInput {
  readonly clusterName: string
  readonly token: string
}

/** A cluster, as far as its pods are concerned. */
export interface PodCluster {
  readonly name: string
  readonly account: AccountId
  readonly region: Region
  /** With scheme, as in `iss`. */
  readonly issuer: string
}

/** Whom the pods of a service account are let be. */
export interface PodIdentity {
  readonly associationArn: string
  readonly associationId: string
  readonly roleArn: string
  readonly disableSessionTags: boolean
  /** Assumed with the session of the role; the pod gets this one's credentials then. */
  readonly targetRoleArn?: string
  readonly externalId?: string
  /** The session policy. */
  readonly policy?: string
}

/** Whoever keeps clusters and associations. */
export interface PodClusters {
  findCluster(
    scope: { readonly account: AccountId; readonly region: Region },
    name: string,
  ): Promise<PodCluster | undefined>
  tagsOf(cluster: Omit<PodCluster, 'issuer'>): Promise<ReadonlyMap<string, string>>
  find(whose: {
    readonly cluster: PodCluster
    readonly namespace: string
    readonly serviceAccount: string
  }): Promise<PodIdentity | undefined>
}

export interface EksAuthOptions {
  readonly pods: PodClusters
  readonly keys: WebIdentityKeys
  readonly identity: Pick<IdentityReader, 'findRoleByArn'>
  readonly sessions: Pick<Sessions, 'issue'>
  /** Granted beyond `exp` and before `nbf` and `iat` of tokens. */
  readonly tokenLeewaySeconds: Seconds
  readonly randomness: Randomness
}

/** The pod that a verified token was made for. */
export interface Pod {
  readonly namespace: string
  readonly serviceAccount: string
  readonly name: string
  readonly uid: string
}

/** One exchange, as it was judged: what is given out afterwards is this and nothing else. */
export interface Exchange {
  readonly pod: Pod
  readonly identity: PodIdentity
  readonly now: Instant
  readonly sessionName: string
  readonly tags: ReadonlyMap<string, string>
  /** The role, and the target role where there is one; undefined for one that is not there. */
  readonly roles: readonly (Role | undefined)[]
}
