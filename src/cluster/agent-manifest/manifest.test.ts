import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../manifest/index.ts'
import { type AgentManifestOptions, planAgentManifest } from './index.ts'

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const DEFAULTS: AgentManifestOptions = {
  namespace: 'openirsa-agent',
  namespaceOrigin: 'made',
  image: 'openirsa:1.0',
  clusterName: 'production',
  roleArn: 'arn:aws:iam::111122223333:role/nodes/agent',
  region: 'eu-central-1',
  endpoint: undefined,
  endpointAuthority: undefined,
}
const OWN = { endpoint: 'https://openirsa.example:4566', endpointAuthority: PEM }

const plan = (options: Partial<AgentManifestOptions> = {}) => planAgentManifest({ ...DEFAULTS, ...options })
const kindsOf = (objects: readonly KubernetesObject[]) => objects.map(({ kind }) => kind)

/** What the test looks at is asserted, so that a looser type is enough. */
function podOf(options: Partial<AgentManifestOptions> = {}) {
  const found = plan(options).find(({ kind }) => kind === 'DaemonSet')
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const template = (found as any).spec.template
  const [agent] = template.spec.containers
  const [address] = template.spec.initContainers
  return { template, spec: template.spec, agent, address }
}
const variablesOf = (options: Partial<AgentManifestOptions> = {}): Record<string, string> =>
  Object.fromEntries(
    podOf(options).agent.env.map(({ name, value }: { name: string; value?: string }) => [name, value ?? 'of the pod']),
  )

describe('what is applied', () => {
  it('is in the order in which it is needed; with an endpoint of one’s own, its authority too', () => {
    expect(kindsOf(plan())).toEqual(['Namespace', 'ServiceAccount', 'DaemonSet'])
    expect(kindsOf(plan(OWN))).toEqual(['Namespace', 'ServiceAccount', 'ConfigMap', 'DaemonSet'])
  })

  it('has a namespace that admits the network of the node, and none where there is one already', () => {
    const labels = plan()[0]?.metadata.labels
    expect(labels?.['pod-security.kubernetes.io/enforce']).toBe('privileged')
    expect(kindsOf(plan({ namespaceOrigin: 'existing' }))).not.toContain('Namespace')
    expect(kindsOf(plan({ namespace: 'kube-system' }))).not.toContain('Namespace')
  })

  it('gives no right in the cluster, and no token of it', () => {
    expect(kindsOf(plan(OWN)).filter((kind) => /Role|Binding|Secret/.test(kind))).toEqual([])
    expect(podOf().spec.automountServiceAccountToken).toBe(false)
    expect(podOf().spec.volumes).toHaveLength(1)
  })
})

describe('the pods', () => {
  it('run on every node, before others, in its network', () => {
    expect(podOf().spec).toMatchObject({
      hostNetwork: true,
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'system-node-critical',
    })
  })

  it('are left alone by webhooks for pod identities, which may not answer yet', () => {
    expect(podOf().template.metadata.labels).toHaveProperty(['eks.amazonaws.com/skip-pod-identity-webhook'])
  })

  it.each([
    ['agent', 'NET_BIND_SERVICE'],
    ['address', 'NET_ADMIN'],
  ] as const)('the container %s has one power, %s, and a file system that it cannot write', (name, capability) => {
    expect(podOf()[name].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: [capability] },
    })
  })

  it('the address that the agent listens on is the one that was given to the node', () => {
    const { agent, address } = podOf()
    expect(address.command).toEqual(['ip', 'address', 'replace', '169.254.170.23/32', 'dev', 'lo'])
    expect(agent.args).toContain('--listen=169.254.170.23:80')
  })

  it('the agent knows its node, and refuses tokens of others', () => {
    expect(podOf().agent.args).toContain('--node-name=$(NODE_NAME)')
    expect(podOf().agent.env[0]).toEqual({
      name: 'NODE_NAME',
      valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } },
    })
  })

  it('no port is declared, which would keep them off nodes whose port 80 is taken at another address', () => {
    expect(podOf().agent).not.toHaveProperty('ports')
  })

  it('the kubelet asks after them on the loopback of the node, where nobody else does', () => {
    const { agent } = podOf()
    expect(agent.args).toContain('--health-listen=127.0.0.1:2703')
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(agent[probe].httpGet).toMatchObject({ host: '127.0.0.1', port: 2703 })
  })
})

