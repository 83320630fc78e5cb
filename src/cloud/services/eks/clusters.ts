import { type AccountId, ApiError, parseAccountId, parseArn } from '../../../core/index.ts'
import type { Principal } from '../../operation.ts'
import type { Associations } from './associations.ts'
import { clusterArn, type Scope } from './cluster-arn.ts'
import { notAnEksArn } from './errors.ts'
import type { EksCluster, EksOptions } from './model.ts'
import type { Repository } from './repository.ts'
import type { Tags } from './tag-rows.ts'

/** What the operations work with. */
export interface EksParts extends EksOptions {
  readonly repository: Repository
  readonly associations: Associations
}

/** The caller's account. @throws ApiError for a caller without one: the gateway lets no unsigned call come here */
export function accountOf(principal: Principal): AccountId {
  if (principal.kind !== 'anonymous') return principal.account
  throw new ApiError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token')
}

/** The account that an ARN of EKS names. @throws ApiError BadRequestException */
export function ownerOf(arn: string): AccountId {
  const parts = parseArn(arn)
  const account = parseAccountId(parts?.account ?? '')
  if (parts?.service !== 'eks' || account === undefined) throw notAnEksArn(arn)
  return account
}

/** Clusters of one account in one region, by name. A cluster of another account is as absent as one that never was. */
export async function clustersIn(parts: EksParts, scope: Scope): Promise<readonly EksCluster[]> {
  return (await allClusters(parts))
    .filter((cluster) => isIn(cluster, scope))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

export async function findCluster(parts: EksParts, scope: Scope, name: string): Promise<EksCluster | undefined> {
  const created = await parts.repository.find(scope, name)
  return created ?? parts.clusters().find((cluster) => cluster.name === name && isIn(cluster, scope))
}

export async function findClusterByArn(parts: EksParts, arn: string): Promise<EksCluster | undefined> {
  return (await allClusters(parts)).find((cluster) => clusterArn(cluster) === arn)
}

function isIn({ account, region }: EksCluster, scope: Scope): boolean {
  return account === scope.account && region === scope.region
}

async function allClusters({ clusters, repository }: EksParts): Promise<readonly EksCluster[]> {
  const created = await repository.list()
  const taken = new Set(created.map(clusterArn))
  // One that was added under a name that a call had taken before is no cluster of EKS.
  return [...created, ...clusters().filter((cluster) => !taken.has(clusterArn(cluster)))]
}

/** Context keys for tags that a request brings. */
export function requestTagKeys(tags: Tags): Readonly<Record<string, string | readonly string[]>> {
  if (tags.size === 0) return {}
  const values = [...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value] as const)
  return { ...Object.fromEntries(values), 'aws:TagKeys': [...tags.keys()] }
}

/** Context keys for tags that a cluster has. */
export function resourceTagKeys(tags: Tags): Readonly<Record<string, string>> {
  return Object.fromEntries([...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}
