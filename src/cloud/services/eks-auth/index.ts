/**
 * cloud/services/eks-auth: EKS Auth: the token of a pod in, temporary credentials of the role that is associated with its service account out.
 * It knows clusters and associations only through whoever keeps them, and evaluates no trust policy: the gateway does.
 */
export type { EksAuthOptions, PodCluster, PodClusters, PodIdentity } from './model.ts'
export { createEksAuth } from './service.ts'
