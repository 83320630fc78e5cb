import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { ConfigError } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { CertificateSource, ServerCertificate } from '../../io/http/index.ts'
import type { Listener } from './routes.ts'
import type { TlsSettings } from './tls-settings.ts'

export interface Listening {
  readonly port: number
  /** Asks everybody who has a connection to come again on another: the answers from now on end theirs. */
  announceEnd(): void
  connections(): Promise<number>
  /** Takes nobody new, lets what is being answered come to its end, up to the grace. */
  close(graceMilliseconds: number): Promise<void>
}

export interface Place {
  readonly port: number
  /** Undefined: all addresses of this machine. */
  readonly address: string | undefined
  /** The flag that chooses the port, for the message when it is in use. */
  readonly flag: string
}

const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 1000,
  noDelay: true,
  insecureHTTPParser: false,
} as const

export interface SecureParts {
  readonly tls: TlsSettings
  readonly certificates: CertificateSource
  readonly log: Log
}

/** Serves HTTPS. A new certificate counts for new connections; those that are open go on. */
export async function listenSecurely(place: Place, listener: Listener, parts: SecureParts): Promise<Listening> {
  const { tls, certificates, log } = parts
  const current = certificates.current()
  const server = createHttpsServer(
    {
      ...SERVER_OPTIONS,
      ...contextOf(tls, current),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: 10_000,
    },
    (request, response) => serve(request, response),
  )
  const { listening, serve } = await open(server, place, listener)
  server.on('tlsClientError', (failure) => log.debug({ reason: failure.message }, 'a TLS handshake failed'))
  const forget = certificates.onChange((certificate) => replaceCertificate(server, { ...parts, certificate }))
  return {
    ...listening,
    close: (graceMilliseconds) => {
      forget()
      return listening.close(graceMilliseconds)
    },
  }
}

/** Serves plain HTTP. */
export async function listenPlainly(place: Place, listener: Listener): Promise<Listening> {
  const server = createHttpServer(SERVER_OPTIONS, (request, response) => serve(request, response))
  const { listening, serve } = await open(server, place, listener)
  return listening
}

function contextOf(
  { minVersion, ciphers }: TlsSettings,
  certificate: ServerCertificate | undefined,
): SecureContextOptions {
  return {
    minVersion,
    ...(ciphers === undefined ? {} : { ciphers, honorCipherOrder: true }),
    ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key.reveal() }),
  }
}

function replaceCertificate(
  server: HttpsServer,
  { tls, log, certificate }: Omit<SecureParts, 'certificates'> & { readonly certificate: ServerCertificate },
): void {
  try {
    server.setSecureContext(contextOf(tls, certificate))
  } catch (failure) {
    log.error({ failure }, 'the new certificate cannot be used; the old one stays')
  }
}

/** The API server keeps idle connections for 90 s: ending them first would meet a request on its way, and lose it. */
const KEEP_ALIVE_MILLISECONDS = 120_000
const HEAD_MILLISECONDS = 10_000
/** Longest that the API server waits for a webhook is 30 s. */
const REQUEST_MILLISECONDS = 30_000
const MOST_CONNECTIONS = 5000

async function open(
  server: Server | HttpsServer,
  place: Place,
  listener: Listener,
): Promise<{ readonly listening: Listening; readonly serve: Listener }> {
  server.headersTimeout = HEAD_MILLISECONDS
  server.requestTimeout = REQUEST_MILLISECONDS
  server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS
  server.maxConnections = MOST_CONNECTIONS
  let isEnding = false
  const serve: Listener = (request, response) => {
    if (isEnding) response.shouldKeepAlive = false
    listener(request, response)
  }
  const port = await bind(server, place)
  const listening: Listening = {
    port,
    announceEnd: () => {
      isEnding = true
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((failure, count) => (failure === null ? resolve(count) : reject(failure)))
      }),
    close: async (graceMilliseconds) => {
      isEnding = true
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      server.closeIdleConnections()
      const tooLate = setTimeout(() => server.closeAllConnections(), graceMilliseconds)
      await closed
      clearTimeout(tooLate)
    },
  }
  return { listening, serve }
}

function bind(server: Server, { port, address, flag }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(bindError(cause, { port, address, flag }))
    server.once('error', fail)
    server.listen({ port, ...(address === undefined ? {} : { host: address }) }, () => {
      server.off('error', fail)
      // Too many open files, say: a connection is lost, the next one may not be.
      server.on('error', () => undefined)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function bindError(cause: NodeJS.ErrnoException, { port, address = '', flag }: Place): ConfigError {
  const way = { hint: `choose another with ${flag}`, cause }
  if (cause.code === 'EADDRINUSE') return new ConfigError(`port ${port} is in use`, way)
  if (cause.code === 'EACCES')
    return new ConfigError(`port ${port} may not be listened on by this user`, {
      ...way,
      hint: `choose one from 1024 on with ${flag}`,
    })
  return new ConfigError(`cannot listen on \`${address}\` port ${port}: ${cause.code ?? cause.message}`, way)
}
