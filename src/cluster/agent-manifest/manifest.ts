import { ConfigError, parseAccountId, parseArn, parseRegion } from '../../core/index.ts'
import {
  checkEndpointAuthority,
  checkImage,
  checkNamespaceName,
  type KubernetesObject,
  planNamespace,
} from '../manifest/index.ts'
import { planDaemonSet } from './daemon-set.ts'
import type { AgentManifestOptions } from './model.ts'
import { AUTHORITY_CONFIG_MAP, LABELS, NAME } from './names.ts'

/**
 * Everything that makes the agent run on each node of a cluster, in the order in which it is to be applied.
 * @throws ConfigError for what neither Kubernetes nor AWS would take
 */
export function planAgentManifest(options: AgentManifestOptions): readonly KubernetesObject[] {
  refuseUnusable(options)
  const { namespace, endpointAuthority } = options
  const named = (name: string) => ({ name, namespace, labels: LABELS })
  return [
    ...planNamespace(options, { labels: LABELS, level: 'privileged' }),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named(NAME), automountServiceAccountToken: false },
    ...(endpointAuthority === undefined ? [] : [planAuthority(named(AUTHORITY_CONFIG_MAP), endpointAuthority)]),
    planDaemonSet(options),
  ]
}

function planAuthority(metadata: KubernetesObject['metadata'], pem: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': pem } }
}

/** SPEC: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, `name`. */
const CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/

function refuseUnusable(options: AgentManifestOptions): void {
  const { namespace, image, clusterName, roleArn, region, endpoint, endpointAuthority } = options
  checkNamespaceName(namespace)
  checkImage(image)
  if (!CLUSTER_NAME.test(clusterName))
    throw new ConfigError(`\`${clusterName.slice(0, 100)}\` cannot be the name of a cluster in EKS`)
  if (!isRole(roleArn))
    throw new ConfigError(`\`${roleArn.slice(0, 200)}\` is no ARN of a role`, {
      hint: 'such as arn:aws:iam::111122223333:role/openirsa-agent',
    })
  if (parseRegion(region) === undefined)
    throw new ConfigError(`\`${region.slice(0, 100)}\` is no region`, { hint: 'such as eu-central-1' })
  if (endpoint !== undefined) checkEndpoint(endpoint)
  if (endpointAuthority === undefined) return
  checkEndpointAuthority(endpointAuthority)
  if (endpoint === undefined)
    throw new ConfigError('an authority for an endpoint is given, and no endpoint', {
      hint: 'name it with --endpoint, or leave out --endpoint-ca',
    })
}

function isRole(arn: string): boolean {
  const { service, region, account = '', resource = '' } = parseArn(arn) ?? {}
  if (service !== 'iam' || region !== '' || parseAccountId(account) === undefined) return false
  return /^role\/[\w+=,.@/-]{1,576}$/.test(resource)
}

/** Tokens and credentials go there, out of the node as a rule: never in the clear. */
function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (url?.protocol === 'https:' && isBare && url.password === '') return
  throw new ConfigError(`\`${endpoint.slice(0, 200)}\` is no endpoint for a cluster: expected https://HOST[:PORT]`, {
    hint: '`openirsa up --listen ADDRESS` answers https there',
  })
}
