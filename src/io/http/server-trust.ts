import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { type Thumbprint, thumbprintOf } from '../../standards/oidc/index.ts'
import { FetchError } from './fetch-error.ts'
import type { Network } from './network.ts'
import { openTls } from './open-tls.ts'
import type { Target } from './target.ts'

/** By what a server was believed; the words are CloudTrail's. */
export type ServerTrust = 'IAMTrustStore' | 'Thumbprint'

/** Of the certificates that a server sends, so many are looked at. */
const LONGEST_CHAIN = 10

/** The certificates that the server sent, leaf first; what the trust store would add is not among them. */
export function servedChain(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let next = socket.getPeerX509Certificate()
  while (next !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}

/**
 * Trust store first, thumbprints second, as AWS does. A certificate that is pinned is put in the place of the trust store for
 * a connection of its own: times, names, uses and constraints are OpenSSL's to check, not ours.
 * SPEC: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider": it is that of the last certificate
 * that the server sends.
 * @throws FetchError `thumbprint-mismatch` when nothing vouches for the server, `untrusted` when a pinned chain does not hold
 */
export async function connectBelieved(
  target: Target,
  { network, thumbprints, signal }: ConnectOptions,
): Promise<{ readonly socket: TLSSocket; readonly connection: ServerTrust }> {
  const socket = await openTls(target, { network, signal })
  if (socket.authorized) return { socket, connection: 'IAMTrustStore' }
  const top = servedChain(socket).at(-1)
  socket.destroy()
  const found = top === undefined ? undefined : thumbprintOf(top.raw)
  if (top === undefined || found === undefined || !thumbprints.includes(found)) throw mismatch(socket, target, found)
  const pinned = await openTls(target, { network, signal, anchor: top.toString() })
  if (pinned.authorized) return { socket: pinned, connection: 'Thumbprint' }
  pinned.destroy()
  const message = `the certificate of \`${target.hostname}\` is pinned but cannot be used`
  throw new FetchError('untrusted', message, { detail: codeOf(pinned) })
}

export interface ConnectOptions {
  readonly network: Network
  readonly thumbprints: readonly string[]
  readonly signal: AbortSignal
}

function mismatch(socket: TLSSocket, { hostname }: Target, found: Thumbprint | undefined): FetchError {
  return new FetchError('thumbprint-mismatch', `the certificate of \`${hostname}\` is neither trusted nor pinned`, {
    detail: `trust store: ${codeOf(socket)}; last certificate sent: ${found ?? 'none'}`,
    hint: 'pin the last certificate that the server sends by its thumbprint',
  })
}

/** OpenSSL's or Node's code alone: the sentence behind it repeats names that the server chose. */
function codeOf({ authorizationError }: TLSSocket): string {
  const error: unknown = authorizationError
  if (typeof error === 'string') return error
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
