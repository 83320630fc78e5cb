import type { Transaction } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../io/store/index.ts'
import { createObjects, ManifestError, type Objects } from './index.ts'
import { objectMigrations } from './tables.ts'

const clock = fixedClock('2026-01-02T03:04:05Z')
let store: Store
let objects: Objects

const open = () => createObjects({ store, clock, randomness: seededRandomness('objects') })

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  objects = await open()
  return () => store.close()
})

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const serviceAccount = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, ...metadata },
})
const podSpec = (serviceAccountName?: string) => ({
  containers: [{ name: 'app', image: 'app:1' }],
  ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
})
const pod = (name: string, spec: object = podSpec()) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec })
const deployment = (
  name: string,
  template: object = { metadata: { labels: { app: 'x' } }, spec: podSpec('later') },
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { selector: { matchLabels: { app: 'x' } }, template },
})
const annotated = (annotations: unknown) => serviceAccount('orders', { annotations })
const ROLE = 'eks.amazonaws.com/role-arn'

async function refusalOf(...documents: unknown[]): Promise<ManifestError> {
  const failure: unknown = await objects.applyManifest(documents).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(ManifestError)
  return failure as ManifestError
}

describe('applying', () => {
  it('says created, then unchanged, then configured', async () => {
    const outcomeOf = async (document: unknown) => (await objects.applyManifest([document]))[0]
    const first = annotated({ [ROLE]: 'arn:aws:iam::000000000000:role/a' })
    const wanted = { kind: 'ServiceAccount', namespace: 'default', name: 'orders' }
    expect(await outcomeOf(first)).toEqual({ ...wanted, outcome: 'created' })
    expect(await outcomeOf(first)).toEqual({ ...wanted, outcome: 'unchanged' })
    expect(await outcomeOf(annotated({ [ROLE]: 'arn:aws:iam::000000000000:role/b' }))).toEqual({
      ...wanted,
      outcome: 'configured',
    })
  })

  it('does not mind the order of members, nor whether the default namespace is written down', async () => {
    await objects.applyManifest([
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'a', labels: { x: '1', y: '2' } } },
    ])
    const again = {
      metadata: { labels: { y: '2', x: '1' }, namespace: 'default', name: 'a' },
      apiVersion: 'v1',
      kind: 'ServiceAccount',
    }
    expect((await objects.applyManifest([again]))[0]?.outcome).toBe('unchanged')
  })

  it('keeps the uid and the birth of a service account, and replaces its annotations', async () => {
    await objects.applyManifest([annotated({ [ROLE]: 'arn:aws:iam::000000000000:role/a', note: 'x' })])
    const before = await objects.findServiceAccount({ namespace: 'default', name: 'orders' })
    clock.advanceSeconds(60)
    await objects.applyManifest([annotated({ note: 'y' })])
    const after = await objects.findServiceAccount({ namespace: 'default', name: 'orders' })
    expect(before?.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(after).toEqual({ ...before, annotations: { note: 'y' } })
    expect(before?.annotations).toEqual({ [ROLE]: 'arn:aws:iam::000000000000:role/a', note: 'x' })
  })

  it('answers in the order of the documents, and finds a namespace that comes later', async () => {
    const applied = await objects.applyManifest([
      pod('p', podSpec('default')),
      serviceAccount('a', { namespace: 'shop' }),
      deployment('d'),
      namespace('shop'),
    ])
    expect(applied.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'Pod created',
      'ServiceAccount created',
      'Deployment created',
      'Namespace created',
    ])
    expect(applied[3]).not.toHaveProperty('namespace')
  })

  it('takes a List apart', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [namespace('shop'), serviceAccount('a', { namespace: 'shop' })],
    }
    expect((await objects.applyManifest([list])).map(({ name }) => name)).toEqual(['shop', 'a'])
  })

  it('does all of it or nothing', async () => {
    await refusalOf(serviceAccount('first'), serviceAccount('second', { namespace: 'nowhere' }))
    expect(await objects.findServiceAccount({ namespace: 'default', name: 'first' })).toBeUndefined()
  })
})

