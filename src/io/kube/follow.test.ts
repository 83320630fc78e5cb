import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Change, type FollowState, RESOURCES } from './index.ts'
import {
  type ApiServerUnderTest,
  eventually,
  refuse,
  serviceAccount,
  startApiServer,
} from './testing/api-server-under-test.ts'

let api: ApiServerUnderTest
/** What a list says, by name; and the streams that are open. */
let objects: Map<string, ReturnType<typeof serviceAccount>>
let streams: ServerResponse[]
let version: number

beforeEach(async () => {
  objects = new Map()
  streams = []
  version = 10
  api = await startApiServer(({ query }, response) => {
    if (!query.has('watch')) return { metadata: { resourceVersion: String(version) }, items: [...objects.values()] }
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders()
    streams.push(response)
    return undefined
  })
})
afterEach(() => api.close())

const put = (name: string, role: string) => objects.set(name, serviceAccount(name, { role }))
const send = (type: string, object: unknown) => streams.at(-1)?.write(`${JSON.stringify({ type, object })}\n`)
const keep = ({ metadata }: { metadata: { annotations?: Readonly<Record<string, string>> } }) =>
  metadata.annotations?.role

function followed(more: { readonly silenceMilliseconds?: number; readonly eventBytes?: number } = {}) {
  const changes: Change<string>[] = []
  const states: FollowState['kind'][] = []
  const follower = api.kube({ limits: more }).follow(RESOURCES.serviceAccounts, {
    keep,
    onChange: (change) => changes.push(change),
    onState: ({ kind }) => states.push(kind),
  })
  return { follower, changes, states, values: () => Object.fromEntries(follower.values) }
}

