/**
 * cloud/services/eks: what clients ask EKS about a cluster: its issuer, its endpoint, its name in a list.
 * It creates no clusters and runs nothing; the clusters are those that this installation knows, given as a parameter.
 */
export type { EksCluster, EksOptions } from './model.ts'
export { createEks } from './service.ts'
