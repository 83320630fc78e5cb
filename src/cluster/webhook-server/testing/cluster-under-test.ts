import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Kind = 'serviceaccounts' | 'configmaps'
interface Stored {
  readonly apiVersion: 'v1'
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
}
const KINDS = { serviceaccounts: 'ServiceAccount', configmaps: 'ConfigMap' } as const satisfies Record<Kind, string>
interface Stream {
  readonly kind: Kind
  readonly response: ServerResponse
}

/** As much of an API server as the webhook asks: service accounts and ConfigMaps in memory, lists, watches, single objects; and its bad days. */
export interface ClusterUnderTest {
  readonly url: string
  /** `GET /api/v1/…`, in order; watches with `?watch`. */
  readonly requests: string[]
  /** How it behaves at the moment. */
  readonly mood: Mood
  putAccount(name: string, annotations?: Readonly<Record<string, string>>, made?: Date): void
  removeAccount(name: string): void
  putConfigMap(data: Readonly<Record<string, string>>, name?: string): void
  removeConfigMap(name?: string): void
  /** Watches that are open. */
  streams(): number
  /** Ends all watches, in the middle of the word. */
  breakStreams(): void
  /** Says on all watches that their resource version is too old, and ends them. */
  sayGone(): void
  stop(): Promise<void>
  /** Again on the same port. */
  start(): Promise<void>
}

export interface Mood {
  /** Watches that are open tell nothing of changes; those opened later tell of them first. */
  isSilent: boolean
  /** Milliseconds before single objects are answered. */
  delayOfOne: number
  /** Status of answers to questions for single objects; 200 is none. */
  statusOfOne: number
  /** Lists are refused with it. */
  statusOfLists: number
}

/** Names are `namespace/name`. */
export async function startCluster(): Promise<ClusterUnderTest> {
  const stored: Record<Kind, Map<string, Stored>> = { serviceaccounts: new Map(), configmaps: new Map() }
  const streams = new Set<Stream>()
  const mood: Mood = { isSilent: false, delayOfOne: 0, statusOfOne: 200, statusOfLists: 200 }
  const requests: string[] = []
  const history: Happened[] = []
  let version = 1
  let [server, port]: [Server | undefined, number] = [undefined, 0]

  const tell = (kind: Kind, type: string, object: Stored): void => {
    const line = `${JSON.stringify({ type, object })}\n`
    history.push({ kind, version, line })
    for (const stream of streams)
      if (stream.kind === kind && !mood.isSilent && !stream.response.writableEnded) stream.response.write(line)
  }
  const put = (kind: Kind, key: string, rest: Omit<Partial<Stored>, 'metadata'>, more: object): void => {
    const [namespace = '', name = ''] = key.split('/')
    version += 1
    const isNew = !stored[kind].has(key)
    const creationTimestamp = stored[kind].get(key)?.metadata.creationTimestamp ?? new Date().toISOString()
    const object: Stored = {
      apiVersion: 'v1',
      kind: KINDS[kind],
      metadata: { name, namespace, resourceVersion: String(version), creationTimestamp, ...more },
      ...rest,
    }
    stored[kind].set(key, object)
    tell(kind, isNew ? 'ADDED' : 'MODIFIED', object)
  }
  const remove = (kind: Kind, key: string): void => {
    const object = stored[kind].get(key)
    version += 1
    if (object === undefined || !stored[kind].delete(key)) return
    tell(kind, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } })
  }
  const parts = { stored, streams, mood, requests, history, version: () => String(version) }
  const start = async (): Promise<void> => {
    server = createServer((request, response) => answer(request, response, parts))
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mood,
    putAccount: (key, annotations = {}, made) =>
      put(
        'serviceaccounts',
        key,
        {},
        { annotations, ...(made === undefined ? {} : { creationTimestamp: made.toISOString() }) },
      ),
    removeAccount: (key) => remove('serviceaccounts', key),
    putConfigMap: (data, name = 'eks/pod-identity-webhook') => put('configmaps', name, { data }, {}),
    removeConfigMap: (name = 'eks/pod-identity-webhook') => remove('configmaps', name),
    streams: () => streams.size,
    breakStreams: () => {
      for (const { response } of streams) response.destroy()
    },
    sayGone: () => {
      const object = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' }
      history.length = 0
      for (const { response } of streams) response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
    },
    stop: async () => {
      server?.closeAllConnections()
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
      server = undefined
    },
    start,
  }
}

