import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Server as NetServer, Socket } from 'node:net'
import { isLoopback } from './addresses.ts'
import { bind, planAddresses } from './bind.ts'
import { type Connections, createConnections } from './connections.ts'
import { attachFront } from './front.ts'
import { HEAD_FAULTS } from './head-rules.ts'
import type { Listener, ListenLimits, ListenOptions } from './model.ts'
import { renderRawAnswer } from './raw-answer.ts'

const LISTEN_LIMITS: ListenLimits = {
  headMilliseconds: 10_000,
  // Objects of gigabytes take their time; a body that stands still falls to the limit below.
  requestMilliseconds: 3_600_000,
  idleMilliseconds: 30_000,
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
  const plain = harden(createHttpServer(SERVER_OPTIONS), limits)
  const secure = harden(createHttpsServer({ ...SERVER_OPTIONS, ...TLS_OPTIONS, ...options.tls }), limits)
  for (const server of [plain, secure]) {
    attachFront(server, options, connections)
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
  const { servers, port } = await bind(planAddresses(options.addresses), { ...options, accept }).catch(
    (failure: unknown) => {
      for (const server of [plain, secure]) server.close(() => undefined)
      throw failure
    },
  )
  for (const server of servers) server.maxConnections = limits.connections
  options.log.info({ port, addresses: options.addresses }, 'listening')
  let closing: Promise<void> | undefined
  return {
    port,
    replaceCertificate: (tls) => secure.setSecureContext({ ...TLS_OPTIONS, ...tls }),
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

function harden<Kind extends Server>(server: Kind, limits: ListenLimits): Kind {
  server.headersTimeout = limits.headMilliseconds
  server.requestTimeout = limits.requestMilliseconds
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION
  // Node reads up to this many, we refuse before.
  server.maxHeadersCount = 2000
  server.setTimeout(limits.idleMilliseconds)
  return server
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

async function closeAll(
  servers: readonly (NetServer | Server)[],
  connections: Connections,
  graceSeconds: number,
): Promise<void> {
  // A server that never listened by itself says so; what it watched is stopped all the same.
  for (const server of servers) server.close(() => undefined)
  await connections.close(graceSeconds * 1000)
}
