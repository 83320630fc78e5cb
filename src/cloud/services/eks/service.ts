import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Operation, Service } from '../../operation.ts'
import { refuseRestJson } from '../../refusal/index.ts'
import { createAssociations } from './associations.ts'
import type { EksParts } from './clusters.ts'
import type { CreatedCluster, EksOptions } from './model.ts'
import { createCluster } from './operations/create-cluster.ts'
import { createPodIdentityAssociation } from './operations/create-pod-identity-association.ts'
import { deleteCluster } from './operations/delete-cluster.ts'
import { deletePodIdentityAssociation } from './operations/delete-pod-identity-association.ts'
import { describeClusterOperation } from './operations/describe-cluster.ts'
import { describePodIdentityAssociation } from './operations/describe-pod-identity-association.ts'
import { listClusters } from './operations/list-clusters.ts'
import { listPodIdentityAssociations } from './operations/list-pod-identity-associations.ts'
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts'
import { updatePodIdentityAssociation } from './operations/update-pod-identity-association.ts'
import {
  describeUpdateOperation,
  listUpdates,
  updateClusterConfig,
  updateClusterVersion,
} from './operations/updates.ts'
import { type PodIdentities, podIdentitiesOf } from './pod-identities.ts'
import { createRepository } from './repository.ts'
import { eksMigrations } from './tables.ts'

/** EKS, and what the rest of the house asks about its clusters. */
export interface Eks {
  readonly service: Service
  readonly book: ClusterBook
  readonly pods: PodIdentities
}

/** The clusters that CreateCluster made, and what calls made of the others. */
export interface ClusterBook {
  /** Of all accounts and regions, oldest first. */
  list(): Promise<readonly CreatedCluster[]>
  /** Issuers of those that are deleted: once ours, they are never somebody else's. */
  listDeletedIssuers(): Promise<readonly string[]>
  /** Whom the pods of a cluster were let be that the installation brought, and brings no more. */
  forget(issuer: string): Promise<void>
}

/** EKS over the clusters that this installation brought and those that calls make. */
export async function createEks(options: EksOptions): Promise<Eks> {
  await options.store.migrate(eksMigrations)
  const repository = createRepository(options.store)
  const associations = createAssociations(options.store)
  const parts: EksParts = { ...options, repository, associations }
  const service: Service = {
    name: 'eks',
    eventSource: 'eks.amazonaws.com',
    model: serviceModel('eks'),
    operations: operationsOf(parts),
    refuse: refuseRestJson,
    maxBodyBytes: 256 * 1024,
  }
  return { service, book: repository, pods: podIdentitiesOf(parts) }
}

function operationsOf(parts: EksParts): Readonly<Record<string, Operation>> {
  return {
    CreateCluster: createCluster(parts),
    CreatePodIdentityAssociation: createPodIdentityAssociation(parts),
    DeleteCluster: deleteCluster(parts),
    DeletePodIdentityAssociation: deletePodIdentityAssociation(parts),
    DescribeCluster: describeClusterOperation(parts),
    DescribePodIdentityAssociation: describePodIdentityAssociation(parts),
    DescribeUpdate: describeUpdateOperation(parts),
    ListClusters: listClusters(parts),
    ListPodIdentityAssociations: listPodIdentityAssociations(parts),
    ListTagsForResource: listTagsForResource(parts),
    ListUpdates: listUpdates(parts),
    TagResource: tagResource(parts),
    UntagResource: untagResource(parts),
    UpdateClusterConfig: updateClusterConfig(parts),
    UpdateClusterVersion: updateClusterVersion(parts),
    UpdatePodIdentityAssociation: updatePodIdentityAssociation(parts),
  }
}
