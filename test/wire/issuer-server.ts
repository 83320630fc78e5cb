/** Issuers that are somebody else's: a TLS server of a private authority, at names that only the test's own network knows. */

import { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { instant } from '../../src/core/index.ts'
import { systemRandomness } from '../../src/io/host/index.ts'
import type { Network } from '../../src/io/http/index.ts'
import { mintAuthority, mintServer } from '../../src/io/http/mint-certificate.ts'
import { renderJwkSet, type SigningKey, thumbprintOf } from '../../src/standards/oidc/index.ts'

type Respond = (request: IncomingMessage, response: ServerResponse) => void

export interface IssuerServer {
  readonly port: number
  /** Certificate of its authority, PEM. */
  readonly authority: string
  /** Thumbprint of the last certificate that it sends: its authority's. */
  readonly thumbprint: string
  /** Thumbprint of the server's own certificate. */
  readonly leafThumbprint: string
  /** `host/path` of every request so far. */
  readonly requests: string[]
  /** Publishes discovery document and keys of an issuer as they should be. */
  publish(issuer: string, keys: readonly SigningKey[]): void
  /** Answers `https://host/path` in its own way. */
  on(url: string, respond: Respond): void
  close(): Promise<void>
}

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** @param port 0 picks a free one */
export async function startIssuerServer(hosts: readonly string[], port = 0): Promise<IssuerServer> {
  const times = {
    notBefore: instant(Date.parse('2025-01-01T00:00:00Z')),
    notAfter: instant(Date.now() + 24 * 3600 * 1000),
    randomness: systemRandomness,
  }
  const authority = await mintAuthority({ commonName: 'somebody else', ...times })
  const leaf = await mintServer(authority, hosts, { commonName: 'an issuer', ...times })
  const answers = new Map<string, Respond>()
  const requests: string[] = []
  const server: Server = createServer({ key: leaf.key, cert: leaf.cert + authority.cert }, (request, response) => {
    const asked = `${request.headers.host}${request.url}`
    requests.push(asked)
    const respond = answers.get(asked)
    if (respond === undefined) response.writeHead(404).end()
    else respond(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const on: IssuerServer['on'] = (url, respond) => void answers.set(url.replace('https://', ''), respond)
  return {
    port: (server.address() as AddressInfo).port,
    authority: authority.cert,
    thumbprint: thumbprintOf(new X509Certificate(authority.cert).raw),
    leafThumbprint: thumbprintOf(new X509Certificate(leaf.cert).raw),
    requests,
    on,
    publish: (issuer, keys) => {
      const base = issuer.replace(/\/$/, '')
      on(`${base}/.well-known/openid-configuration`, json({ issuer, jwks_uri: `${base}/keys` }))
      on(`${base}/keys`, (_, response) => response.writeHead(200, JSON_TYPE).end(renderJwkSet([...keys])))
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers 200 with that document. */
export const json =
  (document: unknown): Respond =>
  (_, response) =>
    void response.writeHead(200, JSON_TYPE).end(typeof document === 'string' ? document : JSON.stringify(document))

export interface TestNetwork extends Network {
  /** `host:port` of every connection that was opened. */
  readonly dialled: string[]
}

/** Names at addresses; port 443 of each leads to the server's own port, and nothing else leads anywhere. */
export function networkOf(
  server: Pick<IssuerServer, 'port'>,
  addresses: Readonly<Record<string, string>>,
  authorities?: readonly string[],
): TestNetwork {
  const dialled: string[] = []
  return {
    dialled,
    lookup: async (hostname) => {
      const address = addresses[hostname]
      if (address === undefined) throw new Error(`no such name: ${hostname}`)
      return [address]
    },
    connect: ({ hostname, port }) => {
      dialled.push(`${hostname}:${port}`)
      // A port that is not the issuer's leads to one where nobody listens.
      return connect({ host: '127.0.0.1', port: port === 443 ? server.port : 1 })
    },
    ...(authorities === undefined ? {} : { authorities }),
  }
}

/** An address on the Internet, as far as anybody can tell by looking at it. */
export const PUBLIC_ADDRESS = '93.184.215.14'
