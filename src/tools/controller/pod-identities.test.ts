import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, parseServiceAccountRef, type ServiceAccountRef, seconds } from '../../core/index.ts'
import type { ListAssociations } from '../../io/aws/index.ts'
import { logTo } from '../../io/host/testing/logs.ts'
import {
  type ApiServerUnderTest,
  type Asked,
  eventually,
  refuse,
  startApiServer,
} from '../../io/kube/testing/api-server-under-test.ts'
import { renderIdentities, writeIdentities } from './identities-map.ts'
import { followPodIdentities, type PodIdentities, waitSeconds } from './pod-identities.ts'

const MAP = { namespace: 'openirsa-webhook', name: 'openirsa-pod-identities', clusterName: 'my-cluster' }
const PATH = '/api/v1/namespaces/openirsa-webhook/configmaps'
const refs = (...names: readonly string[]): readonly ServiceAccountRef[] =>
  names.flatMap((name) => parseServiceAccountRef(name) ?? [])

let server: ApiServerUnderTest
/** The ConfigMap that the server has; every write is checked as an API server does it. */
let stored: Record<string, unknown> | undefined
let running: PodIdentities | undefined

beforeEach(async () => {
  stored = undefined
  server = await startApiServer()
  server.answer = (asked, response) => {
    if (asked.method === 'POST') return store(asked, '1')
    if (stored === undefined) return refuse(response, 404, 'NotFound')
    if (asked.method === 'GET') return stored
    const { resourceVersion } = metadataOf(stored)
    const sent = metadataOf(JSON.parse(asked.body))
    if (sent.resourceVersion !== resourceVersion) return refuse(response, 409, 'Conflict')
    return store(asked, `${Number(resourceVersion) + 1}`)
  }
})
afterEach(async () => {
  await running?.close()
  running = undefined
  await server.close()
})

// biome-ignore lint/suspicious/noExplicitAny: what the test looks at is asserted
const metadataOf = (object: Record<string, any>): Record<string, any> => object.metadata
function store({ body }: Asked, resourceVersion: string): Record<string, unknown> {
  const object = JSON.parse(body) as Record<string, unknown>
  stored = { ...object, metadata: { ...metadataOf(object), resourceVersion } }
  return stored
}
const writes = () => server.asked.filter(({ method }) => method !== 'GET')
const listed = (): unknown => {
  const data = stored?.data as Record<string, string> | undefined
  return data === undefined ? undefined : JSON.parse(data['identities.json'] ?? '')
}

describe('the list', () => {
  it('is one text, whatever the order and how often each is named', () => {
    const text = renderIdentities(refs('shop/orders', 'lab/b', 'lab/a', 'shop/orders'))
    expect(text).toBe(renderIdentities(refs('lab/a', 'shop/orders', 'lab/b')))
    expect(JSON.parse(text)).toEqual({
      identities: [
        { namespace: 'lab', serviceAccount: 'a' },
        { namespace: 'lab', serviceAccount: 'b' },
        { namespace: 'shop', serviceAccount: 'orders' },
      ],
    })
    expect(JSON.parse(renderIdentities([]))).toEqual({ identities: [] })
  })
})

