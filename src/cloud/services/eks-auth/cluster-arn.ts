import { partitionOf, renderArn } from '../../../core/index.ts'
import type { PodCluster } from './model.ts'

export function clusterArn({ name, account, region }: Omit<PodCluster, 'issuer'>): string {
  return renderArn({ partition: partitionOf(region), service: 'eks', region, account, resource: `cluster/${name}` })
}
