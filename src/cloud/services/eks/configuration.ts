import { noSubnets, unsupportedVersion } from './errors.ts'
import type { ClusterConfiguration } from './model.ts'

type Members = Readonly<Record<string, unknown>>

/** Parts of CreateCluster's and UpdateClusterConfig's input that shape a cluster. */
export interface ClusterInput {
  readonly version?: string
  readonly roleArn?: string
  readonly resourcesVpcConfig?: Members
  readonly kubernetesNetworkConfig?: Members
  readonly logging?: { readonly clusterLogging?: readonly LogSetup[] }
  readonly accessConfig?: Members
  readonly upgradePolicy?: Members
  readonly encryptionConfig?: readonly Members[]
  readonly deletionProtection?: boolean
}

export interface LogSetup {
  readonly types?: readonly string[]
  readonly enabled?: boolean
}

/** What EKS takes when CreateCluster names no version. UNVERIFIED: it moves with the releases of Kubernetes. */
export const DEFAULT_VERSION = '1.34'

/** SPEC: "Defaults" of EKS CreateCluster and of the shapes in its input. */
const DEFAULTS = {
  resourcesVpcConfig: {
    securityGroupIds: [],
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: ['0.0.0.0/0'],
  },
  kubernetesNetworkConfig: {
    serviceIpv4Cidr: '172.20.0.0/16',
    ipFamily: 'ipv4',
    elasticLoadBalancing: { enabled: false },
  },
  accessConfig: { authenticationMode: 'CONFIG_MAP' },
  upgradePolicy: { supportType: 'EXTENDED' },
} as const satisfies Record<string, Members>

/** Told back as they came; nothing here depends on them. */
const ECHOED = [
  'encryptionConfig',
  'outpostConfig',
  'zonalShiftConfig',
  'remoteNetworkConfig',
  'computeConfig',
  'storageConfig',
  'controlPlaneScalingConfig',
  'deletionProtection',
] as const

/** The configuration of a new cluster. @throws ApiError InvalidParameterException */
export function newConfiguration(input: ClusterInput): ClusterConfiguration {
  const version = readVersion(input.version ?? DEFAULT_VERSION)
  const merged = mergeConfiguration({ ...DEFAULTS, version, roleArn: input.roleArn }, input)
  if (((merged.resourcesVpcConfig as Members).subnetIds as readonly string[] | undefined)?.length === 0)
    throw noSubnets()
  return { ...merged, logging: mergeLogging([], input.logging?.clusterLogging ?? []) }
}

/** The configuration with what the input says: a structure keeps the members that the input leaves out. */
export function mergeConfiguration(configuration: ClusterConfiguration, input: ClusterInput): ClusterConfiguration {
  const given = input as Members
  const structures = Object.keys(DEFAULTS).map((name) => [
    name,
    { ...(configuration[name] as Members), ...(given[name] as Members | undefined) },
  ])
  const echoed = ECHOED.filter((name) => given[name] !== undefined).map((name) => [name, given[name]])
  const merged: Members = { ...configuration, ...Object.fromEntries([...structures, ...echoed]) }
  // SPEC: whether the creator was made an administrator is asked for, and never told back.
  const { bootstrapClusterCreatorAdminPermissions: _asked, ...accessConfig } = merged.accessConfig as Members
  if (input.logging?.clusterLogging === undefined) return { ...merged, accessConfig }
  const before = (configuration.logging as ClusterInput['logging'])?.clusterLogging ?? []
  return { ...merged, accessConfig, logging: mergeLogging(before, input.logging.clusterLogging) }
}

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const

/** SPEC: EKS tells of every log type, the enabled ones in one set and the others in another. */
function mergeLogging(before: readonly LogSetup[], changes: readonly LogSetup[]): ClusterInput['logging'] {
  const enabled = new Set<string>()
  for (const { types = [], enabled: isOn = false } of [...before, ...changes])
    for (const type of types) isOn ? enabled.add(type) : enabled.delete(type)
  const setOf = (isOn: boolean): readonly LogSetup[] => {
    const types = LOG_TYPES.filter((type) => enabled.has(type) === isOn)
    return types.length === 0 ? [] : [{ types, enabled: isOn }]
  }
  return { clusterLogging: [...setOf(true), ...setOf(false)] }
}

/** @throws ApiError InvalidParameterException */
export function readVersion(version: string): string {
  if (!/^1\.[1-9]\d$/.test(version)) throw unsupportedVersion(version)
  return version
}

/** The types of log that a change turns on or off. */
export function loggingTypes({ logging }: ClusterInput): readonly string[] {
  return logging?.clusterLogging?.flatMap(({ types = [] }) => types) ?? []
}
