import type { ClusterBook } from '../../cloud/services/eks/index.ts'
import { mintServiceAccountToken } from '../../cluster/issuer/index.ts'
import { createObjects, type Objects } from '../../cluster/objects/index.ts'
import {
  type AccountId,
  type Clock,
  ConfigError,
  type Instant,
  partitionOf,
  type Randomness,
  type Region,
  renderArn,
  type ServiceAccountRef,
} from '../../core/index.ts'
import type { Store } from '../../io/store/index.ts'
import { type HostedIssuer, type HostedIssuers, idOf } from './hosted-issuers.ts'

/** One cluster as our own tools use it. */
export interface Cluster {
  readonly objects: Objects
  /** @throws TokenRequestError, ConfigError when the service account is gone */
  mint(
    ref: ServiceAccountRef,
    audiences: readonly string[],
    expirationSeconds: number,
  ): Promise<{ readonly token: string; readonly expiresAt: Instant }>
}

export interface Clusters {
  readonly local: Cluster
  /**
   * By name or ARN; without one, the local cluster. A name is looked for in the installation's own account and region first.
   * @throws ConfigError when clusters of several accounts or regions have that name
   */
  find(name: string | undefined): Promise<Cluster | undefined>
}

export interface ClustersParts {
  readonly account: AccountId
  readonly region: Region
  readonly issuers: HostedIssuers
  readonly book: ClusterBook
  readonly localObjects: Objects
  readonly store: Store
  readonly clock: Clock
  readonly randomness: Randomness
}

/** The local cluster's name in EKS. */
export const LOCAL_CLUSTER_NAME = 'local'

export function createClusters(parts: ClustersParts): Clusters {
  const local = clusterOf(parts.issuers.local, parts.localObjects, parts)
  const opened = new Map<string, Promise<Objects>>()
  const open = (issuer: string): Promise<Objects> => {
    const objects = opened.get(issuer) ?? objectsOf(issuer, parts)
    opened.set(issuer, objects)
    return objects
  }
  return {
    local,
    find: async (name) => {
      if (name === undefined || isLocal(name, parts)) return local
      const issuer = await findIssuer(name, parts)
      return issuer === undefined ? undefined : clusterOf(issuer, await open(issuer.url), parts)
    },
  }
}

type Place = Pick<ClustersParts, 'account' | 'region'>

const arnOf = (name: string, { account, region }: Place): string =>
  renderArn({ partition: partitionOf(region), service: 'eks', region, account, resource: `cluster/${name}` })

function isLocal(name: string, place: Place): boolean {
  return name === LOCAL_CLUSTER_NAME || name === arnOf(LOCAL_CLUSTER_NAME, place)
}

/** @throws ConfigError when the name alone does not say which */
async function findIssuer(name: string, parts: ClustersParts): Promise<HostedIssuer | undefined> {
  const all = (await parts.book.list()).map((cluster) => ({ ...cluster, arn: arnOf(cluster.name, cluster) }))
  const named = all.filter((cluster) => cluster.name === name || cluster.arn === name)
  const [only] = named.length > 1 ? named.filter(({ arn }) => arn === arnOf(name, parts)) : named
  if (only !== undefined) return parts.issuers.find(only.issuer)
  if (named.length === 0) return undefined
  throw new ConfigError(`${named.length} clusters are called \`${name}\``, {
    hint: `name one by its ARN: ${named.map(({ arn }) => arn).join(', ')}`,
  })
}

/** The objects of a cluster that CreateCluster made; they are called by the issuer's id, which no other cluster ever has. */
export function objectsOf(
  issuer: string,
  { store, clock, randomness }: Pick<ClustersParts, 'store' | 'clock' | 'randomness'>,
): Promise<Objects> {
  return createObjects({ store, cluster: idOf(issuer), clock, randomness })
}

function clusterOf(issuer: HostedIssuer, objects: Objects, { clock, randomness }: ClustersParts): Cluster {
  return {
    objects,
    mint: async (ref, audiences, expirationSeconds) => {
      const serviceAccount = await objects.findServiceAccount(ref)
      if (serviceAccount === undefined)
        throw new ConfigError(`there is no service account \`${ref.namespace}/${ref.name}\``)
      const now = clock.now()
      return mintServiceAccountToken(
        { issuer: issuer.url, serviceAccount, audiences, expirationSeconds, now, uuid: randomness.uuid() },
        issuer.ring.active,
      )
    },
  }
}
