import { partitionOf } from '../../../../core/index.ts'
import type { ApiCall, ApiResult, Operation, Principal } from '../../../operation.ts'
import { clusterArn } from '../cluster-arn.ts'
import { accountOf, type EksParts, findCluster, requestTagKeys } from '../clusters.ts'
import { type ClusterInput, newConfiguration } from '../configuration.ts'
import { describeCluster } from '../describe.ts'
import { clusterExists, otherPartition, roleNotFound } from '../errors.ts'
import type { CreatedCluster, EksCluster } from '../model.ts'
import { configurationKeys, mayOnCluster, mayPassRole } from '../requirements.ts'
import { readTags } from '../tags.ts'
import { writing } from '../trail.ts'

export interface CreateClusterInput extends ClusterInput {
  readonly name: string
  readonly roleArn: string
  readonly clientRequestToken?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** One more cluster, with an issuer and keys of its own. It is ACTIVE at once: there is nothing to wait for. */
export function createCluster(parts: EksParts): Operation<CreateClusterInput> {
  return {
    ...writing,
    requires: async (input, principal, call) => {
      const keys = { ...configurationKeys(input), ...requestTagKeys(readTags(input.tags)) }
      return [
        await mayOnCluster(parts, 'CreateCluster', { name: input.name, principal, call, keys }),
        mayPassRole(input.roleArn),
      ]
    },
    perform: (call, principal) => create(parts, call, principal),
  }
}

async function create(
  parts: EksParts,
  { input, region }: ApiCall<CreateClusterInput>,
  principal: Principal,
): Promise<ApiResult> {
  const { repository, issuers, clock } = parts
  const scope = { account: accountOf(principal), region }
  if (principal.kind !== 'anonymous' && principal.partition !== partitionOf(region)) throw otherPartition(region)
  const tags = readTags(input.tags)
  const configuration = newConfiguration(input)
  if (parts.identity.findRoleByArn(input.roleArn) === undefined) throw roleNotFound(input.roleArn)
  const there = await findCluster(parts, scope, input.name)
  if (there !== undefined) return again(parts, there, input)
  const { name, clientRequestToken } = input
  // The issuer first: a cluster that is told of has keys. Keys without a cluster are cleared away at the next start.
  const issuer = await issuers.create(region)
  const cluster: CreatedCluster = {
    ...scope,
    name,
    issuer,
    createdAt: clock.now(),
    configuration,
    ...(typeof configuration.version === 'string' ? { version: configuration.version } : {}),
    ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
  }
  const taken = await repository.insert(cluster, tags)
  if (taken === undefined) return { output: { cluster: describeCluster(cluster, tags) } }
  await issuers.remove(issuer)
  return again(parts, taken, input)
}

/** The same request a second time gets what the first one made. @throws ApiError ResourceInUseException */
async function again(
  { repository }: EksParts,
  there: EksCluster | CreatedCluster,
  { name, clientRequestToken }: CreateClusterInput,
): Promise<ApiResult> {
  const first = 'clientRequestToken' in there ? there.clientRequestToken : undefined
  if (first === undefined || first !== clientRequestToken) throw clusterExists(name)
  return { output: { cluster: describeCluster(there, await repository.tagsOf(clusterArn(there))) } }
}
