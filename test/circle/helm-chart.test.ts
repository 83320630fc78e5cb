import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { version } from '../../src/cli/version.ts'
import type { KubernetesObject } from '../../src/cluster/manifest/index.ts'
import { type ManifestOptions, planManifest } from '../../src/cluster/webhook-manifest/index.ts'
import { type ControlPlane, describeWithApiServer, startControlPlane } from './harness/index.ts'

const CHART = resolve('deploy/helm/openirsa-webhook')
const BUILD = 'test/circle/helm/build.mjs'
const LIMIT_MS = 1_800_000
/** Built of its module, Helm takes itself for one of an old Kubernetes when there is no cluster to ask. */
const KUBERNETES = ['--kube-version', '1.36.3']

const reason = whyNot()

/** Helm must be built or buildable: it is a Go program. */
function whyNot(): string | undefined {
  if (spawnSync(process.execPath, [BUILD, '--is-built']).status === 0) return undefined
  const path = `${process.env.PATH}:/usr/local/go/bin`
  const { error } = spawnSync('go', ['version'], { env: { ...process.env, PATH: path } })
  return error === undefined ? undefined : 'there is no Go to build Helm with'
}

const suite = reason === undefined ? describe : describe.skip

suite(reason === undefined ? 'the Helm chart' : `the Helm chart [SKIPPED: ${reason}]`, () => {
  let helm = ''

  beforeAll(() => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUILD], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    helm = stdout.trim()
  }, LIMIT_MS)

  function run(...words: readonly string[]) {
    return spawnSync(helm, words, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: '/nonexistent' } })
  }

  function render(namespace: string, values: readonly string[]): readonly KubernetesObject[] {
    const ran = run('template', 'openirsa', CHART, ...KUBERNETES, '--namespace', namespace, ...values)
    expect(ran.stderr).toBe('')
    return Array.from(parseAllDocuments(ran.stdout)).map((document) => document.toJS() as KubernetesObject)
  }

  const DEFAULTS: ManifestOptions = {
    namespace: 'openirsa-webhook',
    namespaceOrigin: 'existing',
    image: `openirsa:${version()}`,
    failurePolicy: 'Ignore',
    certificates: 'self',
    excludedNamespaces: [],
    drift: 'on',
    identities: 'annotations',
    podIdentities: 'none',
    settings: [],
  }
  const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

  test.each<[string, readonly string[], Partial<ManifestOptions>]>([
    ['as it is', [], {}],
    [
      'under Fail, with namespaces excluded',
      ['--set', 'failurePolicy=Fail,excludedNamespaces={kube-system,identity}'],
      { failurePolicy: 'Fail', excludedNamespaces: ['kube-system', 'identity'] },
    ],
    [
      'with cert-manager, without drift, with the ConfigMap and further flags',
      [
        '--set',
        'certificates=cert-manager,drift.enabled=false,watchConfigMap=true',
        '--set',
        'extraArgs={--aws-default-region=eu-central-1,--v=4}',
      ],
      {
        certificates: 'cert-manager',
        drift: 'off',
        identities: 'annotations-and-config-map',
        settings: ['--aws-default-region=eu-central-1', '--v=4'],
      },
    ],
    [
      'with an endpoint of its own and another image',
      [
        '--set-string',
        `endpointAuthority=${PEM}`,
        '--set',
        `image.repository=registry.example:5000/openirsa,image.digest=sha256:${'a'.repeat(64)}`,
      ],
      { endpointAuthority: PEM, image: `registry.example:5000/openirsa@sha256:${'a'.repeat(64)}` },
    ],
    ['with pod identities alone', ['--set', 'podIdentities.enabled=true'], { podIdentities: 'config-map' }],
    [
      'with everything at once',
      [
        '--set',
        'certificates=cert-manager,failurePolicy=Fail,watchConfigMap=true,podIdentities.enabled=true',
        '--set-string',
        `endpointAuthority=${PEM}`,
      ],
      {
        certificates: 'cert-manager',
        failurePolicy: 'Fail',
        identities: 'annotations-and-config-map',
        podIdentities: 'config-map',
        endpointAuthority: PEM,
      },
    ],
  ])('renders what `openirsa webhook manifest` prints: %s', (_name, values, options) => {
    const namespace = 'identity'
    const rendered = render(namespace, values).filter(
      ({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined,
    )
    const planned = planManifest({ ...DEFAULTS, namespace, ...options })
    expect(byName(rendered.map(withoutChartLabels))).toEqual(byName(JSON.parse(JSON.stringify(planned))))
    expect(rendered.at(-1)?.kind).toBe('MutatingWebhookConfiguration')
  })

  test('has a test pod that the webhook does not touch and that keeps to the restricted level', () => {
    const [pod, ...more] = render('identity', []).filter(
      ({ metadata }) => metadata.annotations?.['helm.sh/hook'] === 'test',
    )
    expect(more).toEqual([])
    expect(pod).toMatchObject({
      kind: 'Pod',
      metadata: { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } },
      spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
    })
  })

  test.each([
    ['failurePolicy=ignore', 'failurePolicy'],
    ['certificates=none', 'certificates'],
    ['replicaCount=0', 'replicaCount'],
    ['failurPolicy=Fail', 'failurPolicy'],
    ['excludedNamespaces={Kube}', 'excludedNamespaces'],
    ['extraArgs={--port=443}', 'extraArgs'],
    ['extraArgs={--watch-container-credentials-config=/x}', 'extraArgs'],
    ['podIdentities=true', 'podIdentities'],
    ['image.tag=a b', 'tag'],
  ])('refuses the value %s by its schema', (value, said) => {
    const ran = run('template', 'openirsa', CHART, ...KUBERNETES, '--set', value)
    expect(ran.status).not.toBe(0)
    expect(ran.stderr).toContain(said)
  })

  test('passes Helm’s own lint, and bears the version of the package', () => {
    const ran = run('lint', '--strict', CHART)
    expect(ran.status, ran.stdout).toBe(0)
    const shown = parse(run('show', 'chart', CHART).stdout) as { readonly version: string; readonly appVersion: string }
    expect([shown.version, shown.appVersion]).toEqual([version(), version()])
  })
})

