import { type IncomingMessage, request } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { FetchError } from './fetch-error.ts'
import type { Network } from './network.ts'
import { connectBelieved, type ServerTrust, servedChain } from './server-trust.ts'
import { planTarget, type Target } from './target.ts'

export interface FetchRequest {
  readonly url: string
  /** Of the last certificate that the server sends; asked when the trust store does not know the server. */
  readonly thumbprints: readonly string[]
  /** Hosts, in lower case, that may be at private addresses and other ports. */
  readonly allowPrivateHosts: ReadonlySet<string>
}

export interface FetchLimits {
  /** For everything, names and body included. */
  readonly milliseconds: number
  readonly bytes: number
}

/** SPEC: STS gives an issuer five seconds. */
export const DEFAULT_LIMITS: FetchLimits = { milliseconds: 5000, bytes: 256 * 1024 }

export interface Fetched {
  readonly body: Uint8Array
  readonly contentType: string | undefined
  /** The Cache-Control header, or undefined. */
  readonly cacheControl: string | undefined
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[]
  readonly connection: ServerTrust
}

/**
 * GETs an https URL: no redirect, no compression, nothing but 200, within the limits. The body is handed over only when the
 * server has been believed, and nothing is sent to it before.
 * @throws FetchError
 */
export async function fetchLimited(
  wanted: FetchRequest,
  network: Network,
  limits: FetchLimits = DEFAULT_LIMITS,
): Promise<Fetched> {
  return withDeadline(limits.milliseconds, async (signal) => {
    const target = await planTarget(wanted.url, wanted.allowPrivateHosts, network)
    const { thumbprints } = wanted
    const { socket, connection } = await connectBelieved(target, { network, thumbprints, signal })
    try {
      const answer = await get(socket, target, signal)
      const body = await readBody(answer, limits.bytes)
      const chain = servedChain(socket).map(({ raw }) => raw)
      const { 'content-type': contentType, 'cache-control': cacheControl } = answer.headers
      return { body, contentType, cacheControl, chain, connection }
    } finally {
      socket.destroy()
    }
  })
}

/** Runs within the time; what is late is abandoned, and its sockets are destroyed through the signal. */
export async function withDeadline<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new FetchError('timeout', `there was no whole answer within ${milliseconds / 1000} s`))
      controller.abort()
    }, milliseconds)
  })
  const working = work(controller.signal)
  // When the time is up first, the failure of the work that follows is of no interest any more.
  working.catch(() => undefined)
  try {
    return await Promise.race([working, late])
  } finally {
    clearTimeout(timer)
  }
}

const LARGEST_HEAD_BYTES = 16 * 1024
const OK = 200

function get(socket: TLSSocket, { path, authority }: Target, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new FetchError('unreachable', 'the server did not answer with HTTP', { cause }))
    const call = request({
      createConnection: () => socket,
      method: 'GET',
      path,
      headers: { Host: authority, Accept: 'application/json', Connection: 'close' },
      maxHeaderSize: LARGEST_HEAD_BYTES,
      insecureHTTPParser: false,
      signal,
    })
    call.on('error', fail)
    // Also when the server changed the protocol instead of answering.
    call.once('close', () => fail(undefined))
    call.once('response', (answer) => {
      const fault = findAnswerFault(answer)
      if (fault === undefined) resolve(answer)
      else reject(fault)
    })
    call.end()
  })
}

function findAnswerFault({ statusCode = 0, headers }: IncomingMessage): FetchError | undefined {
  if (statusCode >= 300 && statusCode < 400) return new FetchError('redirect', 'the server redirects; nobody follows')
  if (statusCode !== OK) return new FetchError('bad-status', `the server answers ${statusCode}, expected 200`)
  const coding = headers['content-encoding']
  if (coding === undefined || coding === 'identity') return undefined
  return new FetchError('encoded', 'the server sends an encoding that it was not asked for')
}

function readBody(answer: IncomingMessage, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const tooLarge = (): void => {
      reject(new FetchError('too-large', `the answer has more than ${most} bytes`))
      // After the verdict: what ends now is told as cut short.
      answer.destroy()
    }
    if (Number(answer.headers['content-length'] ?? 0) > most) return tooLarge()
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > most) tooLarge()
      else chunks.push(chunk)
    })
    const cut = (cause?: unknown): void => reject(new FetchError('unreachable', 'the answer was cut short', { cause }))
    answer.on('error', cut)
    answer.on('aborted', cut)
    answer.on('end', () => (answer.complete ? resolve(Buffer.concat(chunks)) : cut()))
  })
}
