import type { Operation } from '../../../operation.ts'
import { clusterArn } from '../cluster-arn.ts'
import { accountOf, type EksParts, findCluster } from '../clusters.ts'
import { describeCluster } from '../describe.ts'
import { clusterNotFound } from '../errors.ts'
import { mayOnCluster } from '../requirements.ts'
import { reading } from '../trail.ts'

export interface DescribeClusterInput {
  readonly name: string
}

/** Answers ResourceNotFoundException for a cluster of somebody else's, too. */
export function describeClusterOperation(parts: EksParts): Operation<DescribeClusterInput> {
  return {
    ...reading,
    requires: async ({ name }, principal, call) => [
      await mayOnCluster(parts, 'DescribeCluster', { name, principal, call }),
    ],
    perform: async ({ input, region }, principal) => {
      const cluster = await findCluster(parts, { account: accountOf(principal), region }, input.name)
      if (cluster === undefined) throw clusterNotFound(input.name)
      return { output: { cluster: describeCluster(cluster, await parts.repository.tagsOf(clusterArn(cluster))) } }
    },
  }
}
