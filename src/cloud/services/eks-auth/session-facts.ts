import type { Randomness } from '../../../core/index.ts'
import { clusterArn } from './cluster-arn.ts'
import type { Pod, PodCluster } from './model.ts'

const LONGEST_PART = 10

/**
 * SPEC: `eks-clustername-podname-random UUID`. UNVERIFIED: that the names are cut to ten characters each, as those of recorded
 * sessions are; with them whole, no UUID would fit into the 64 characters that there are.
 */
export function newSessionName(cluster: PodCluster, pod: Pod, randomness: Randomness): string {
  return `eks-${cluster.name.slice(0, LONGEST_PART)}-${pod.name.slice(0, LONGEST_PART)}-${randomness.uuid()}`
}

/** SPEC: the tags that EKS Pod Identity sets, all of them transitive. @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html */
export function sessionTagsOf(cluster: PodCluster, pod: Pod): ReadonlyMap<string, string> {
  return new Map([
    ['eks-cluster-arn', clusterArn(cluster)],
    ['eks-cluster-name', cluster.name],
    ['kubernetes-namespace', pod.namespace],
    ['kubernetes-service-account', pod.serviceAccount],
    ['kubernetes-pod-name', pod.name],
    ['kubernetes-pod-uid', pod.uid],
  ])
}
