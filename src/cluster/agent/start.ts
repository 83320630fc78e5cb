import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { ConfigError } from '../../core/index.ts'
import { type Answer, createPodAnswers } from './answer-pod.ts'
import { limitConnections } from './limit-connections.ts'
import type { Address, Agent, AgentParts } from './model.ts'

/**
 * Serves pods' SDKs on every address, plainly: they take http from a link-local address and from loopback alone.
 * @throws ConfigError when an address cannot be listened on
 */
export async function startAgent(parts: AgentParts): Promise<Agent> {
  const answer = createPodAnswers(parts)
  const servers: Server[] = []
  const open = async (address: Address, respond: (request: IncomingMessage) => Promise<Answer>): Promise<string> => {
    const server = createServer(OPTIONS, (request, response) => void serve(request, response, respond))
    limitConnections(server)
    const url = await listening(server, address)
    // Too many open files, say: a connection is lost, the next one may not be.
    server.on('error', (failure) => parts.log.warn({ failure }, 'a connection could not be accepted'))
    servers.push(server)
    return url
  }
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closed))
  }
  try {
    const urls: string[] = []
    for (const address of parts.addresses) urls.push(await open(address, answer))
    const healthUrl = await open(parts.health, async ({ url = '' }) => answerHealth(url, parts))
    return { urls, healthUrl, close }
  } catch (failure) {
    await close()
    throw failure
  }
}

/** Heads that do not end are looked for so often; the default of Node is half a minute. */
const OPTIONS = { connectionsCheckingInterval: 1000, maxHeaderSize: 16 * 1024, insecureHTTPParser: false } as const

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  respond: (request: IncomingMessage) => Promise<Answer>,
): Promise<void> {
  request.resume()
  const { status, body } = await respond(request)
  const type = body.startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8'
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' })
  response.end(body)
}

function answerHealth(url: string, { unreadiness }: AgentParts): Answer {
  if (url === '/healthz') return { status: 200, body: 'ok\n' }
  if (url !== '/readyz') return { status: 404, body: 'there are /healthz and /readyz\n' }
  const why = unreadiness()
  return why === undefined ? { status: 200, body: 'ok\n' } : { status: 503, body: `${why}\n` }
}

function listening(server: Server, { host, port }: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(cannotListen(cause, { host, port }))
    server.once('error', fail)
    server.listen({ host, port, ipv6Only: isIPv6(host) }, () => {
      server.off('error', fail)
      const bound = server.address() as AddressInfo
      resolve(`http://${isIPv6(host) ? `[${host}]` : host}:${bound.port}`)
    })
  })
}

function cannotListen(cause: NodeJS.ErrnoException, { host, port }: Address): ConfigError {
  const reason = REASONS[cause.code ?? '']
  if (reason === undefined) return new ConfigError(`cannot listen on ${host} port ${port}: ${cause.message}`, { cause })
  return new ConfigError(`cannot listen on ${host} port ${port}: ${reason.why}`, { cause, hint: reason.hint(host) })
}

interface Reason {
  readonly why: string
  readonly hint: (host: string) => string
}

const REASONS: Readonly<Record<string, Reason>> = {
  EADDRNOTAVAIL: {
    why: 'it is not an address of this machine',
    hint: (host) => `ip address replace ${host}/${isIPv6(host) ? 128 : 32} dev lo`,
  },
  EADDRINUSE: { why: 'somebody listens there already', hint: () => 'is another agent running on this node?' },
  EACCES: {
    why: 'this user may not listen below port 1024',
    hint: () => 'run it as root with the capability NET_BIND_SERVICE, as `openirsa agent manifest` does',
  },
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