interface Happened {
  readonly kind: Kind
  readonly version: number
  readonly line: string
}

interface Parts {
  readonly history: readonly Happened[]
  readonly stored: Readonly<Record<Kind, ReadonlyMap<string, Stored>>>
  readonly streams: Set<Stream>
  readonly mood: Mood
  readonly requests: string[]
  readonly version: () => string
}

function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x')
  const found = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/(serviceaccounts|configmaps)(?:\/([^/]+))?$/.exec(pathname)
  const isWatch = searchParams.has('watch')
  parts.requests.push(`${request.method} ${pathname}${isWatch ? '?watch' : ''}`)
  const [, namespace, kind = 'serviceaccounts', name] = found ?? []
  const place = { kind: kind as Kind, namespace }
  if (found === null) refuse(response, 404, 'NotFound')
  else if (name !== undefined) answerOne(response, parts, { ...place, key: `${namespace}/${name}` })
  else if (isWatch) openStream(response, parts, { ...place, searchParams })
  else answerList(response, parts, { ...place, searchParams })
}

function answerOne(
  response: ServerResponse,
  { stored, mood }: Parts,
  { kind, key }: { readonly kind: Kind; readonly key: string },
): void {
  setTimeout(() => {
    const object = stored[kind].get(key)
    if (mood.statusOfOne !== 200) refuse(response, mood.statusOfOne, 'InternalError')
    else if (object === undefined) refuse(response, 404, 'NotFound')
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(object))
  }, mood.delayOfOne)
}

function openStream(
  response: ServerResponse,
  { streams, stored, history, version }: Parts,
  { kind, searchParams }: Listing,
): void {
  const stream = { kind, response }
  const from = Number(searchParams.get('resourceVersion'))
  response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders()
  // SPEC: a streaming list, as Go's client asks for one: everything that there is, then a bookmark that says so.
  if (searchParams.get('sendInitialEvents') === 'true') {
    for (const object of stored[kind].values()) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`)
    const metadata = { resourceVersion: version(), annotations: { 'k8s.io/initial-events-end': 'true' } }
    response.write(
      `${JSON.stringify({ type: 'BOOKMARK', object: { apiVersion: 'v1', kind: KINDS[kind], metadata } })}\n`,
    )
  } else
    for (const happened of history) if (happened.kind === kind && happened.version > from) response.write(happened.line)
  streams.add(stream)
  response.once('close', () => streams.delete(stream))
}

interface Listing {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly searchParams: URLSearchParams
}

function answerList(
  response: ServerResponse,
  { stored, mood, version }: Parts,
  { kind, namespace, searchParams }: Listing,
): void {
  if (mood.statusOfLists !== 200) {
    refuse(response, mood.statusOfLists, 'InternalError')
    return
  }
  const all = [...stored[kind].values()].filter(
    ({ metadata }) => (namespace ?? metadata.namespace) === metadata.namespace,
  )
  const from = Number(searchParams.get('continue') ?? 0)
  const upTo = from + Number(searchParams.get('limit') ?? all.length)
  const metadata = { resourceVersion: version(), ...(upTo < all.length ? { continue: String(upTo) } : {}) }
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ kind: `${KINDS[kind]}List`, apiVersion: 'v1', metadata, items: all.slice(from, upTo) }))
}

function refuse(response: ServerResponse, code: number, reason: string): void {
  response.writeHead(code, { 'Content-Type': 'application/json' })
  response.end(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'said so', reason, code }),
  )
}