describe('following objects', () => {
  it('a list comes first, then every change; what is not kept is not there', async () => {
    put('a', '1')
    objects.set('b', serviceAccount('b'))
    const { follower, changes, states, values } = followed()
    expect(follower.state()).toEqual({ kind: 'starting' })
    await follower.synced()
    expect(values()).toEqual({ 'shop/a': '1' })
    await eventually(() => streams.length === 1)
    const query = api.asked.at(-1)?.query
    expect([query?.get('resourceVersion'), query?.get('allowWatchBookmarks')]).toEqual(['10', 'true'])
    send('ADDED', serviceAccount('c', { role: '3' }, '11'))
    send('MODIFIED', serviceAccount('a', { role: '1' }, '12'))
    send('MODIFIED', serviceAccount('a', {}, '13'))
    send('DELETED', serviceAccount('c', { role: '3' }, '14'))
    await eventually(() => changes.length === 4)
    expect(changes).toEqual([
      { key: 'shop/a', now: '1' },
      { key: 'shop/c', now: '3' },
      { key: 'shop/a', before: '1' },
      { key: 'shop/c', before: '3' },
    ])
    expect(values()).toEqual({})
    expect(states).toEqual(['synced'])
    await follower.close()
    expect(follower.state()).toEqual({ kind: 'closed' })
  })

  it('an event that comes in pieces is put together, several in one piece are taken apart', async () => {
    const { follower, values } = followed()
    await eventually(() => streams.length === 1)
    const lines = ['a', 'ä', 'c'].map((role, at) =>
      JSON.stringify({ type: 'ADDED', object: serviceAccount(`n${at}`, { role }) }),
    )
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    const cut = bytes.indexOf(0xc3) + 1
    streams[0]?.write(bytes.subarray(0, cut))
    await new Promise((resolve) => setTimeout(resolve, 20))
    streams[0]?.write(bytes.subarray(cut))
    await eventually(() => follower.values.size === 3)
    expect(values()).toEqual({ 'shop/n0': 'a', 'shop/n1': 'ä', 'shop/n2': 'c' })
  })

  it('a stream that ends is opened anew from the last bookmark, and nothing counts as stale', async () => {
    const { states } = followed()
    await eventually(() => streams.length === 1)
    send('BOOKMARK', { kind: 'ServiceAccount', metadata: { resourceVersion: '99' } })
    streams[0]?.end()
    await eventually(() => streams.length === 2)
    expect(api.asked.map(({ query }) => query.get('resourceVersion'))).toEqual([null, '10', '99'])
    expect(states).toEqual(['synced'])
  })

  it('what is too old, as an answer or as an event, is listed anew, and its changes are told', async () => {
    put('a', '1')
    put('b', '1')
    const { changes, states } = followed()
    await eventually(() => streams.length === 1)
    objects.delete('a')
    put('b', '2')
    put('c', '1')
    send('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' })
    await eventually(() => streams.length === 2)
    expect(changes.slice(2)).toEqual([
      { key: 'shop/a', before: '1' },
      { key: 'shop/b', before: '1', now: '2' },
      { key: 'shop/c', now: '1' },
    ])
    expect(states).toEqual(['synced'])
  })

  it('a stream that breaks is stale until it is there again; what is known stays', async () => {
    put('a', '1')
    const { follower, states, values } = followed()
    await eventually(() => streams.length === 1)
    const answer = api.answer
    api.answer = (_asked, response) => refuse(response, 503, 'ServiceUnavailable')
    streams[0]?.destroy()
    await eventually(() => follower.state().kind === 'stale')
    await eventually(() => api.asked.length > 8)
    expect(follower.state()).toMatchObject({ kind: 'stale', failure: { reason: 'unavailable' } })
    expect(values()).toEqual({ 'shop/a': '1' })
    put('b', '2')
    api.answer = answer
    await eventually(() => follower.state().kind === 'synced')
    expect(values()).toEqual({ 'shop/a': '1', 'shop/b': '2' })
    expect(states.filter((kind, at) => kind !== states[at - 1])).toEqual(['synced', 'stale', 'synced'])
    // Told once, not with every attempt.
    expect(api.logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  it('an API server that cannot be asked at the start is asked until it can; the reason is told meanwhile', async () => {
    const answer = api.answer
    api.answer = (_asked, response) => refuse(response, 403, 'Forbidden', 'you may not')
    const { follower } = followed()
    await eventually(() => api.asked.length > 2)
    expect(follower.state()).toMatchObject({ kind: 'starting', failure: { reason: 'forbidden' } })
    api.answer = answer
    await follower.synced()
  })

  it('what became too old while the API server was away is listed at once when it is back, and was stale all the time', async () => {
    put('a', '1')
    const { follower, states } = followed()
    await eventually(() => streams.length === 1)
    const answer = api.answer
    api.answer = (_asked, response) => refuse(response, 503, 'ServiceUnavailable')
    streams[0]?.destroy()
    await eventually(() => api.asked.length > 4)
    let isOld = true
    put('a', '2')
    api.answer = (asked, response) => {
      if (!asked.query.has('watch') || !isOld) return answer(asked, response)
      isOld = false
      return void response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`)
    }
    await eventually(() => follower.values.get('shop/a') === '2')
    await eventually(() => follower.state().kind === 'synced')
    expect(states.filter((kind, at) => kind !== states[at - 1])).toEqual(['synced', 'stale', 'synced'])
  })

  it('what is too old again and again is not listed in a loop without a pause', async () => {
    const list = api.answer
    api.answer = (asked, response) =>
      asked.query.has('watch') ? refuse(response, 410, 'Expired') : list(asked, response)
    followed()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(api.asked.length).toBeLessThan(60)
  })

  it('a stream that is silent for too long is opened anew', async () => {
    followed({ silenceMilliseconds: 50 })
    await eventually(() => streams.length >= 3)
    expect(streams[0]?.destroyed).toBe(true)
  })

  it('a stream that ends at once is not asked for in a loop without a pause', async () => {
    const list = api.answer
    api.answer = (asked, response) => (asked.query.has('watch') ? void response.end() : list(asked, response))
    followed()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(api.asked.length).toBeLessThan(40)
  })

  it('an event that is none, or endless, begins a new list', async () => {
    followed({ eventBytes: 1000 })
    const faults = [
      '{"type":"ADDED"}\n',
      'not json\n',
      '{"type":"NEWS","object":{"metadata":{"name":"x"}}}\n',
      'x'.repeat(3000),
    ]
    for (const [at, fault] of faults.entries()) {
      await eventually(() => streams.length === at + 1)
      streams[at]?.write(fault)
    }
    await eventually(() => streams.length === faults.length + 1)
    expect(api.asked.filter(({ query }) => !query.has('watch'))).toHaveLength(faults.length + 1)
  })

  it("what a caller's own function throws is logged, and the following goes on", async () => {
    put('a', '1')
    put('b', '2')
    const follower = api.kube().follow(RESOURCES.serviceAccounts, {
      keep: (object) => {
        if (object.metadata.name === 'a') throw new Error('cannot read it')
        return 'kept'
      },
      onChange: () => {
        throw new Error('cannot take it')
      },
    })
    await follower.synced()
    expect([...follower.values]).toEqual([['shop/b', 'kept']])
    expect(api.logged.filter(({ level }) => level === 'error')).toHaveLength(2)
  })

  it('who waits for a first list hears when the follower is closed', async () => {
    api.answer = () => undefined
    const { follower } = followed()
    const waiting = follower.synced()
    await follower.close()
    await expect(waiting).rejects.toThrow('closed before it had a whole list')
  })
})
