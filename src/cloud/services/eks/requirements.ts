import { type AccountId, parseAccountId, parseArn } from '../../../core/index.ts'
import type { ApiCall, Principal, Requirement } from '../../operation.ts'
import { clusterArn } from './cluster-arn.ts'
import { accountOf, type EksParts, ownerOf, resourceTagKeys } from './clusters.ts'
import { type ClusterInput, loggingTypes } from './configuration.ts'
import { notARoleArn } from './errors.ts'

/** Who assumes the roles of pods. */
export const POD_SERVICE = 'pods.eks.amazonaws.com'

type Keys = NonNullable<Requirement['contextKeys']>

interface OnCluster {
  readonly name: string
  readonly principal: Principal
  readonly call: Pick<ApiCall, 'region'>
  readonly keys?: Keys
}

/** The caller must be allowed this on the cluster that has, or would have, this name in its own account and region. */
export async function mayOnCluster(
  parts: EksParts,
  action: string,
  { name, principal, call, keys = {} }: OnCluster,
): Promise<Requirement> {
  const arn = clusterArn({ name, account: accountOf(principal), region: call.region })
  return mayOnArn(parts, action, { arn, keys })
}

/** The same for a cluster that is named by its ARN. @throws ApiError BadRequestException */
export async function mayOnArn(
  { repository }: EksParts,
  action: string,
  { arn, keys = {} }: { arn: string; keys?: Keys },
): Promise<Requirement> {
  const tags = resourceTagKeys(await repository.tagsOf(arn))
  return may(action, { resource: arn, account: ownerOf(arn), keys: { ...tags, ...keys } })
}

export function may(
  action: string,
  on: { readonly resource: string; readonly account: AccountId; readonly keys?: Keys },
): Requirement {
  const { resource, account, keys = {} } = on
  return {
    action: `eks:${action}`,
    resource,
    resourceAccount: account,
    ...(Object.keys(keys).length === 0 ? {} : { contextKeys: keys }),
    onDeny: 'refuse',
  }
}

/** SPEC: who makes a cluster hands its role to EKS. @throws ApiError InvalidParameterException */
export function mayPassRole(roleArn: string): Requirement {
  return mayPass(roleArn, { 'iam:PassedToService': 'eks.amazonaws.com' })
}

/**
 * SPEC: who makes an association hands its role to EKS Pod Identity, for this cluster. A target role is not handed over: it may be
 * of another account, and lets the role in by its own trust policy.
 * @throws ApiError InvalidParameterException
 */
export function mayPassRoleToPods(roleArn: string, { name, principal, call }: OnCluster): Requirement {
  const cluster = clusterArn({ name, account: accountOf(principal), region: call.region })
  return mayPass(roleArn, { 'iam:PassedToService': POD_SERVICE, 'iam:AssociatedResourceArn': cluster })
}

function mayPass(roleArn: string, contextKeys: Keys): Requirement {
  const account = parseAccountId(parseArn(roleArn)?.account ?? '')
  if (!isRoleArn(roleArn) || account === undefined) throw notARoleArn(roleArn)
  return { action: 'iam:PassRole', resource: roleArn, resourceAccount: account, contextKeys, onDeny: 'refuse' }
}

export function isRoleArn(arn: string): boolean {
  const parts = parseArn(arn)
  return parts?.service === 'iam' && parts.resource.startsWith('role/') && parseAccountId(parts.account) !== undefined
}

/** Keys that tell policies what a cluster is asked to be. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html */
const KEYS: readonly (readonly [key: string, path: readonly string[]])[] = [
  ['eks:kubernetesVersion', ['version']],
  ['eks:authenticationMode', ['accessConfig', 'authenticationMode']],
  ['eks:bootstrapClusterCreatorAdminPermissions', ['accessConfig', 'bootstrapClusterCreatorAdminPermissions']],
  ['eks:bootstrapSelfManagedAddons', ['bootstrapSelfManagedAddons']],
  ['eks:supportType', ['upgradePolicy', 'supportType']],
  ['eks:endpointPublicAccess', ['resourcesVpcConfig', 'endpointPublicAccess']],
  ['eks:endpointPrivateAccess', ['resourcesVpcConfig', 'endpointPrivateAccess']],
  ['eks:controlPlaneEgressMode', ['resourcesVpcConfig', 'controlPlaneEgressMode']],
  ['eks:elasticLoadBalancingEnabled', ['kubernetesNetworkConfig', 'elasticLoadBalancing', 'enabled']],
  ['eks:computeConfigEnabled', ['computeConfig', 'enabled']],
  ['eks:blockStorageEnabled', ['storageConfig', 'blockStorage', 'enabled']],
  ['eks:zonalShiftEnabled', ['zonalShiftConfig', 'enabled']],
  ['eks:controlPlaneScalingTier', ['controlPlaneScalingConfig', 'tier']],
  ['eks:deletionProtection', ['deletionProtection']],
]

/** Of what the input says; what it leaves out has no key. */
export function configurationKeys(input: ClusterInput): Keys {
  const found = KEYS.flatMap(([key, path]) => {
    const value = path.reduce(memberOf, input as unknown)
    return value === undefined ? [] : [[key, String(value)] as const]
  })
  const logging = loggingTypes(input).map((type) => [`eks:loggingType/${type}`, String(isEnabled(input, type))])
  const encryption = (input.encryptionConfig ?? []).flatMap((config) => {
    const arn = memberOf(memberOf(config, 'provider'), 'keyArn')
    return arn === undefined ? [] : [String(arn)]
  })
  return {
    ...Object.fromEntries([...found, ...logging]),
    ...(encryption.length === 0 ? {} : { 'eks:encryptionConfigProviderKeyArns': encryption }),
  }
}

function isEnabled({ logging }: ClusterInput, type: string): boolean {
  return logging?.clusterLogging?.some(({ types, enabled }) => enabled === true && types?.includes(type)) === true
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
