/**
 * cloud/services/eks: clusters as EKS has them: made, changed, tagged, removed, and asked for their issuer; and whom their pods are let be.
 * It runs nothing and holds no key: an issuer is made and forgotten by whoever hosts it, given as a parameter.
 */
export type { ClusterIssuers, CreatedCluster, EksCluster, EksOptions } from './model.ts'
export type { PodIdentities, PodIdentity } from './pod-identities.ts'
export { type ClusterBook, createEks, type Eks } from './service.ts'
