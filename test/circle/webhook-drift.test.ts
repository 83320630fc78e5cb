import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_WEBHOOK_SETTINGS } from '../../src/cluster/webhook/index.ts'
import { type DriftWatch, planRestarts, restartController, watchDrift } from '../../src/cluster/webhook-drift/index.ts'
import { planManifest, WEBHOOK_NAMES } from '../../src/cluster/webhook-manifest/index.ts'
import { Secret, seconds } from '../../src/core/index.ts'
import { createLog, systemClock, systemRandomness } from '../../src/io/host/index.ts'
import { createKube, type Kube, type KubeCredentials } from '../../src/io/kube/index.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'

const NAMESPACE = 'openirsa-webhook'
const ROLE = 'arn:aws:iam::111122223333:role/orders'

describeWithApiServer('drift on a real API server, with the rights of the manifest alone', () => {
  let cluster: ControlPlane
  const closing: (() => Promise<void>)[] = []
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', write: (line) => void lines.push(line) })

  beforeAll(async () => {
    cluster = await startControlPlane()
    await cluster.kubectl('create', 'namespace', NAMESPACE)
    await cluster.kubectl('create', 'namespace', 'shop')
    await eventually('the default service account', () =>
      cluster.kubectl('get', 'serviceaccount', 'default', '-n', 'shop'),
    )
    const rights = planManifest({
      namespace: NAMESPACE,
      namespaceOrigin: 'existing',
      image: 'openirsa:test',
      failurePolicy: 'Ignore',
      certificates: 'cert-manager',
      excludedNamespaces: [],
      drift: 'on',
      identities: 'annotations',
      podIdentities: 'none',
      settings: [],
    }).filter(({ kind }) => /^ServiceAccount$|Role/.test(kind))
    await cluster.kubectl.apply(...rights)
  })
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()))
    await cluster?.stop()
  })

  function connect(token: string): Kube {
    const credentials: KubeCredentials = { kind: 'token', token: new Secret(token) }
    const pem = readFileSync(cluster.apiServer.certificateAuthority, 'utf8')
    const access = { server: cluster.apiServer.url, trust: { kind: 'authorities', pem }, credentials } as const
    const kube = createKube(access, { clock: systemClock, randomness: systemRandomness, log, environment: {} })
    closing.push(() => kube.close())
    return kube
  }

  async function watch(): Promise<DriftWatch> {
    const token = (await cluster.kubectl('create', 'token', NAMESPACE, '-n', NAMESPACE)).trim()
    const made = watchDrift({
      kube: connect(token),
      settings: DEFAULT_WEBHOOK_SETTINGS,
      skipLabel: WEBHOOK_NAMES.skipLabel,
      findExcludedNamespaces: async () => ['left-out'],
      intervalSeconds: seconds(3600),
      clock: systemClock,
      randomness: systemRandomness,
      log,
    })
    closing.unshift(() => made.close())
    return made
  }

  const template = (labels: object = {}) => ({
    metadata: { labels: { app: 'orders', ...labels } },
    spec: { serviceAccountName: 'orders', containers: [{ name: 'app', image: 'x' }] },
  })
  const events = async (): Promise<readonly string[]> => {
    const { items } = await cluster.kubectl.get('events', '-n', 'shop', '--field-selector=source=openirsa-webhook')
    return items
      .map(
        (event: { reason: string; involvedObject: { kind: string } }) => `${event.involvedObject.kind} ${event.reason}`,
      )
      .toSorted()
  }

  test('a Deployment and a pod by hand, made before their service account had a role, are told of, once', async () => {
    await cluster.kubectl('create', 'serviceaccount', 'orders', '-n', 'shop')
    await cluster.kubectl.apply(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'orders', namespace: 'shop' },
        spec: { replicas: 2, selector: { matchLabels: { app: 'orders' } }, template: template() },
      },
      { apiVersion: 'v1', kind: 'Pod', ...template(), metadata: { name: 'by-hand', namespace: 'shop' } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        ...template(),
        metadata: { name: 'skipped', namespace: 'shop', labels: { [WEBHOOK_NAMES.skipLabel]: '' } },
      },
    )
    const pods = await eventually('the pods', async () => {
      const { items } = await cluster.kubectl.get('pods', '-n', 'shop')
      return items.length === 4 ? items : undefined
    })
    for (const { metadata } of pods)
      await cluster.kubectl(
        'patch',
        'pod',
        metadata.name,
        '-n',
        'shop',
        '--subresource=status',
        '--type=merge',
        '-p',
        '{"status":{"phase":"Running"}}',
      )
    const replicas = [await watch(), await watch()]
    await Promise.all(replicas.map((replica) => replica.look()))
    expect(replicas[0]?.report()).toMatchObject({ podCount: 4, drifted: [] })

    await cluster.kubectl('annotate', 'serviceaccount', 'orders', '-n', 'shop', `eks.amazonaws.com/role-arn=${ROLE}`)
    await Promise.all(replicas.map((replica) => replica.look()))
    for (const replica of replicas) expect(replica.report()?.drifted).toHaveLength(3)
    expect(await events()).toEqual([
      'Deployment MissingCredentials',
      'Pod MissingCredentials',
      'Pod MissingCredentials',
      'Pod MissingCredentials',
    ])
    expect(lines.join('')).not.toMatch(/forbidden|could not be looked at/)
    const described = await cluster.kubectl('describe', 'deployment', 'orders', '-n', 'shop')
    expect(described).toMatch(/Warning\s+MissingCredentials .*2 of its pods, such as orders-/)
  })

  test('nothing is restarted by looking; told to, the Deployment is, and the pod by hand is left', async () => {
    const [first] = [await watch()]
    await first?.look()
    const report = first?.report()
    const generation = async () => (await cluster.kubectl.get('deployment', 'orders', '-n', 'shop')).metadata.generation
    const before = await generation()
    const restarts = planRestarts(report ?? { seenAt: systemClock.now(), podCount: 0, drifted: [] })
    expect(restarts.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Deployment orders'])
    const admin = connect(cluster.secrets.tokens.admin)
    for (const each of restarts) await restartController(admin, each, systemClock.now())
    expect(await generation()).toBe(before + 1)
  })
})
