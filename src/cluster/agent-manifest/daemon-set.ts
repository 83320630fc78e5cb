import { type Partition, parseRegion, partitionOf, stsAudienceOf } from '../../core/index.ts'
import type { KubernetesObject } from '../manifest/index.ts'
import type { AgentManifestOptions } from './model.ts'
import {
  AGENT_ADDRESS,
  AUTHORITY_CONFIG_MAP,
  AUTHORITY_DIRECTORY,
  HEALTH,
  LABELS,
  NAME,
  SELECTOR,
  SKIP_LABEL,
  TOKEN_DIRECTORY,
} from './names.ts'

/** One agent on each node, tainted ones too: pods run there as well. */
export function planDaemonSet(options: AgentManifestOptions): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: options.namespace, labels: LABELS },
    spec: {
      selector: { matchLabels: SELECTOR },
      // An address has one listener: the old agent ends before the new one comes.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } },
      template: { metadata: { labels: { ...LABELS, [SKIP_LABEL]: 'true' } }, spec: podSpec(options) },
    },
  }
}

function podSpec(options: AgentManifestOptions) {
  return {
    serviceAccountName: NAME,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    // An endpoint of one's own may be a Service of the cluster; those of AWS are found as the node finds them.
    dnsPolicy: options.endpoint === undefined ? 'Default' : 'ClusterFirstWithHostNet',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ operator: 'Exists' }],
    terminationGracePeriodSeconds: 30,
    // As root without its powers: in the network of a node, no other user listens below 1024.
    securityContext: {
      runAsNonRoot: false,
      runAsUser: 0,
      runAsGroup: 0,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [addressContainer(options)],
    containers: [agentContainer(options)],
    volumes: volumes(options),
  }
}

/** Gives the address to the node's loopback interface, where it stays when the agent ends. */
function addressContainer({ image }: AgentManifestOptions) {
  return {
    name: 'address',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['ip', 'address', 'replace', `${AGENT_ADDRESS}/32`, 'dev', 'lo'],
    resources: RESOURCES,
    securityContext: confined('NET_ADMIN'),
  }
}

function agentContainer(options: AgentManifestOptions) {
  return {
    name: 'agent',
    image: options.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['openirsa', 'serve', 'agent'],
    args: [
      `--cluster-name=${options.clusterName}`,
      '--node-name=$(NODE_NAME)',
      `--listen=${AGENT_ADDRESS}:80`,
      `--health-listen=${HEALTH.address}:${HEALTH.port}`,
    ],
    env: variables(options),
    // No ports: declared in the network of a node, they would keep it off nodes where somebody else has port 80 of another address.
    resources: RESOURCES,
    securityContext: confined('NET_BIND_SERVICE'),
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
    volumeMounts: volumeMounts(options),
  }
}

/** Requests are a quiet node's. */
const RESOURCES = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } } as const

function confined(capability: 'NET_ADMIN' | 'NET_BIND_SERVICE') {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: [capability] },
  }
}

function probe(path: string) {
  return { httpGet: { host: HEALTH.address, path, port: HEALTH.port, scheme: 'HTTP' }, timeoutSeconds: 3 }
}

/** Written out, so that the agent needs no webhook for credentials of its own. */
function variables({ region, roleArn, endpoint, endpointAuthority }: AgentManifestOptions) {
  return [
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'AWS_REGION', value: region },
    { name: 'AWS_ROLE_ARN', value: roleArn },
    { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${TOKEN_DIRECTORY}/token` },
    ...(endpoint === undefined ? [] : [{ name: 'AWS_ENDPOINT_URL', value: endpoint }]),
    ...(endpointAuthority === undefined ? [] : [{ name: 'AWS_CA_BUNDLE', value: `${AUTHORITY_DIRECTORY}/ca.crt` }]),
  ]
}

function volumeMounts({ endpointAuthority }: AgentManifestOptions) {
  const authority = { name: 'endpoint-authority', mountPath: AUTHORITY_DIRECTORY, readOnly: true }
  return [
    { name: 'token', mountPath: TOKEN_DIRECTORY, readOnly: true },
    ...(endpointAuthority === undefined ? [] : [authority]),
  ]
}

function volumes({ region, endpointAuthority }: AgentManifestOptions) {
  const audience = stsAudienceOf(partitionOfRegion(region))
  const token = { serviceAccountToken: { audience, expirationSeconds: 3600, path: 'token' } }
  return [
    { name: 'token', projected: { sources: [token] } },
    ...(endpointAuthority === undefined
      ? []
      : [{ name: 'endpoint-authority', configMap: { name: AUTHORITY_CONFIG_MAP } }]),
  ]
}

function partitionOfRegion(region: string): Partition {
  const parsed = parseRegion(region)
  return parsed === undefined ? 'aws' : partitionOf(parsed)
}
