import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { FetchError } from './fetch-error.ts'
import type { Network } from './network.ts'
import type { Target } from './target.ts'

export interface TlsOptions {
  readonly network: Network
  readonly signal: AbortSignal
  /** PEM: the only certificate that is believed, whether it is an authority or the server's own. */
  readonly anchor?: string
}

/** For an address that does not answer, when another one is left. */
const ADDRESS_MILLISECONDS = 1500

/**
 * Dials the addresses one after the other and shakes hands; whether the server is believed (`authorized`) is for the caller
 * to judge, before a byte is sent.
 * @throws FetchError `unreachable`
 */
export async function openTls(target: Target, options: TlsOptions): Promise<TLSSocket> {
  let last: unknown
  for (const [at, address] of target.addresses.entries()) {
    if (options.signal.aborted) break
    const isLast = at === target.addresses.length - 1
    try {
      return await dial(target, address, isLast ? options : withTimeout(options))
    } catch (failure) {
      last = failure
    }
  }
  throw new FetchError('unreachable', `\`${target.hostname}\` cannot be reached over TLS`, { cause: last })
}

interface Dial extends TlsOptions {
  readonly milliseconds?: number
}

const withTimeout = (options: TlsOptions): Dial => ({ ...options, milliseconds: ADDRESS_MILLISECONDS })

async function dial({ hostname, port }: Target, address: string, options: Dial): Promise<TLSSocket> {
  const { network, signal, milliseconds } = options
  const socket = network.connect({ address, port, hostname })
  const abort = (): void => void socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  const tooLate = milliseconds === undefined ? undefined : setTimeout(abort, milliseconds)
  try {
    return await shakeHands(socket, hostname, options)
  } finally {
    clearTimeout(tooLate)
  }
}

function shakeHands(socket: Socket, hostname: string, { network, anchor }: TlsOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      host: hostname,
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      ...trustOf(network, anchor),
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      // Judged right after the handshake, before a byte is sent: a pinned server is none that the trust store knows.
      rejectUnauthorized: false,
    })
    const fail = (failure: Error): void => {
      socket.destroy()
      secure.destroy()
      reject(failure)
    }
    // Later failures reach the response that is read from the socket; these listeners keep them from the process.
    socket.on('error', fail)
    secure.on('error', fail)
    secure.once('close', () => fail(new Error('the connection was closed')))
    secure.once('secureConnect', () => resolve(secure))
  })
}

function trustOf({ authorities }: Network, anchor: string | undefined) {
  if (anchor !== undefined) return { ca: [anchor], allowPartialTrustChain: true }
  return authorities === undefined ? {} : { ca: [...authorities] }
}
