import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, OpenirsaError, type Secret } from '../../core/index.ts'
import { createFresh } from '../../io/aws/index.ts'
import type { ObtainedCredentials } from './obtain.ts'
import { renderContainerCredentials } from './render.ts'

export interface EndpointParts {
  /** 0 picks a free one. */
  readonly port: number
  /** What the caller must show as `Authorization`. */
  readonly token: Secret
  readonly clock: Clock
  obtain(): Promise<ObtainedCredentials>
}

export interface Endpoint {
  readonly url: string
  close(): Promise<void>
}

const PATH = '/v1/credentials'
const LOOPBACK = '127.0.0.1'

/**
 * A container credentials endpoint on loopback: SDKs ask it as they ask the one of ECS or EKS Pod Identity, and it always has
 * credentials that live. Whoever does not show the token gets nothing.
 */
export async function serveCredentials(parts: EndpointParts): Promise<Endpoint> {
  const credentials = createFresh(() => parts.obtain(), parts.clock)
  const server = createServer((request, response) => {
    request.resume()
    void answer(request, parts.token, () => credentials.get()).then(({ status, body }) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
      response.end(body)
    })
  })
  server.requestTimeout = 10_000
  await listening(server, parts.port)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${LOOPBACK}:${port}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly body: string
}

async function answer(
  request: IncomingMessage,
  token: Secret,
  obtain: () => Promise<ObtainedCredentials>,
): Promise<Answer> {
  if (request.method !== 'GET' || request.url !== PATH) return refusal(404, 'NotFound', `only GET ${PATH} is served`)
  if (!isSame(request.headers.authorization ?? '', token.reveal()))
    return refusal(401, 'Unauthorized', 'the Authorization header does not hold the token of this endpoint')
  try {
    return { status: 200, body: renderContainerCredentials(await obtain()) }
  } catch (failure) {
    const why = failure instanceof OpenirsaError ? failure.message : 'the credentials could not be had'
    return refusal(502, 'CredentialsUnavailable', why)
  }
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ code, message }) }
}

/** Digests have one length, so that the comparison tells nothing. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => resolve())
  })
}
