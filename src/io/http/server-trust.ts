import { X509Certificate } from 'node:crypto'
import { type TLSSocket, checkServerIdentity } from 'node:tls'
import type { Instant } from '../../core/index.ts'
import { type Thumbprint, thumbprintOf } from '../../standards/oidc/index.ts'
import { FetchError } from './fetch-error.ts'

/** By what a server was believed; the words are CloudTrail's. */
export type ServerTrust = 'IAMTrustStore' | 'Thumbprint'

/** SPEC: RFC 5280 §4.2.1.12, id-kp-serverAuth and anyExtendedKeyUsage. */
const SERVER_USES: readonly string[] = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']
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
 * Trust store first, thumbprints second, as AWS does.
 * SPEC: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider": the thumbprint is that of the last
 * certificate that the server sends; the chain must hold up to it, and the name must be the server's.
 * @throws FetchError `thumbprint-mismatch` when nothing vouches for the server, `untrusted` when a pinned chain does not hold
 */
export function judgeServer(
  socket: TLSSocket,
  expected: { readonly hostname: string; readonly thumbprints: readonly string[]; readonly now: Instant },
): ServerTrust {
  if (socket.authorized) return 'IAMTrustStore'
  const chain = servedChain(socket)
  const top = chain.at(-1)
  const found = top === undefined ? undefined : thumbprintOf(top.raw)
  if (found === undefined || !expected.thumbprints.includes(found)) throw mismatch(socket, expected.hostname, found)
  const fault = findChainFault(chain, expected.now) ?? findLeafFault(chain[0], expected.hostname)
  if (fault !== undefined) {
    throw new FetchError('untrusted', `the certificate of \`${expected.hostname}\` is pinned but cannot be used: ${fault}`)
  }
  return 'Thumbprint'
}

function mismatch(socket: TLSSocket, hostname: string, found: Thumbprint | undefined): FetchError {
  const why = socket.authorizationError
  return new FetchError('thumbprint-mismatch', `the certificate of \`${hostname}\` is neither trusted nor pinned`, {
    detail: `trust store: ${why instanceof Error ? why.message : String(why)}; last certificate sent: ${found ?? 'none'}`,
    hint: 'pin the last certificate that the server sends by its thumbprint',
  })
}

/** Each certificate must be in its time, and signed by the next one, which must be an authority. */
function findChainFault(chain: readonly X509Certificate[], now: Instant): string | undefined {
  for (const [at, certificate] of chain.entries()) {
    if (now < Date.parse(certificate.validFrom)) return 'a certificate of the chain is not valid yet'
    if (now > Date.parse(certificate.validTo)) return 'a certificate of the chain has expired'
    const issuer = chain[at + 1]
    if (issuer === undefined) continue
    if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      return 'a certificate of the chain was not issued by the next one'
    }
  }
  return undefined
}

function findLeafFault(leaf: X509Certificate | undefined, hostname: string): string | undefined {
  if (leaf === undefined) return 'the server sent none'
  if (checkServerIdentity(hostname, leaf.toLegacyObject()) !== undefined) return 'it is for another host'
  // Despite its name this is the extended key usage.
  const uses = leaf.keyUsage as readonly string[] | undefined
  const isForServers = uses === undefined || uses.some((use) => SERVER_USES.includes(use))
  return isForServers ? undefined : 'it is not for servers'
}