const onServer = reason === undefined ? describeWithApiServer : describe.skip

onServer(reason === undefined ? 'the Helm chart, installed' : `the Helm chart, installed [SKIPPED: ${reason}]`, () => {
  let cluster: ControlPlane
  beforeAll(async () => {
    cluster = await startControlPlane({ controllers: ['serviceaccount-controller', 'namespace-controller'] })
  }, LIMIT_MS)
  afterAll(() => cluster?.stop())

  async function helm(...words: readonly string[]): Promise<string> {
    const own = [
      spawnSync(process.execPath, [BUILD], { encoding: 'utf8' }).stdout.trim(),
      '--kubeconfig',
      cluster.kubeconfig,
    ]
    return cluster.mustRun([...own, ...words, '--namespace', 'identity'])
  }

  test('says in its notes what to do next', async () => {
    const said = await helm('install', 'openirsa', CHART, '--create-namespace')
    expect(said).toContain('helm test openirsa -n identity')
    expect(said).toContain('openirsa webhook guard | kubectl apply -f -')
  })

  test('leaves the certificate and the trust in it when it is upgraded, and says under Fail how to uninstall', async () => {
    const at = ['mutatingwebhookconfiguration', 'openirsa-webhook'] as const
    const bundle = { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: await certificate() }
    await cluster.kubectl('patch', ...at, '--type=json', '-p', JSON.stringify([bundle]))
    const secret = ['secret', 'openirsa-webhook-certificates', '-n', 'identity'] as const
    await cluster.kubectl('patch', ...secret, '--type=merge', '-p', '{"stringData":{"tls.key":"kept"}}')
    const said = await helm(
      'upgrade',
      'openirsa',
      CHART,
      '--set',
      'failurePolicy=Fail,excludedNamespaces={kube-system}',
    )
    expect(said).toContain('kubectl delete mutatingwebhookconfiguration openirsa-webhook')
    expect(said).toContain('outside of identity, kube-system')
    const [webhook] = (await cluster.kubectl.get(...at)).webhooks
    expect([webhook.failurePolicy, webhook.clientConfig.caBundle]).toEqual(['Fail', bundle.value])
    expect((await cluster.kubectl.get(...secret)).data).toEqual({ 'tls.key': Buffer.from('kept').toString('base64') })
  })

  /** Any authority: that of the server itself. */
  async function certificate(): Promise<string> {
    return readFileSync(cluster.apiServer.certificateAuthority).toString('base64')
  }
})

/** What Helm's users expect on every object says nothing of what it does. */
function withoutChartLabels(object: KubernetesObject): KubernetesObject {
  const chart = /^(app\.kubernetes\.io\/(instance|managed-by|version)|helm\.sh\/chart)$/
  const labels = Object.fromEntries(Object.entries(object.metadata.labels ?? {}).filter(([key]) => !chart.test(key)))
  return { ...object, metadata: { ...object.metadata, labels } }
}

const byName = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]))
