/**
 * tools/cluster: real clusters whose tokens the local cloud half takes: kept as references, keys and answers from their API servers.
 * It owns both ends: what a running installation holds of them, and the commands that add, list and remove. It judges no token.
 */
export { readIssuer } from './discovery.ts'
export {
  type AddedCluster,
  type AddOptions,
  addCluster,
  listClusters,
  type RemovedCluster,
  removeCluster,
} from './installation-clusters.ts'
export { type KnownClustersParts, openKnownClusters } from './known-clusters.ts'
export type {
  ClusterHost,
  ClusterReference,
  ClusterStatus,
  ClusterWanted,
  KeysStatus,
  KnownCluster,
  KnownClusters,
} from './model.ts'
