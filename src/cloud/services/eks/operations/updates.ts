import type { ApiCall, ApiResult, Operation, Principal } from '../../../operation.ts'
import { clusterArn } from '../cluster-arn.ts'
import { accountOf, type EksParts, findCluster } from '../clusters.ts'
import { type ClusterInput, mergeConfiguration, readVersion } from '../configuration.ts'
import { describeUpdate } from '../describe.ts'
import { clusterNotFound, nothingToUpdate, updateNotFound } from '../errors.ts'
import { findChangeable } from '../find-changeable.ts'
import type { ClusterConfiguration, ClusterUpdate } from '../model.ts'
import { pageOf } from '../paging.ts'
import { configurationKeys, mayOnCluster } from '../requirements.ts'
import { reading, writing } from '../trail.ts'

export interface UpdateClusterConfigInput extends Omit<ClusterInput, 'version' | 'roleArn'> {
  readonly name: string
}
export interface UpdateClusterVersionInput {
  readonly name: string
  readonly version: string
}
export interface DescribeUpdateInput {
  readonly name: string
  readonly updateId: string
}
export interface ListUpdatesInput {
  readonly name: string
  readonly maxResults?: number
  readonly nextToken?: string
}

/** Member of the input → what EKS calls such an update. */
const TYPES: readonly (readonly [member: string, type: string])[] = [
  ['logging', 'LoggingUpdate'],
  ['accessConfig', 'AccessConfigUpdate'],
  ['upgradePolicy', 'UpgradePolicyUpdate'],
  ['zonalShiftConfig', 'ZonalShiftConfigUpdate'],
  ['computeConfig', 'AutoModeUpdate'],
  ['storageConfig', 'AutoModeUpdate'],
  ['kubernetesNetworkConfig', 'AutoModeUpdate'],
  ['remoteNetworkConfig', 'RemoteNetworkConfigUpdate'],
  ['deletionProtection', 'DeletionProtectionUpdate'],
  ['controlPlaneScalingConfig', 'ControlPlaneScalingConfigUpdate'],
]

export function updateClusterConfig(parts: EksParts): Operation<UpdateClusterConfigInput> {
  return {
    ...writing,
    requires: async (input, principal, call) => [
      await mayOnCluster(parts, 'UpdateClusterConfig', {
        name: input.name,
        principal,
        call,
        keys: configurationKeys(input),
      }),
    ],
    perform: async (call, principal) => {
      const { name: _name, ...input } = call.input
      return change(parts, { call, principal, type: typeOf(input, call.input.name) }, (configuration) =>
        mergeConfiguration(configuration, input),
      )
    },
  }
}

export function updateClusterVersion(parts: EksParts): Operation<UpdateClusterVersionInput> {
  return {
    ...writing,
    requires: async ({ name, version }, principal, call) => [
      await mayOnCluster(parts, 'UpdateClusterVersion', {
        name,
        principal,
        call,
        keys: configurationKeys({ version }),
      }),
    ],
    perform: async (call, principal) => {
      const version = readVersion(call.input.version)
      return change(parts, { call, principal, type: 'VersionUpdate' }, (configuration) => ({
        ...configuration,
        version,
      }))
    },
  }
}

export function describeUpdateOperation(parts: EksParts): Operation<DescribeUpdateInput> {
  return {
    ...reading,
    requires: async ({ name }, principal, call) => [
      await mayOnCluster(parts, 'DescribeUpdate', { name, principal, call }),
    ],
    perform: async (call, principal) => {
      const update = (await updatesOf(parts, call, principal)).find(({ id }) => id === call.input.updateId)
      if (update === undefined) throw updateNotFound(call.input.updateId)
      return { output: { update: describeUpdate(update) } }
    },
  }
}

export function listUpdates(parts: EksParts): Operation<ListUpdatesInput> {
  return {
    ...reading,
    requires: async ({ name }, principal, call) => [
      await mayOnCluster(parts, 'ListUpdates', { name, principal, call }),
    ],
    perform: async (call, principal) => {
      const ids = (await updatesOf(parts, call, principal)).map(({ id }) => id).toSorted()
      const { page, next } = pageOf(ids, call.input)
      return { output: { updateIds: page, ...next } }
    },
  }
}

type Change = {
  readonly call: ApiCall<{ readonly name: string }>
  readonly principal: Principal
  readonly type: string
}

async function change(
  parts: EksParts,
  { call, principal, type }: Change,
  apply: (configuration: ClusterConfiguration) => ClusterConfiguration,
): Promise<ApiResult> {
  const { input, region } = call
  const cluster = await findChangeable(parts, { account: accountOf(principal), region }, input.name)
  const configuration = apply(cluster.configuration)
  if (JSON.stringify(configuration) === JSON.stringify(cluster.configuration)) throw nothingToUpdate(input.name)
  const update: ClusterUpdate = {
    id: parts.randomness.uuid(),
    type,
    params: paramsOf(cluster.configuration, configuration),
    createdAt: parts.clock.now(),
  }
  await parts.repository.update(cluster, configuration, update)
  return { output: { update: describeUpdate(update) } }
}

/** What changed, member by member. */
function paramsOf(before: ClusterConfiguration, after: ClusterConfiguration): ClusterUpdate['params'] {
  return Object.keys(after)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({
      type: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value: typeof after[name] === 'string' ? after[name] : JSON.stringify(after[name]),
    }))
}

/** @throws ApiError InvalidParameterException when nothing is asked for */
function typeOf(input: ClusterInput, name: string): string {
  if (input.resourcesVpcConfig !== undefined) {
    const { subnetIds, securityGroupIds } = input.resourcesVpcConfig
    return subnetIds === undefined && securityGroupIds === undefined ? 'EndpointAccessUpdate' : 'VpcConfigUpdate'
  }
  const found = TYPES.find(([member]) => (input as Readonly<Record<string, unknown>>)[member] !== undefined)
  if (found === undefined) throw nothingToUpdate(name)
  return found[1]
}

async function updatesOf(
  parts: EksParts,
  { input, region }: ApiCall<{ readonly name: string }>,
  principal: Principal,
): Promise<readonly ClusterUpdate[]> {
  const cluster = await findCluster(parts, { account: accountOf(principal), region }, input.name)
  if (cluster === undefined) throw clusterNotFound(input.name)
  return parts.repository.updatesOf(clusterArn(cluster))
}
