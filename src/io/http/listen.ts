import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type HttpHead, splitTarget } from '../../core/index.ts'
import { isLoopback } from './addresses.ts'
import { bind, planAddresses } from './bind.ts'
import { type Connections, createConnections } from './connections.ts'
import { findHeadFault, HEAD_FAULTS, type HeadFault } from './head-rules.ts'
import type { ConnectionFacts, Listener, ListenLimits, ListenOptions, RefusalAnswer } from './model.ts'
import { renderRawAnswer, replyToMalformed } from './raw-answer.ts'

const LISTEN_LIMITS: ListenLimits = {
  headMilliseconds: 10_000,
  // Objects of gigabytes take their time; a body that stands still falls to the limit below.
  requestMilliseconds: 3_600_000,
  idleMilliseconds: 120_000,
  connections: 10_000,
}

/** Longer than a load balancer's, which would else send into a connection that is being closed. */
const KEEP_ALIVE_MILLISECONDS = 65_000
const LARGEST_HEAD_BYTES = 32 * 1024
const REQUESTS_PER_CONNECTION = 10_000
const DEFAULT_GRACE_SECONDS = 10
/** First byte of a TLS record that holds a ClientHello (RFC 8446 §5.1); no HTTP request begins with it. */
const TLS_HANDSHAKE = 0x16

/**
 * Serves HTTP and HTTPS on one port of all the addresses.
 * @throws ConfigError when the port is in use, or an address is not this machine's
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const limits = { ...LISTEN_LIMITS, ...options.limits }
  const connections = createConnections()
  const front = createFront(options, connections)
  const plain = harden(createHttpServer(SERVER_OPTIONS), limits)
  const secure = harden(createHttpsServer({ ...SERVER_OPTIONS, ...TLS_OPTIONS, ...options.tls }), limits)
  for (const server of [plain, secure]) {
    attach(server, front, options)
    // Nobody listens with these two, so that Node would not begin to watch their time limits by itself.
    server.emit('listening')
  }
  const accept = (socket: Socket): void => {
    connections.add(socket)
    socket.on('error', (failure) => options.log.debug({ reason: failure.message }, 'a connection broke'))
    sniff(socket, limits.headMilliseconds, (first) => {
      if (first === TLS_HANDSHAKE) secure.emit('connection', socket)
      else if (isLoopback(socket.localAddress ?? '')) plain.emit('connection', socket)
      else socket.end(renderRawAnswer(400, HEAD_FAULTS['https-required']))
    })
  }
  const servers = await bind(planAddresses(options.addresses), options.port, accept)
  for (const server of servers) server.maxConnections = limits.connections
  const port = (servers[0]?.address() as AddressInfo).port
  options.log.info({ port, addresses: options.addresses }, 'listening')
  let closing: Promise<void> | undefined
  return {
    port,
    close: (graceSeconds = DEFAULT_GRACE_SECONDS) => {
      closing ??= closeAll([...servers, plain, secure], connections, graceSeconds)
      return closing
    },
  }
}

const SERVER_OPTIONS = {
  maxHeaderSize: LARGEST_HEAD_BYTES,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
  insecureHTTPParser: false,
  // A missing Host is refused with all the other faults of heads.
  requireHostHeader: false,
} as const

const TLS_OPTIONS = {
  minVersion: 'TLSv1.2',
  ALPNProtocols: ['http/1.1'],
  handshakeTimeout: 10_000,
} as const

function harden(server: Server, limits: ListenLimits): Server {
  server.headersTimeout = limits.headMilliseconds
  server.requestTimeout = limits.requestMilliseconds
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION
  // Node reads up to this many, we refuse before.
  server.maxHeadersCount = 2000
  server.setTimeout(limits.idleMilliseconds)
  return server
}

type Front = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void

function attach(server: Server, front: Front, { log }: ListenOptions): void {
  server.on('request', (request, response) => front(request, response, false))
  server.on('checkContinue', (request, response) => front(request, response, true))
  server.on('checkExpectation', (request, response) => front(request, response, false))
  server.on('connect', (_request, socket: Duplex) => {
    socket.on('error', (failure) => log.debug({ reason: failure.message }, 'a connection broke'))
    socket.end(renderRawAnswer(400, HEAD_FAULTS.connect))
  })
  server.on('clientError', (failure: Error, socket: Duplex) => {
    log.debug({ reason: failure.message }, 'a request was not HTTP')
    replyToMalformed(failure, socket)
  })
}

/** Reads one byte, gives it back, and tells it; a connection that sends none is ended in time. */
function sniff(socket: Socket, withinMilliseconds: number, decide: (first: number | undefined) => void): void {
  const tooLate = setTimeout(() => socket.destroy(), withinMilliseconds)
  socket.once('close', () => clearTimeout(tooLate))
  socket.once('data', (chunk: Buffer) => {
    clearTimeout(tooLate)
    socket.pause()
    socket.unshift(chunk)
    decide(chunk[0])
    process.nextTick(() => socket.resume())
  })
}

function createFront(options: ListenOptions, connections: Connections): Front {
  return (request, response, expectsContinue) => {
    connections.begin(request.socket, response)
    if (connections.isClosing()) response.shouldKeepAlive = false
    const head = headOf(request)
    const fault = findHeadFault(head, request.httpVersion)
    if (fault !== undefined) return refuse(request, response, answerOf(options, head, fault))
    const facts = factsOf(request, response, expectsContinue)
    // The promise begins here, so that what is thrown at once is caught with what is thrown later.
    void Promise.resolve()
      .then(() => options.onRequest(request, response, facts))
      .catch((failure: unknown) => {
        options.log.error({ failure, method: head.method }, 'a request could not be answered')
        if (response.headersSent) request.socket.destroy()
        else refuse(request, response, { status: 500, headers: {}, body: 'internal failure\n' })
      })
  }
}

function headOf(request: IncomingMessage): HttpHead {
  const { rawHeaders } = request
  const headers: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  return { method: request.method ?? '', ...splitTarget(request.url ?? ''), headers }
}

function answerOf({ onRefused, log }: ListenOptions, head: HttpHead, fault: HeadFault): RefusalAnswer {
  log.debug({ fault }, 'a request was refused by its head')
  return onRefused?.(head, fault) ?? { status: 400, headers: {}, body: `${HEAD_FAULTS[fault]}\n` }
}

/** Answers and ends the connection: what follows on it cannot be trusted to be a request. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, headers, body }: RefusalAnswer): void {
  response.shouldKeepAlive = false
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
  request.resume()
}

function factsOf(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): ConnectionFacts {
  const { socket } = request
  let mustContinue = expectsContinue
  const sendContinue = (): void => {
    if (mustContinue) response.writeContinue()
    mustContinue = false
  }
  if (!(socket instanceof TLSSocket)) return { isTls: false, expectsContinue, sendContinue }
  const tls = { version: socket.getProtocol() ?? '', cipher: socket.getCipher().name }
  return { isTls: true, tls, expectsContinue, sendContinue }
}

async function closeAll(
  servers: readonly (NetServer | Server)[],
  connections: Connections,
  graceSeconds: number,
): Promise<void> {
  // A server that never listened by itself says so; what it watched is stopped all the same.
  for (const server of servers) server.close(() => undefined)
  await connections.close(graceSeconds * 1000)
}