describe('the agent’s own credentials', () => {
  it('come of a token of its own for STS, and need no webhook', () => {
    const { AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_REGION } = variablesOf()
    expect([AWS_ROLE_ARN, AWS_REGION]).toEqual([DEFAULTS.roleArn, 'eu-central-1'])
    const { spec, agent } = podOf()
    const [volume] = spec.volumes
    expect(volume.projected.sources).toEqual([
      { serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 3600, path: 'token' } },
    ])
    const { mountPath } = agent.volumeMounts.find(({ name }: { name: string }) => name === volume.name)
    expect(AWS_WEB_IDENTITY_TOKEN_FILE).toBe(`${mountPath}/token`)
  })

  it('are for the STS of the region’s partition', () => {
    const [volume] = podOf({ region: 'cn-north-1', roleArn: 'arn:aws-cn:iam::111122223333:role/agent' }).spec.volumes
    expect(volume.projected.sources[0].serviceAccountToken.audience).toBe('sts.amazonaws.com.cn')
  })

  it('are asked for at the endpoint that is told, whose authority is mounted', () => {
    expect(variablesOf()).not.toHaveProperty('AWS_ENDPOINT_URL')
    const variables = variablesOf(OWN)
    expect(variables.AWS_ENDPOINT_URL).toBe('https://openirsa.example:4566')
    const { spec, agent } = podOf(OWN)
    const volume = spec.volumes.find(({ configMap }: { configMap?: object }) => configMap !== undefined)
    const { mountPath } = agent.volumeMounts.find(({ name }: { name: string }) => name === volume.name)
    expect(variables.AWS_CA_BUNDLE).toBe(`${mountPath}/ca.crt`)
    expect(plan(OWN).find(({ kind }) => kind === 'ConfigMap')).toMatchObject({
      metadata: { name: volume.configMap.name, namespace: 'openirsa-agent' },
      data: { 'ca.crt': PEM },
    })
  })
})

describe('refused before anything is printed', () => {
  it.each([
    ['a namespace that is none', { namespace: 'Agents' }, /cannot be a namespace/],
    ['an image that is none', { image: 'open irsa' }, /is no image/],
    ['a cluster that cannot be called so', { clusterName: 'a/b' }, /name of a cluster/],
    ['a cluster that would be another flag', { clusterName: '--x' }, /name of a cluster/],
    ['the ARN of a user', { roleArn: 'arn:aws:iam::111122223333:user/agent' }, /no ARN of a role/],
    ['a role that is named alone', { roleArn: 'agent' }, /no ARN of a role/],
    ['a region that is none', { region: 'europe' }, /no region/],
    ['an endpoint in the clear', { endpoint: 'http://openirsa.example' }, /no endpoint for a cluster/],
    ['an endpoint with a path', { endpoint: 'https://openirsa.example/x' }, /no endpoint for a cluster/],
    ['an endpoint with a password', { endpoint: 'https://a:b@openirsa.example' }, /no endpoint for a cluster/],
    ['an authority without an endpoint', { endpointAuthority: PEM }, /no endpoint/],
    ['an authority that is none', { ...OWN, endpointAuthority: 'hello' }, /no certificate/],
    ['a private key', { ...OWN, endpointAuthority: `${PEM}-----BEGIN PRIVATE KEY-----` }, /private key/],
  ])('%s', (_what, options, why) => {
    expect(() => plan(options)).toThrow(why)
  })
})