describe('service accounts', () => {
  it('`default` is there in every namespace, from its first moment', async () => {
    await objects.applyManifest([namespace('shop'), serviceAccount('orders', { namespace: 'shop' })])
    const all = await objects.listServiceAccounts()
    expect(all.map((each) => `${each.namespace}/${each.name}`)).toEqual([
      'default/default',
      'shop/default',
      'shop/orders',
    ])
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(3)
  })

  it('survive a restart', async () => {
    await objects.applyManifest([annotated({ a: 'b' })])
    const before = await objects.listServiceAccounts()
    objects = await open()
    expect(await objects.listServiceAccounts()).toEqual(before)
  })

  it('that nobody applied are not found', async () => {
    for (const ref of [
      { namespace: 'default', name: 'x' },
      { namespace: 'x', name: 'default' },
      { namespace: '', name: 'default' },
    ]) {
      expect(await objects.findServiceAccount(ref)).toBeUndefined()
    }
  })

  it('keep whatever an annotation says, to the letter', async () => {
    const annotations = {
      note: "x'; drop table cluster_objects; --",
      empty: '',
      unicode: '\u0000é𝄞',
      long: 'x'.repeat(10_000),
    }
    await objects.applyManifest([annotated(annotations)])
    expect((await objects.findServiceAccount({ namespace: 'default', name: 'orders' }))?.annotations).toEqual(
      annotations,
    )
  })
})

