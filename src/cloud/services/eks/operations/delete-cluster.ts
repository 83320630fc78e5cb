import type { Operation } from '../../../operation.ts'
import { clusterArn } from '../cluster-arn.ts'
import { accountOf, type EksParts } from '../clusters.ts'
import { describeCluster } from '../describe.ts'
import { deletionProtected } from '../errors.ts'
import { findChangeable } from '../find-changeable.ts'
import { mayOnCluster } from '../requirements.ts'
import { writing } from '../trail.ts'

export interface DeleteClusterInput {
  readonly name: string
}

/** Removes a cluster with its issuer: no token of it is accepted any more. Its provider in IAM stays, as with EKS. */
export function deleteCluster(parts: EksParts): Operation<DeleteClusterInput> {
  return {
    ...writing,
    requires: async ({ name }, principal, call) => [
      await mayOnCluster(parts, 'DeleteCluster', { name, principal, call }),
    ],
    perform: async ({ input, region }, principal) => {
      const { repository, issuers, clock } = parts
      const cluster = await findChangeable(parts, { account: accountOf(principal), region }, input.name)
      if (cluster.configuration.deletionProtection === true) throw deletionProtected(cluster.name)
      const tags = await repository.tagsOf(clusterArn(cluster))
      await repository.remove(cluster, clock.now())
      await issuers.remove(cluster.issuer)
      return { output: { cluster: describeCluster(cluster, tags, 'DELETING') } }
    },
  }
}
