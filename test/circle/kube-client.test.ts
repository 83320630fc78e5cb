import { afterAll, beforeAll, expect, test } from 'vitest'
import { seconds } from '../../src/core/index.ts'
import { systemClock, systemRandomness } from '../../src/io/host/index.ts'
import { SILENT_LOG as log } from '../../src/io/host/testing/logs.ts'
import {
  createKube,
  type FollowState,
  type Kube,
  KubeError,
  RESOURCES,
  readKubeconfig,
} from '../../src/io/kube/index.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'

const ROLE = 'eks.amazonaws.com/role-arn'
const ACCOUNTS = 300
const AUDIENCES = ['sts.amazonaws.com'] as const

const reasonOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => expect.fail('nothing was refused'),
    (failure: unknown) => {
      expect(failure).toBeInstanceOf(KubeError)
      return (failure as KubeError).reason
    },
  )
const serviceAccount = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'shop', annotations: { [ROLE]: `arn:aws:iam::111122223333:role/${name}` } },
})
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: { serviceAccountName: 'orders', containers: [{ name: 'main', image: 'local.test/none:1' }] },
})

describeWithApiServer('the Kubernetes client, on a real API server', () => {
  let cluster: ControlPlane
  let kube: Kube
  beforeAll(async () => {
    cluster = await startControlPlane()
    const host = { clock: systemClock, randomness: systemRandomness, log, environment: {} }
    kube = createKube(await readKubeconfig({ path: cluster.kubeconfig }), host)
    const metadata = { name: 'shop' }
    await kube.create(RESOURCES.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata })
    for (const name of ['orders', ...Array.from({ length: ACCOUNTS }, (_, at) => `account-${at}`)])
      await kube.create(RESOURCES.serviceAccounts, serviceAccount(name))
  })
  afterAll(async () => {
    await kube?.close()
    await cluster?.stop()
  })

  test('lists page by page what it lists at once', async () => {
    const keep = ({ metadata }: { metadata: { name: string } }) => metadata.name
    const selection = { namespace: 'shop', keep }
    const paged = await kube.list(RESOURCES.serviceAccounts, { ...selection, pageSize: 7 })
    const whole = await kube.list(RESOURCES.serviceAccounts, { ...selection, pageSize: 10_000 })
    expect(paged.items.length).toBeGreaterThan(ACCOUNTS)
    expect(paged.items).toEqual(whole.items)
  })

  test('says why, for each kind of refusal', async () => {
    const at = { namespace: 'shop', name: 'orders' }
    expect(await reasonOf(kube.get(RESOURCES.pods, { namespace: 'shop', name: 'none' }))).toBe('not-found')
    expect(await reasonOf(kube.create(RESOURCES.serviceAccounts, serviceAccount('orders')))).toBe('already-exists')
    expect(await reasonOf(kube.create(RESOURCES.serviceAccounts, serviceAccount('No Name')))).toBe('invalid')
    const found = await kube.get(RESOURCES.serviceAccounts, at)
    const document = { ...serviceAccount('orders'), metadata: { ...found.metadata, resourceVersion: '1' } }
    expect(await reasonOf(kube.replace(RESOURCES.serviceAccounts, document))).toBe('conflict')
    expect(await reasonOf(kube.remove(RESOURCES.serviceAccounts, at, { preconditions: { uid: 'x' } }))).toBe('conflict')
    const wrong = createKube(
      { ...kube.access, credentials: { kind: 'none' } },
      { clock: systemClock, randomness: systemRandomness, log, environment: {} },
    )
    expect(['unauthorized', 'forbidden']).toContain(await reasonOf(wrong.get(RESOURCES.serviceAccounts, at)))
    await wrong.close()
  })

  test('a dry run keeps nothing; a patch and an apply do what they say', async () => {
    const at = { namespace: 'shop', name: 'orders' }
    const document = { metadata: { labels: { tried: 'yes' } } }
    const tried = await kube.patch(RESOURCES.serviceAccounts, at, { kind: 'merge', document, dryRun: 'all' })
    expect(tried.metadata.labels).toEqual({ tried: 'yes' })
    expect((await kube.get(RESOURCES.serviceAccounts, at)).metadata.labels).toBeUndefined()
    await kube.patch(RESOURCES.serviceAccounts, at, {
      kind: 'json',
      operations: [{ op: 'add', path: '/metadata/labels', value: { added: 'yes' } }],
    })
    const map = (value: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm' },
      data: { a: value },
    })
    const mapRef = { namespace: 'shop', name: 'm' }
    await kube.patch(RESOURCES.configMaps, mapRef, { kind: 'apply', document: map('1') })
    const other = { kind: 'apply', document: map('2'), fieldManager: 'other' } as const
    expect(await reasonOf(kube.patch(RESOURCES.configMaps, mapRef, other))).toBe('conflict')
    const taken = await kube.patch(RESOURCES.configMaps, mapRef, { ...other, force: 'force' })
    expect(taken.data).toEqual({ a: '2' })
  })

  test('a token is asked for, reviewed for its audience, and ends with its pod within the time that is promised', async () => {
    const made = await kube.create(RESOURCES.pods, pod('one'))
    const { token } = await kube.requestToken(
      { namespace: 'shop', name: 'orders' },
      {
        audiences: AUDIENCES,
        expirationSeconds: seconds(3600),
        boundTo: { kind: 'Pod', name: 'one', uid: made.metadata.uid ?? '' },
      },
    )
    expect(await kube.reviewToken(token, { audiences: AUDIENCES })).toMatchObject({
      outcome: 'authenticated',
      username: 'system:serviceaccount:shop:orders',
      audiences: ['sts.amazonaws.com'],
      extra: { 'authentication.kubernetes.io/pod-name': ['one'] },
    })
    expect((await kube.reviewToken(token, { audiences: ['other'] })).outcome).toBe('refused')
    await kube.remove(RESOURCES.pods, { namespace: 'shop', name: 'one' }, { gracePeriodSeconds: seconds(0) })
    const began = performance.now()
    await eventually('the refusal', async () => {
      const { outcome } = await kube.reviewToken(token, { audiences: AUDIENCES })
      return outcome === 'refused'
    })
    console.log(`note: TokenReview refuses ${((performance.now() - began) / 1000).toFixed(1)} s after the pod's end`)
    expect(performance.now() - began).toBeLessThan(11_000)
  })

  test('follows changes, keeps what it knows while the API server is away, and catches up by itself', async () => {
    const states: FollowState['kind'][] = []
    const follower = kube.follow(RESOURCES.serviceAccounts, {
      namespace: 'shop',
      pageSize: 50,
      keep: ({ metadata }) => metadata.annotations?.[ROLE],
      onState: ({ kind }) => states.push(kind),
    })
    await follower.synced()
    expect(follower.values.size).toBe(ACCOUNTS + 1)
    const set = (name: string, role: string) =>
      kube.patch(
        RESOURCES.serviceAccounts,
        { namespace: 'shop', name },
        { kind: 'merge', document: { metadata: { annotations: { [ROLE]: role } } } },
      )
    await set('orders', 'arn:1')
    await eventually('the change', () => follower.values.get('shop/orders') === 'arn:1')
    await cluster.apiServer.restart()
    expect(follower.values.size).toBe(ACCOUNTS + 1)
    await set('orders', 'arn:2')
    await kube.remove(RESOURCES.serviceAccounts, { namespace: 'shop', name: 'account-0' })
    await eventually('the change after the restart', () => follower.values.get('shop/orders') === 'arn:2')
    await eventually('the removal', () => !follower.values.has('shop/account-0'))
    await eventually('the stream', () => follower.state().kind === 'synced')
    expect(states.filter((kind, at) => kind !== states[at - 1])).toEqual(['synced', 'stale', 'synced'])
  })

  test('the pages beside the API proper are text', async () => {
    expect(await kube.text('/readyz')).toBe('ok')
    expect(await kube.text('/openid/v1/jwks')).toContain('"kid"')
    expect(await kube.text('/.well-known/openid-configuration')).toContain(cluster.issuer)
  })
})
