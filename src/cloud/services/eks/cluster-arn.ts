import { type AccountId, partitionOf, type Region, renderArn } from '../../../core/index.ts'
import type { EksCluster } from './model.ts'

/** Account and region that a caller sees. */
export interface Scope {
  readonly account: AccountId
  readonly region: Region
}

export function clusterArn(cluster: Pick<EksCluster, 'name' | 'account' | 'region'>): string {
  const { name, account, region } = cluster
  return renderArn({ partition: partitionOf(region), service: 'eks', region, account, resource: `cluster/${name}` })
}
