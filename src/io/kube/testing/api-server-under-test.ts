import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock, systemRandomness } from '../../host/index.ts'
import { logTo } from '../../host/testing/logs.ts'
import { createKube, type Kube, type KubeAccess, type KubeHost, type KubeLimits } from '../index.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers one request; gives a value for JSON with status 200, or answers by itself. */
export type Answer = (asked: Asked, response: ServerResponse) => unknown

/** An API server that says what a test lets it say: for shapes on the wire, and for what a real one does too seldom. */
export interface ApiServerUnderTest {
  readonly port: number
  readonly access: KubeAccess
  readonly asked: Asked[]
  readonly logged: { level: string; fields: Readonly<Record<string, unknown>>; message: string }[]
  answer: Answer
  /** Connections that are open, or were. */
  connections(): number
  kube(more?: { readonly access?: Partial<KubeAccess>; readonly limits?: Partial<KubeLimits> }): Kube
  host(limits?: Partial<KubeLimits>): KubeHost
  close(): Promise<void>
}

export async function startApiServer(answer: Answer = () => ({})): Promise<ApiServerUnderTest> {
  const kubes: Kube[] = []
  let connections = 0
  const server = createServer((request, response) => void respond(request, response))
  server.on('connection', () => {
    connections += 1
  })
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const url = new URL(request.url ?? '', 'http://x')
    const asked: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(pieces).toString('utf8'),
    }
    running.asked.push(asked)
    const value = running.answer(asked, response)
    if (value !== undefined) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const logged: ApiServerUnderTest['logged'] = []
  const access: KubeAccess = {
    server: `http://127.0.0.1:${port}`,
    trust: { kind: 'system' },
    credentials: { kind: 'none' },
  }
  const host = (limits: Partial<KubeLimits> = {}): KubeHost => ({
    clock: systemClock,
    randomness: systemRandomness,
    log: logTo((fields, message, level) => void logged.push({ level, fields, message })),
    environment: {},
    limits: { backoffMilliseconds: 20, ...limits },
  })
  const running: ApiServerUnderTest = {
    port,
    access,
    asked: [],
    logged,
    answer,
    connections: () => connections,
    host,
    kube: (more = {}) => {
      const kube = createKube({ ...access, ...more.access }, host(more.limits))
      kubes.push(kube)
      return kube
    },
    close: async () => {
      await Promise.all(kubes.map((kube) => kube.close()))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return running
}

/** Answers with a `Status`, as an API server refuses. */
export function refuse(response: ServerResponse, code: number, reason: string, message = 'said so'): void {
  response.writeHead(code, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }))
}

export const serviceAccount = (name: string, annotations: Readonly<Record<string, string>> = {}, version = '1') => ({
  metadata: { name, namespace: 'shop', resourceVersion: version, annotations },
})

/** Waits until it holds, ten seconds at most. */
export async function eventually(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    if (waited > 10_000) throw new Error('it never came to hold')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