describe('the ConfigMap', () => {
  it('is made when it is missing, with whose it is on it', async () => {
    expect(await writeIdentities(server.kube(), MAP, refs('shop/orders'))).toEqual({ kind: 'created' })
    expect(metadataOf(stored ?? {})).toMatchObject({
      labels: { 'app.kubernetes.io/managed-by': 'openirsa-controller' },
      annotations: { 'openirsa.dev/cluster-name': 'my-cluster' },
    })
    expect(listed()).toEqual({ identities: [{ namespace: 'shop', serviceAccount: 'orders' }] })
  })

  it('is not written when it says the same, so that two writers are quiet', async () => {
    const [one, other] = [server.kube(), server.kube()]
    await writeIdentities(one, MAP, refs('shop/orders', 'lab/a'))
    expect(await writeIdentities(other, MAP, refs('lab/a', 'shop/orders'))).toEqual({ kind: 'same' })
    expect(await writeIdentities(one, MAP, refs('lab/a', 'shop/orders'))).toEqual({ kind: 'same' })
    expect(writes()).toHaveLength(1)
  })

  it('keeps what others wrote beside the list', async () => {
    await writeIdentities(server.kube(), MAP, refs('shop/orders'))
    stored = { ...stored, data: { ...(stored?.data as object), more: 'x' } }
    metadataOf(stored).labels.team = 'platform'
    expect(await writeIdentities(server.kube(), MAP, [])).toEqual({ kind: 'changed' })
    expect(stored).toMatchObject({ data: { more: 'x' }, metadata: { labels: { team: 'platform' } } })
    expect(listed()).toEqual({ identities: [] })
  })

  it('that somebody changed in between is not written over', async () => {
    await writeIdentities(server.kube(), MAP, refs('shop/orders'))
    const before = server.answer
    server.answer = (asked, response) => {
      const answer = before(asked, response)
      if (asked.method === 'GET')
        stored = { ...stored, metadata: { ...metadataOf(stored ?? {}), resourceVersion: '7' } }
      return answer
    }
    await expect(writeIdentities(server.kube(), MAP, [])).rejects.toMatchObject({ reason: 'conflict' })
    expect(listed()).toEqual({ identities: [{ namespace: 'shop', serviceAccount: 'orders' }] })
  })

  it.each<[string, object]>([
    ['no label of ours', { annotations: { 'openirsa.dev/cluster-name': 'my-cluster' } }],
    ['the label of another', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
    [
      'the associations of another cluster',
      {
        labels: { 'app.kubernetes.io/managed-by': 'openirsa-controller' },
        annotations: { 'openirsa.dev/cluster-name': 'other' },
      },
    ],
  ])('with %s is left alone', async (_what, metadata) => {
    stored = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...MAP, resourceVersion: '1', ...metadata } }
    expect(await writeIdentities(server.kube(), MAP, refs('shop/orders'))).toMatchObject({ kind: 'foreign' })
    expect(writes()).toEqual([])
  })

  it('in a namespace that is not there is a failure that names the namespace', async () => {
    server.answer = (_asked, response) => refuse(response, 404, 'NotFound')
    await expect(writeIdentities(server.kube(), MAP, [])).rejects.toThrow(
      'the namespace openirsa-webhook does not exist',
    )
    expect(writes().map(({ path }) => path)).toEqual([PATH])
  })
})

describe('following', () => {
  const logged: string[] = []
  const log = logTo((fields, message) => void logged.push(`${message} ${JSON.stringify(fields)}`))

  function follow(list: ListAssociations): PodIdentities {
    logged.length = 0
    running = followPodIdentities({ kube: server.kube(), map: MAP, list, interval: seconds(0.02), log })
    return running
  }

  it('writes what EKS lists, and again when that has changed', async () => {
    let now = refs('shop/orders')
    await follow(async () => now).settled()
    expect(listed()).toEqual({ identities: [{ namespace: 'shop', serviceAccount: 'orders' }] })
    now = []
    await eventually(() => writes().length === 2)
    expect(listed()).toEqual({ identities: [] })
  })

  it('keeps the last list while EKS cannot be asked, says so once, and goes on afterwards', async () => {
    let isAway = false
    let asked = 0
    const list = async () => {
      asked += 1
      if (isAway) throw new ConfigError('EKS is away')
      return asked === 1 ? refs('shop/orders') : refs('shop/carts')
    }
    await follow(list).settled()
    isAway = true
    await eventually(() => asked >= 4)
    expect(listed()).toEqual({ identities: [{ namespace: 'shop', serviceAccount: 'orders' }] })
    expect(logged.filter((line) => line.includes('EKS is away'))).toHaveLength(1)
    isAway = false
    await eventually(() => writes().length === 2)
    expect(listed()).toEqual({ identities: [{ namespace: 'shop', serviceAccount: 'carts' }] })
    // The line is written after the ConfigMap.
    await eventually(() => logged.some((line) => line.includes('can be written again')))
  })

  it('tells of a foreign ConfigMap, and never writes to it', async () => {
    stored = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...MAP, resourceVersion: '1' } }
    await follow(async () => refs('shop/orders')).settled()
    expect(logged.join()).toContain("is not the controller's")
    expect(writes()).toEqual([])
  })

  it('waits twice as long after each failure, five minutes at most, and never less than the interval', () => {
    expect([0, 1, 2, 3, 10].map((failures) => waitSeconds(15, failures))).toEqual([15, 30, 60, 120, 300])
    expect(waitSeconds(600, 4)).toBe(600)
  })
})
