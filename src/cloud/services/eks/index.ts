/**
 * cloud/services/eks: clusters as EKS has them: made, changed, tagged, removed, and asked for their issuer; and whom their pods are let be.
 * It runs nothing and holds no key: an issuer is made and forgotten by whoever hosts it, given as a parameter.
 */
export type { ClusterIssuers, CreatedCluster, EksCluster, EksOptions, PodIdentityAssociation } from './model.ts'
export { type ClusterBook, createEks, type Eks, type PodIdentities } from './service.ts'
