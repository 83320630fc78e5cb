import { type AccountId, ApiError, partitionOf, type Region, renderArn } from '../../../core/index.ts'
import type { Principal } from '../../operation.ts'
import type { EksCluster, EksOptions } from './model.ts'

/** Account and region that a caller sees. */
export interface Scope {
  readonly account: AccountId
  readonly region: Region
}

/** The caller's account. @throws ApiError for a caller without one: the gateway lets no unsigned call come here */
export function accountOf(principal: Principal): AccountId {
  if (principal.kind !== 'anonymous') return principal.account
  throw new ApiError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token')
}

export function clusterArn(cluster: Pick<EksCluster, 'name' | 'account' | 'region'>): string {
  const { name, account, region } = cluster
  return renderArn({ partition: partitionOf(region), service: 'eks', region, account, resource: `cluster/${name}` })
}

/** Clusters of one account in one region, by name. A cluster of another account is as absent as one that never was. */
export function clustersIn({ clusters }: EksOptions, scope: Scope): readonly EksCluster[] {
  return clusters()
    .filter(({ account, region }) => account === scope.account && region === scope.region)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
