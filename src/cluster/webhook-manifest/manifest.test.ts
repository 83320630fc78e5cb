import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type KubernetesObject, renderManifest } from '../manifest/index.ts'
import { type ManifestOptions, planManifest } from './index.ts'

const DEFAULTS: ManifestOptions = {
  namespace: 'openirsa-webhook',
  namespaceOrigin: 'made',
  image: 'openirsa:1.0',
  failurePolicy: 'Ignore',
  certificates: 'self',
  excludedNamespaces: [],
  drift: 'on',
  identities: 'annotations',
  podIdentities: 'none',
  settings: [],
}

const plan = (options: Partial<ManifestOptions> = {}) => planManifest({ ...DEFAULTS, ...options })
const kindsOf = (objects: readonly KubernetesObject[]) => objects.map(({ kind }) => kind)
/** What the test looks at is asserted, so that a looser type is enough. */
// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
const one = (objects: readonly KubernetesObject[], kind: string, name?: string): any => {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  )
  expect(found, kind).toHaveLength(1)
  return found[0]
}

describe('the manifest', () => {
  it('tells the API server of the webhook last, when everything that it needs is on its way', () => {
    expect(kindsOf(plan())).toEqual([
      'Namespace',
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      'ClusterRole',
      'ClusterRoleBinding',
      'Role',
      'RoleBinding',
      'Secret',
      'NetworkPolicy',
      'Service',
      'PodDisruptionBudget',
      'Deployment',
      'MutatingWebhookConfiguration',
    ])
  })

  it('names everything by the webhook, and puts what belongs to a namespace into the one asked for', () => {
    for (const { kind, metadata } of plan({ namespace: 'identity' })) {
      if (kind === 'Namespace') expect(metadata.name).toBe('identity')
      else expect(metadata.name).toMatch(/^openirsa-webhook/)
      if (!/^(Namespace|Cluster.*|.*Configuration)$/.test(kind)) expect(metadata.namespace, kind).toBe('identity')
    }
    const { subjects } = one(plan({ namespace: 'identity' }), 'ClusterRoleBinding', 'openirsa-webhook')
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'openirsa-webhook', namespace: 'identity' }])
  })

  it("makes no Namespace of Kubernetes' own, nor where it is said to exist: whoever deletes the manifest would delete it", () => {
    for (const options of [{ namespace: 'kube-system' }, { namespaceOrigin: 'existing' }] as const)
      expect(kindsOf(plan(options))).not.toContain('Namespace')
  })

  it('reads no Secret but its own, which is shipped empty, and creates none', () => {
    const rules = plan()
      .filter(({ kind }) => kind.endsWith('Role'))
      // biome-ignore lint/suspicious/noExplicitAny: rules of RBAC
      .flatMap(({ rules }) => rules as any[])
    const ofSecrets = rules.filter(({ resources }) => resources.includes('secrets'))
    expect(ofSecrets).toEqual([
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['openirsa-webhook-certificates'],
        verbs: ['get', 'update'],
      },
    ])
    expect(one(plan(), 'Secret')).not.toHaveProperty('data')
    expect(JSON.stringify(rules)).not.toContain('"*"')
    const written = rules.filter(({ verbs }) => verbs.some((verb: string) => !/^(get|list|watch)$/.test(verb)))
    expect(written.map(({ resources }) => resources[0])).toEqual(['mutatingwebhookconfigurations', 'events', 'secrets'])
  })

  it('asks for no right that its settings do not need', () => {
    const least = plan({ certificates: 'cert-manager', drift: 'off' })
    expect(one(least, 'ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch'] },
    ])
    expect(kindsOf(least)).not.toContain('Role')
    const withMap = plan({ certificates: 'cert-manager', identities: 'annotations-and-config-map' })
    expect(one(withMap, 'Role').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['pod-identity-webhook'],
        verbs: ['get', 'list', 'watch'],
      },
    ])
  })

  it('mounts the list of pod identities as a directory, which need not be there, and asks for no right to it', () => {
    const listed = { podIdentities: 'config-map', certificates: 'cert-manager', drift: 'off' } as const
    const { containers, volumes } = one(plan(listed), 'Deployment').spec.template.spec
    const directory = '/etc/webhook/pod-identities'
    expect(containers[0].args).toContain(`--watch-container-credentials-config=${directory}/identities.json`)
    expect(containers[0].volumeMounts).toContainEqual({ name: 'pod-identities', mountPath: directory, readOnly: true })
    const configMap = { name: 'openirsa-pod-identities', optional: true }
    expect(volumes).toContainEqual({ name: 'pod-identities', configMap })
    const rights = (options: Partial<ManifestOptions>) => plan(options).filter(({ kind }) => kind.includes('Role'))
    expect(rights(listed)).toEqual(rights({ ...listed, podIdentities: 'none' }))
    expect(JSON.stringify(plan())).not.toContain('container-credentials')
  })

  it('runs two replicas that keep to the restricted level, on ports that they may open', () => {
    const { replicas, template } = one(plan(), 'Deployment').spec
    const [container] = template.spec.containers
    expect(replicas).toBe(2)
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container.ports.map(({ containerPort }: { containerPort: number }) => containerPort)).toEqual([8443, 9999])
    expect(container.imagePullPolicy).toBe('IfNotPresent')
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'https', scheme: 'HTTPS' })
    expect(container.livenessProbe.httpGet.path).toBe('/healthz')
  })

  it('shows the webhook every new pod but those with the skip label, and waits 5 s at most', () => {
    const [webhook, ...more] = one(plan(), 'MutatingWebhookConfiguration').webhooks
    expect(more).toEqual([])
    expect(webhook).toMatchObject({
      admissionReviewVersions: ['v1', 'v1beta1'],
      failurePolicy: 'Ignore',
      reinvocationPolicy: 'IfNeeded',
      sideEffects: 'None',
      timeoutSeconds: 5,
      objectSelector: {
        matchExpressions: [{ key: 'eks.amazonaws.com/skip-pod-identity-webhook', operator: 'DoesNotExist' }],
      },
    })
    for (const absent of ['namespaceSelector', 'matchConditions']) expect(webhook).not.toHaveProperty(absent)
    // Another apply must not take away what was patched in.
    expect(webhook.clientConfig).not.toHaveProperty('caBundle')
  })

  it('under Fail does not wait for itself, nor for static pods, and tells the webhook so', () => {
    const objects = plan({ failurePolicy: 'Fail', excludedNamespaces: ['kube-system', 'openirsa-webhook'] })
    const [webhook] = one(objects, 'MutatingWebhookConfiguration').webhooks
    expect(webhook.failurePolicy).toBe('Fail')
    expect(webhook.namespaceSelector.matchExpressions).toEqual([
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['openirsa-webhook', 'kube-system'] },
    ])
    expect(webhook.matchConditions[0].expression).toContain('kubernetes.io/config.mirror')
    expect(one(objects, 'Deployment').spec.template.spec.containers[0].args).toContain('--failure-policy=Fail')
  })

  it('lets cert-manager keep the certificate, when asked', () => {
    const objects = plan({ certificates: 'cert-manager' })
    expect(kindsOf(objects)).not.toContain('Secret')
    expect(kindsOf(objects).filter((kind) => /Issuer|Certificate/.test(kind))).toEqual([
      'Issuer',
      'Certificate',
      'Issuer',
      'Certificate',
    ])
    expect(one(objects, 'Certificate', 'openirsa-webhook').spec.dnsNames).toContain(
      'openirsa-webhook.openirsa-webhook.svc',
    )
    const { annotations } = one(objects, 'MutatingWebhookConfiguration').metadata
    expect(annotations['cert-manager.io/inject-ca-from']).toBe('openirsa-webhook/openirsa-webhook')
    const { spec } = one(objects, 'Deployment').spec.template
    expect(spec.containers[0].args).toContain('--tls-cert=/etc/webhook/certs/tls.crt')
    expect(spec.volumes).toEqual([{ name: 'certificates', secret: { secretName: 'openirsa-webhook-certificates' } }])
  })

  it("hands settings on to the webhook, and brings the endpoint's authority to where it reads it", () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const objects = plan({ settings: ['--aws-default-region=eu-central-1'], endpointAuthority: pem })
    const { spec } = one(objects, 'Deployment').spec.template
    expect(spec.containers[0].args.at(-1)).toBe('--aws-default-region=eu-central-1')
    expect(one(objects, 'ConfigMap').data).toEqual({ 'ca.crt': pem })
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'endpoint-authority', mountPath: '/etc/webhook/endpoint-authority', readOnly: true },
    ])
  })

  it.each([
    [{ namespace: 'Shop' }, /`Shop` cannot be a namespace/],
    [{ excludedNamespaces: ['a b'] }, /`a b` cannot be a namespace/],
    [{ image: '' }, /is no image/],
    [{ image: 'a b' }, /is no image/],
    [{ image: 'openirsa:' }, /is no image/],
    [{ endpointAuthority: 'x' }, /is no certificate/],
    [{ endpointAuthority: '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----' }, /comes with a private key/],
  ] as const)('refuses %j', (options, message) => {
    expect(() => plan(options)).toThrow(message)
  })

  it.each([
    'openirsa:1.0',
    'registry.example:5000/team/openirsa:v1',
    'localhost/openirsa',
    `openirsa@sha256:${'a'.repeat(64)}`,
    'a__b/c.d-e:x_y',
  ])('takes the image %s', (image) => {
    expect(one(plan({ image }), 'Deployment').spec.template.spec.containers[0].image).toBe(image)
  })

  it('is YAML of one document each, with words that YAML 1.1 would take for something else in quotes', async () => {
    const objects = plan({ settings: ['--x=y: #z', 'yes', '0o7', '1e3'] })
    const text = await renderManifest(objects, 'a heading\nof two lines')
    expect(text.split('\n').slice(0, 3)).toEqual(['# a heading', '# of two lines', '---'])
    const read = parseAllDocuments(text, { version: '1.1' })
    expect(Array.from(read).map((document) => document.toJS())).toEqual(JSON.parse(JSON.stringify(objects)))
    expect(text).not.toMatch(/[&*]a\d/)
  })
})
