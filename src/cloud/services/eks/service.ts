import { type AccountId, parseAccountId, parseArn } from '../../../core/index.ts'
import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Authentication, Operation, Requirement, Service } from '../../operation.ts'
import { refuseRestJson } from '../../refusal/index.ts'
import { accountOf, clusterArn } from './clusters.ts'
import { notAnEksArn } from './errors.ts'
import type { EksOptions } from './model.ts'
import { type DescribeClusterInput, describeCluster } from './operations/describe-cluster.ts'
import { type ListClustersInput, listClusters } from './operations/list-clusters.ts'
import { type ListTagsForResourceInput, listTagsForResource } from './operations/list-tags-for-resource.ts'

const signed: Authentication = { by: 'sigv4' }
const reading = { category: 'Management', readOnly: true } as const

/** EKS over the clusters that this installation knows. */
export function createEks(options: EksOptions): Service {
  const operations = {
    DescribeCluster: {
      authenticate: signed,
      requires: async ({ name }, principal, { region }) => {
        const account = accountOf(principal)
        return [may('eks:DescribeCluster', clusterArn({ name, account, region }), account)]
      },
      perform: (call, principal) => describeCluster(options, call, principal),
      trail: reading,
    } satisfies Operation<DescribeClusterInput>,
    ListClusters: {
      authenticate: signed,
      requires: async (_input, principal) => [may('eks:ListClusters', '*', accountOf(principal))],
      perform: (call, principal) => listClusters(options, call, principal),
      trail: reading,
    } satisfies Operation<ListClustersInput>,
    ListTagsForResource: {
      authenticate: signed,
      requires: async ({ resourceArn }) => [may('eks:ListTagsForResource', resourceArn, ownerOf(resourceArn))],
      perform: (call) => listTagsForResource(options, call),
      trail: reading,
    } satisfies Operation<ListTagsForResourceInput>,
  }
  return {
    name: 'eks',
    eventSource: 'eks.amazonaws.com',
    model: serviceModel('eks'),
    operations,
    refuse: refuseRestJson,
    maxBodyBytes: 256 * 1024,
  }
}

function may(action: string, resource: string, resourceAccount: AccountId): Requirement {
  return { action, resource, resourceAccount, onDeny: 'refuse' }
}

/** @throws ApiError BadRequestException */
function ownerOf(arn: string): AccountId {
  const parts = parseArn(arn)
  const account = parseAccountId(parts?.account ?? '')
  if (parts?.service !== 'eks' || account === undefined) throw notAnEksArn(arn)
  return account
}
