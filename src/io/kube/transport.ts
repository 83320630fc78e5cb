import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type Agents, createAgents } from './agents.ts'
import { type CredentialSource, createCredentialSource, type Shown } from './credentials.ts'
import { KubeError } from './errors.ts'
import { KUBE_LIMITS } from './limits.ts'
import type { KubeAccess, KubeHost, KubeLimits } from './model.ts'
import { errorOfStatus } from './status.ts'
import { warningsOf } from './warnings.ts'

export interface Wanted {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query. */
  readonly path: string
  readonly body?: { readonly type: string; readonly text: string }
  readonly accept?: string
  readonly signal?: AbortSignal | undefined
  readonly onWarning?: ((text: string) => void) | undefined
  /** May be sent a second time when a kept-alive connection turns out to be closed; what only reads may, unless told. */
  readonly isRepeatable?: boolean
}

/** HTTP to one API server: credentials, connections, limits; answers that are no success are thrown. */
export interface Transport {
  readonly limits: KubeLimits
  /** The whole answer. @throws KubeError, the signal's reason */
  ask(wanted: Wanted): Promise<string>
  /** The answer's stream, when its head is there; the time of a call is for the head alone. Whoever takes it destroys it. */
  open(wanted: Wanted): Promise<IncomingMessage>
  close(): void
}

export function createTransport(access: KubeAccess, host: KubeHost): Transport {
  const limits = { ...KUBE_LIMITS, ...host.limits }
  const parts = {
    access,
    limits,
    credentials: createCredentialSource(access.credentials, host),
    agents: createAgents(access, host),
  }
  if (access.trust.kind === 'unverified')
    host.log.warn(
      { server: access.server },
      'the certificate of an API server is NOT verified (insecure-skip-tls-verify)',
    )
  return {
    limits,
    ask: (wanted) =>
      withinTime(wanted.signal, limits.callMilliseconds, async (signal) => {
        const answer = await authenticated(wanted, parts, signal)
        return readBody(answer, limits.bodyBytes, signal)
      }),
    open: (wanted) =>
      withinTime(wanted.signal, limits.callMilliseconds, (signal) => authenticated(wanted, parts, signal)),
    close: parts.agents.close,
  }
}

interface Parts {
  readonly access: KubeAccess
  readonly limits: KubeLimits
  readonly credentials: CredentialSource
  readonly agents: Agents
}

/** A success. After a 401 it is tried once more, when the credentials may have been replaced. */
async function authenticated(wanted: Wanted, parts: Parts, signal: AbortSignal): Promise<IncomingMessage> {
  const first = await sendOnce(wanted, parts, signal)
  const isRefused = first.statusCode === 401 && parts.credentials.renew()
  if (isRefused) first.destroy()
  const answer = isRefused ? await sendOnce(wanted, parts, signal) : first
  for (const warning of warningsOf(answer)) wanted.onWarning?.(warning)
  const { statusCode = 0 } = answer
  if (statusCode >= 200 && statusCode < 300) return answer
  throw errorOfStatus(statusCode, await readFault(answer, parts, signal), answer.headers['retry-after'])
}

/** What an answer that is no success says, if it is JSON; its own faults are of no interest beside its status. */
async function readFault(answer: IncomingMessage, { limits }: Parts, signal: AbortSignal): Promise<unknown> {
  try {
    return JSON.parse(await readBody(answer, limits.bodyBytes, signal)) as unknown
  } catch {
    return undefined
  }
}

async function sendOnce(wanted: Wanted, parts: Parts, signal: AbortSignal): Promise<IncomingMessage> {
  const shown = await parts.credentials.show()
  const agent = await parts.agents.find(shown)
  const send = () => exchange(wanted, { access: parts.access, shown, agent, signal })
  try {
    return await send()
  } catch (failure) {
    // The API server closes idle connections; one that was just taken from the shelf may be gone.
    const isStale = failure instanceof StaleConnection
    if (!isStale) throw failure
    if (!(wanted.isRepeatable ?? wanted.method === 'GET')) throw unreachable(failure.cause)
    return send().catch((again: unknown) => {
      throw again instanceof StaleConnection ? unreachable(again.cause) : again
    })
  }
}

class StaleConnection extends Error {}

interface Exchange {
  readonly access: KubeAccess
  readonly shown: Shown
  readonly agent: Awaited<ReturnType<Agents['find']>>
  readonly signal: AbortSignal
}

function exchange(wanted: Wanted, { access, shown, agent, signal }: Exchange): Promise<IncomingMessage> {
  const url = new URL(access.server)
  const isPlain = url.protocol === 'http:'
  const options = {
    method: wanted.method,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isPlain ? 80 : 443) : Number(url.port),
    path: `${url.pathname.replace(/\/$/, '')}${wanted.path}`,
    agent,
    signal,
    headers: headersOf(wanted, shown),
  }
  return new Promise((resolve, reject) => {
    const call: ClientRequest = isPlain ? requestHttp(options) : requestHttps(options)
    call.on('error', (cause: NodeJS.ErrnoException) => {
      const isStale = call.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
      if (signal.aborted) reject(reasonOf(signal))
      else reject(isStale ? new StaleConnection('', { cause }) : unreachable(cause))
    })
    call.once('response', resolve)
    call.end(wanted.body?.text)
  })
}

function headersOf({ body, accept }: Wanted, { token }: Shown): Record<string, string> {
  return {
    Accept: accept ?? 'application/json',
    'User-Agent': 'openirsa',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token.reveal()}` }),
    ...(body === undefined
      ? {}
      : { 'Content-Type': body.type, 'Content-Length': String(Buffer.byteLength(body.text)) }),
  }
}

const TLS_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is of no authority that is trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is of no authority that is trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is of no authority that is trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is of no authority that is trusted'],
  ['ECONNREFUSED', 'nothing listens there'],
  ['ENOTFOUND', 'its name is not known'],
])

function unreachable(cause: unknown): KubeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'connection broke'
  const why = TLS_FAULTS.get(code)
  const message = `the API server cannot be reached: ${why === undefined ? code : `${why} (${code})`}`
  return new KubeError('unreachable', message, {}, { cause })
}

/** The work within the time, and ended by the caller's signal; which of the two it was is told apart. */
async function withinTime<T>(
  outer: AbortSignal | undefined,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted()
  const controller = new AbortController()
  const late = new KubeError('timed-out', `the API server does not answer within ${milliseconds / 1000} s`)
  const timer = setTimeout(() => controller.abort(late), milliseconds)
  const stop = (): void => controller.abort(outer?.reason)
  outer?.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work(controller.signal), aborted(controller.signal)])
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', stop)
  }
}

/** Rejects when the signal is given: credentials, say, are not sockets that the signal destroys. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(reasonOf(signal)), { once: true })
  })
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new KubeError('timed-out', 'the call was ended')
}

async function readBody(answer: IncomingMessage, most: number, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of answer) {
      size += (piece as Buffer).length
      if (size > most) throw new KubeError('malformed', `the API server's answer has more than ${most} bytes`)
      pieces.push(piece as Buffer)
    }
  } catch (cause) {
    if (cause instanceof KubeError) throw cause
    throw signal.aborted ? reasonOf(signal) : unreachable(cause)
  }
  if (!answer.complete) throw unreachable(undefined)
  return Buffer.concat(pieces).toString('utf8')
}