describe('what Kubernetes would not take', () => {
  it.each<[string, unknown, RegExp]>([
    ['no object', 'text', /^document 1 is no Kubernetes object$/],
    ['a list', [], /^document 1 is no Kubernetes object$/],
    ['null', null, /^document 1 is no Kubernetes object$/],
    ['no kind', { apiVersion: 'v1' }, /^document 1: `kind` must be the kind of a Kubernetes object, found nothing$/],
    ['an unknown kind', { apiVersion: 'v1', kind: 'Secret' }, /^document 1: the kind `Secret` is not known here$/],
    ['a kind out of the prototype', { apiVersion: 'v1', kind: 'constructor' }, /the kind `constructor` is not known/],
    [
      'another version',
      { ...deployment('d'), apiVersion: 'extensions/v1beta1' },
      /\(Deployment\): `apiVersion` must be `apps\/v1`, found `extensions/,
    ],
    [
      'no metadata',
      { apiVersion: 'v1', kind: 'Namespace' },
      /\(Namespace\): `metadata` must be an object, found nothing/,
    ],
    ['no name', { apiVersion: 'v1', kind: 'Namespace', metadata: {} }, /`metadata.name` must be a name of Kubernetes/],
    [
      'a generated name',
      { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'x-' } },
      /cannot use generateName with apply/,
    ],
    ['a name in capitals', serviceAccount('Orders'), /`metadata.name` must be .*, found `Orders`/],
    ['a name with a line end', serviceAccount('orders\n'), /`metadata.name` must be/],
    [
      'a name that is no text',
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 5 } },
      /found the number `5`/,
    ],
    [
      'a namespace within a namespace',
      { ...namespace('a'), metadata: { name: 'a', namespace: 'b' } },
      /lies in none, found `b`/,
    ],
    [
      'a namespace that is no name',
      serviceAccount('a', { namespace: 'a.b' }),
      /`metadata.namespace` must be the name of a namespace/,
    ],
    ['annotations in a list', annotated(['a']), /`metadata.annotations` must be an object, found a list/],
    [
      'an annotation that is true',
      annotated({ a: true }),
      /orders\): `metadata.annotations.a` must be a string, found the boolean `true`$/,
    ],
    ['an annotation key with a space', annotated({ 'a b': 'x' }), /qualified names of Kubernetes, found `a b`/],
    ['an annotation key with two slashes', annotated({ 'a/b/c': 'x' }), /qualified names/],
    ['too many bytes of annotations', annotated({ a: 'x'.repeat(262_144) }), /at most 262144 bytes together/],
    [
      'a label that is a number',
      serviceAccount('a', { labels: { a: 1 } }),
      /`metadata.labels.a` must be a string, found the number `1`/,
    ],
    [
      'a pod without specification',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
      /Pod default\/p\): `spec` must be an object/,
    ],
    [
      'a pod without containers',
      pod('p', { containers: [] }),
      /`spec.containers` must be a list of one container at least/,
    ],
    [
      'two containers of one name',
      pod('p', { containers: [{ name: 'a' }, { name: 'a' }] }),
      /`spec.containers\[1\].name` must be a name of its own/,
    ],
    [
      'a pod of an odd service account',
      pod('p', podSpec('A/b')),
      /`spec.serviceAccountName` must be the name of a service account, found `A\/b`/,
    ],
    [
      'a deployment without template',
      { ...deployment('d'), spec: { selector: {} } },
      /`spec.template` must be an object, found nothing/,
    ],
    [
      'a deployment without containers',
      deployment('d', { spec: {} }),
      /`spec.template.spec.containers` must be a list/,
    ],
    ['a list without items', { apiVersion: 'v1', kind: 'List' }, /`items` must be a list, found nothing/],
  ])('%s is refused with its place', async (_, document, message) => {
    expect((await refusalOf(document)).message).toMatch(message)
  })

  it('a namespace that is not there is named, with the way out', async () => {
    expect(await refusalOf(serviceAccount('a', { namespace: 'shop' }))).toMatchObject({
      message: 'document 1 (ServiceAccount shop/a): namespaces "shop" not found',
      hint: 'apply a Namespace `shop` with it, or before it',
    })
  })

  it('a pod of a service account that is not there is refused, a deployment is not', async () => {
    expect((await refusalOf(pod('p', podSpec('nobody')))).message).toContain(
      'error looking up service account default/nobody',
    )
    expect((await objects.applyManifest([deployment('d')]))[0]?.outcome).toBe('created')
  })

  it('an object that is there twice is refused', async () => {
    expect((await refusalOf(serviceAccount('a'), serviceAccount('a', { namespace: 'default' }))).message).toBe(
      'document 2 (ServiceAccount default/a) is there twice',
    )
  })

  it('the hint for a value without quotes is to quote it', async () => {
    expect((await refusalOf(annotated({ a: 86_400 }))).hint).toContain('quotes')
  })

  it('nesting without end is refused', async () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 5000; level += 1) deep = { deep }
    expect((await refusalOf({ ...serviceAccount('a'), deep })).message).toContain('nested too deeply')
  })

  it('a member called __proto__ changes nothing', async () => {
    const document: unknown = JSON.parse(
      '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"a","__proto__":{"annotations":{"x":"y"}}}}',
    )
    await objects.applyManifest([document])
    expect((await objects.findServiceAccount({ namespace: 'default', name: 'a' }))?.annotations).toEqual({})
    expect(({} as Record<string, unknown>).annotations).toBeUndefined()
  })
})

describe('clusters', () => {
  const of = (cluster: string) =>
    createObjects({ store, cluster, clock, randomness: seededRandomness(`objects of ${cluster}`) })
  const orders = { namespace: 'default', name: 'orders' }

  it('have objects of their own, each with the namespace default from the start', async () => {
    const [one, two] = [await of('one'), await of('two')]
    await one.applyManifest([serviceAccount('orders')])
    expect(await one.findServiceAccount(orders)).toMatchObject(orders)
    expect(await two.findServiceAccount(orders)).toBeUndefined()
    expect(await objects.findServiceAccount(orders)).toBeUndefined()
    await two.applyManifest([serviceAccount('orders')])
    expect((await two.findServiceAccount(orders))?.uid).not.toBe((await one.findServiceAccount(orders))?.uid)
    expect((await two.listServiceAccounts()).map(({ name }) => name)).toEqual(['default', 'orders'])
  })

  it('are cleared one by one', async () => {
    const [one, two] = [await of('one'), await of('two')]
    await one.applyManifest([serviceAccount('orders')])
    await two.applyManifest([serviceAccount('orders')])
    await one.clear()
    expect(await one.listServiceAccounts()).toEqual([])
    expect(await two.listServiceAccounts()).toHaveLength(2)
    expect(await objects.listServiceAccounts()).toHaveLength(1)
  })

  it('what an installation of one cluster had is the local cluster’s', async () => {
    const older = await openSqliteStore(':memory:')
    await older.migrate(objectMigrations.slice(0, 1))
    const manifest = JSON.stringify(serviceAccount('orders', { annotations: { [ROLE]: 'arn' } }))
    await older.transaction((tx: Transaction<{ cluster_objects: object }>) =>
      tx
        .insertInto('cluster_objects')
        .values({
          kind: 'ServiceAccount',
          namespace: 'default',
          name: 'orders',
          uid: 'u',
          created_at: 1,
          manifest,
        } as never)
        .execute(),
    )
    const opened = await createObjects({ store: older, clock, randomness: seededRandomness('older') })
    expect(await opened.findServiceAccount(orders)).toMatchObject({ uid: 'u', annotations: { [ROLE]: 'arn' } })
    await older.close()
  })
})
