import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderManifest } from '../../src/cluster/manifest/index.ts'
import {
  createSelfManagedCertificates,
  type SelfManagedCertificates,
} from '../../src/cluster/webhook-certificates/index.ts'
import { type ManifestOptions, planGuard, planManifest } from '../../src/cluster/webhook-manifest/index.ts'
import { Secret, seconds } from '../../src/core/index.ts'
import { createLog, systemClock, systemRandomness } from '../../src/io/host/index.ts'
import { createKube, type Kube } from '../../src/io/kube/index.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'

const NAMESPACE = 'openirsa-webhook'
const ROLE = 'arn:aws:iam::111122223333:role/orders'
const DEFAULTS: ManifestOptions = {
  namespace: NAMESPACE,
  namespaceOrigin: 'made',
  image: 'openirsa:test',
  failurePolicy: 'Ignore',
  certificates: 'self',
  excludedNamespaces: [],
  drift: 'on',
  identities: 'annotations',
  podIdentities: 'none',
  settings: [],
}

describeWithApiServer('what `openirsa webhook` prints, on a real API server', () => {
  let cluster: ControlPlane
  const closing: (() => Promise<void>)[] = []

  beforeAll(async () => {
    const controllers = ['serviceaccount-controller', 'namespace-controller']
    cluster = await startControlPlane({ controllers })
    await cluster.kubectl('create', 'namespace', 'shop')
    await eventually('the default service account', () =>
      cluster.kubectl('get', 'serviceaccount', 'default', '-n', 'shop'),
    )
  })
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()))
    await cluster?.stop()
  })

  const kubectlWith = (input: string, ...words: readonly string[]) => cluster.kubectl.try(words, { input })

  describe('the manifest', () => {
    const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    test.each<[string, Partial<ManifestOptions>]>([
      ['by itself', {}],
      ['under Fail', { failurePolicy: 'Fail', excludedNamespaces: ['kube-system'] }],
      ['with everything', { identities: 'annotations-and-config-map', endpointAuthority: PEM, settings: ['--v=4'] }],
      ['with cert-manager, whose own kinds no server here knows', { certificates: 'cert-manager', drift: 'off' }],
    ])('is taken by the server, field by field: %s', async (_name, options) => {
      await cluster.kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
      const objects = planManifest({ ...DEFAULTS, ...options }).filter(
        ({ apiVersion }) => !/cert-manager/.test(apiVersion),
      )
      const text = await renderManifest(objects, 'under test')
      const ran = await kubectlWith(text, 'apply', '--dry-run=server', '--validate=strict', '-f', '-')
      expect(ran.err.replaceAll(/^Warning: resource namespaces.*$\n?/gm, '')).toBe('')
      expect(ran.out.trim().split('\n')).toHaveLength(objects.length)
    })

    test('has pods that the restricted level lets in', async () => {
      const objects = planManifest(DEFAULTS).filter(({ kind }) => kind !== 'MutatingWebhookConfiguration')
      const ran = await kubectlWith(await renderManifest(objects, 'under test'), 'apply', '-f', '-')
      expect(ran.err).not.toMatch(/violate|forbidden|error/i)
      const namespace = await cluster.kubectl.get('namespace', NAMESPACE)
      expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted')
      const { template } = (await cluster.kubectl.get('deployment', NAMESPACE, '-n', NAMESPACE)).spec
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        ...template,
        metadata: { ...template.metadata, name: 'one', namespace: NAMESPACE },
      }
      const made = await kubectlWith(JSON.stringify(pod), 'create', '--dry-run=server', '-f', '-')
      expect(`${made.out}${made.err}`).toBe('pod/one created (server dry run)\n')
    })
  })

  describe('certificates of its own', () => {
    /** As the pods of the manifest: with their service account and no other right. */
    async function kubeOfWebhook(): Promise<Kube> {
      const token = await cluster.kubectl('create', 'token', NAMESPACE, '-n', NAMESPACE)
      const pem = readFileSync(cluster.apiServer.certificateAuthority, 'utf8')
      const access = {
        server: cluster.apiServer.url,
        trust: { kind: 'authorities', pem },
        credentials: { kind: 'token', token: new Secret(token.trim()) },
      } as const
      const kube = createKube(access, { clock: systemClock, randomness: systemRandomness, log, environment: {} })
      closing.push(() => kube.close())
      return kube
    }
    const lines: string[] = []
    const log = createLog({ level: 'info', format: 'text', write: (line) => void lines.push(line) })

    async function start(): Promise<SelfManagedCertificates> {
      const made = createSelfManagedCertificates({
        kube: await kubeOfWebhook(),
        namespace: NAMESPACE,
        secretName: `${NAMESPACE}-certificates`,
        serviceName: NAMESPACE,
        configurationName: NAMESPACE,
        hosts: [`${NAMESPACE}.${NAMESPACE}.svc`],
        lives: {
          certificateSeconds: seconds(600),
          authoritySeconds: seconds(3600),
          waitSeconds: seconds(4),
          intervalSeconds: seconds(1),
        },
        clock: systemClock,
        randomness: systemRandomness,
        log,
      })
      closing.unshift(() => made.close())
      return made
    }
    const bundle = async (): Promise<string> => {
      const { webhooks } = await cluster.kubectl.get('mutatingwebhookconfiguration', NAMESPACE)
      return Buffer.from(webhooks[0].clientConfig.caBundle ?? '', 'base64').toString('utf8')
    }
    const count = (text: string): number => text.split('-----BEGIN').length - 1

    test('come of one authority though two replicas start together, with no right but those of the manifest', async () => {
      const configuration = planManifest(DEFAULTS).filter(({ kind }) => kind === 'MutatingWebhookConfiguration')
      await cluster.kubectl.apply(...configuration)
      const replicas = await Promise.all([start(), start()])
      await eventually('trust in both', async () => replicas.every((replica) => replica.condition().isTrusted))
      expect(count(await bundle())).toBe(1)
      await eventually('one certificate', async () => {
        const shown = replicas.map((replica) => replica.current()?.certificate)
        return shown[0] !== undefined && shown[0] === shown[1]
      })
      expect(lines.join('')).not.toMatch(/forbidden|could not be looked after/)
    })

    test('survive that the manifest is applied again', async () => {
      const before = await bundle()
      const ran = await kubectlWith(await renderManifest(planManifest(DEFAULTS), 'again'), 'apply', '-f', '-')
      expect(ran.err).not.toMatch(/error/i)
      expect(await bundle()).toBe(before)
    })

    test('are put right when somebody takes the trust away', async () => {
      const before = await bundle()
      const patch = JSON.stringify([{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }])
      await cluster.kubectl('patch', 'mutatingwebhookconfiguration', NAMESPACE, '--type=json', '-p', patch)
      await eventually('the bundle of before', async () => (await bundle()) === before)
    })

    test('get another authority when it is asked for: added, waited for, switched to, dropped', async () => {
      const before = await bundle()
      const name = `${NAMESPACE}-certificates`
      await cluster.kubectl('annotate', 'secret', name, '-n', NAMESPACE, 'openirsa.dev/rotate=authority')
      await eventually('two authorities', async () => count(await bundle()) === 2, { limitMs: 20_000 })
      await eventually('one authority', async () => count(await bundle()) === 1, { limitMs: 40_000 })
      expect(await bundle()).not.toBe(before)
      const { metadata } = await cluster.kubectl.get('secret', name, '-n', NAMESPACE)
      expect(metadata.annotations?.['openirsa.dev/rotate']).toBeUndefined()
    })
  })

  describe('the guard', () => {
    const pair = [
      { name: 'AWS_ROLE_ARN', value: 'x' },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: 'y' },
    ]
    const mirror = { 'kubernetes.io/config.mirror': 'x', 'kubernetes.io/config.source': 'file' }
    const skipLabel = { 'eks.amazonaws.com/skip-pod-identity-webhook': '' }

    interface Shape {
      readonly namespace?: string
      readonly account?: string | undefined
      readonly metadata?: object
      readonly spec?: object
      readonly first?: object
      readonly second?: object
    }

    const create = async ({ namespace = 'shop', account = 'orders', metadata, spec, first, second }: Shape) => {
      const containers = [
        { name: 'app', image: 'x', ...first },
        { name: 'proxy', image: 'x', ...second },
      ]
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'one', namespace, ...metadata },
        spec: { ...(account === '' ? {} : { serviceAccountName: account }), containers, ...spec },
      }
      const { out, err } = await kubectlWith(JSON.stringify(pod), 'create', '--dry-run=server', '-f', '-')
      return `${out}${err}`
    }

    beforeAll(async () => {
      // Nobody mutates anything here: the webhook is away.
      await cluster.kubectl('delete', 'mutatingwebhookconfiguration', NAMESPACE, '--ignore-not-found')
      await cluster.kubectl('create', 'namespace', 'left-out')
      const account = (name: string, namespace: string, annotations: object = {}) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace, annotations },
      })
      const role = { 'eks.amazonaws.com/role-arn': ROLE }
      await cluster.kubectl.apply(
        account('orders', 'shop', role),
        account('plain', 'shop'),
        account('blank', 'shop', { 'eks.amazonaws.com/role-arn': ' ' }),
        account('orders', 'left-out', role),
        ...planGuard({ selector: '', excludedNamespaces: ['left-out'], annotationPrefix: 'eks.amazonaws.com' }),
      )
      await eventually('the guard', async () => /denied/.test(await create({})), { limitMs: 30_000 })
    })

    test.each<[string, Shape, RegExp]>([
      ['every container without credentials', {}, /start without its credentials: app, proxy;/],
      ['one of them without', { first: { env: pair } }, /without its credentials: proxy;/],
      ['half a pair set by hand', { first: { env: pair }, second: { env: pair.slice(0, 1) } }, /credentials: proxy;/],
      [
        'an init container without',
        { first: { env: pair }, second: { env: pair }, spec: { initContainers: [{ name: 'init', image: 'x' }] } },
        /credentials: init;/,
      ],
    ])('refuses a pod with %s, and says which role', async (_name, shape, said) => {
      const answer = await create(shape)
      expect(answer).toMatch(said)
      expect(answer).toContain(`service account shop/orders is to have the role ${ROLE}`)
    })

    test.each<[string, Shape]>([
      ['without a role', { account: 'plain' }],
      ['with a blank role', { account: 'blank' }],
      ['with the skip label', { metadata: { labels: skipLabel } }],
      [
        'whose containers are skipped',
        { metadata: { annotations: { 'eks.amazonaws.com/skip-containers': 'app, "proxy"' } } },
      ],
      ['with credentials set by hand', { first: { env: pair }, second: { env: pair } }],
      ['that mirrors a static one', { account: '', metadata: { annotations: mirror }, spec: { nodeName: 'node1' } }],
      ['of a namespace left out', { namespace: 'left-out' }],
    ])('lets in a pod %s', async (_name, shape) => {
      expect(await create(shape)).toBe('pod/one created (server dry run)\n')
    })

    test('knows a service account that was made just before its pod', async () => {
      for (let round = 0; round < 5; round += 1) {
        const name = `new-${round}`
        const made = {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name, namespace: 'shop', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
        }
        await cluster.kubectl.apply(made)
        expect(await create({ account: name })).toContain('denied request')
      }
    })

    test('costs little where a namespace has 200 service accounts', async () => {
      const accounts = Array.from({ length: 200 }, (_, index) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: `one-of-many-${index}`, namespace: 'shop' },
      }))
      await cluster.kubectl.apply(...accounts)
      const pod = (account: string) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'one' },
        spec: { serviceAccountName: account, containers: [{ name: 'app', image: 'x' }] },
      })
      const took = async (namespace: string, account: string, status: number): Promise<number> => {
        const times: number[] = []
        for (let round = 0; round < 21; round += 1) {
          const began = performance.now()
          const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`
          const answer = await cluster.apiServer.ask(path, { method: 'POST', body: pod(account) })
          expect(answer.status, answer.text).toBe(status)
          times.push(performance.now() - began)
        }
        return times.toSorted((one, other) => one - other)[10] ?? 0
      }
      const [guarded, free] = [await took('shop', 'orders', 403), await took('left-out', 'orders', 201)]
      console.log(
        `note: a pod among 200 service accounts: ${guarded.toFixed(0)} ms with the guard, ${free.toFixed(0)} ms without`,
      )
      expect(guarded).toBeLessThan(1000)
    })

    test('with a selector, guards only what it picks', async () => {
      await cluster.kubectl.apply(
        ...planGuard({ selector: 'guard=strict', excludedNamespaces: [], annotationPrefix: 'eks.amazonaws.com' }),
      )
      await eventually('a pod of an account that is not picked', async () => /created/.test(await create({})))
      await cluster.kubectl('label', 'serviceaccount', 'orders', '-n', 'shop', 'guard=strict')
      await eventually('a refusal', async () => /denied request/.test(await create({})))
    })
  })
})
