import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { instant } from '../../../core/index.ts'
import type { IssuerUrl } from '../../../standards/oidc/index.ts'
import { renderDiscoveryDocument, renderJwkSet } from '../../../standards/oidc/index.ts'
import { systemRandomness } from '../../host/index.ts'
import { type MintOptions, mintAuthority, mintServer, type Signer } from '../mint-certificate.ts'
import type { Network } from '../network.ts'

/** A public address: nothing is ever sent to it, the network below leads elsewhere. */
export const PUBLIC_ADDRESS = '93.184.215.14'
const DAY = 24 * 3600 * 1000

export const mintOptions = (more: Partial<MintOptions> = {}): MintOptions => ({
  commonName: 'test',
  notBefore: instant(Date.now() - DAY),
  notAfter: instant(Date.now() + DAY),
  randomness: systemRandomness,
  ...more,
})

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server of HTTPS on a free port of this machine, whose answers a test may change while it runs. */
export interface ServerUnderTest {
  readonly port: number
  /** `METHOD path` of each request. */
  readonly requests: string[]
  readonly headers: Readonly<Record<string, unknown>>[]
  answer: Answer
  close(): Promise<void>
}

export async function startServer(tls: ServerOptions, answer: Answer): Promise<ServerUnderTest> {
  const requests: string[] = []
  const headers: Record<string, unknown>[] = []
  const server = createServer(tls, (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
    running.answer(request, response)
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const running: ServerUnderTest = {
    port: (server.address() as AddressInfo).port,
    requests,
    headers,
    answer,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return running
}

/** A network in which names lead to the ports of servers under test, and every dial is written down. */
export interface NetworkUnderTest extends Network {
  /** `address:port` of each dial. */
  readonly dials: string[]
  readonly lookups: string[]
  readonly addresses: Map<string, readonly string[]>
  readonly ports: Map<string, number>
}

export function networkUnderTest(authorities: readonly string[]): NetworkUnderTest {
  const dials: string[] = []
  const lookups: string[] = []
  const addresses = new Map<string, readonly string[]>()
  const ports = new Map<string, number>()
  return {
    dials,
    lookups,
    addresses,
    ports,
    authorities,
    lookup: (hostname) => {
      lookups.push(hostname)
      const found = addresses.get(hostname)
      return found === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(found)
    },
    connect: ({ address, port, hostname }) => {
      dials.push(`${address}:${port}`)
      // Port 1 of loopback: refused.
      return connect({ host: '127.0.0.1', port: ports.get(hostname) ?? 1 })
    },
  }
}

export interface IssuerKey {
  readonly keyId: string
  readonly publicKey: KeyObject
}

export function makeKey(keyId: string): IssuerKey {
  return { keyId, publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey }
}

export function jwksOf(keys: readonly IssuerKey[]): string {
  return renderJwkSet(keys.map(({ keyId, publicKey }) => ({ keyId, publicKey, algorithm: 'ES256' })))
}

/** Answers as an issuer does: its two documents and nothing else. */
export function issuerAnswer(issuer: string, jwks: () => string, headers: Record<string, string> = {}): Answer {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  return (request, response) => {
    if (request.url === `${path}/.well-known/openid-configuration`) {
      response.end(
        renderDiscoveryDocument({ issuer: issuer as IssuerUrl, jwksUri: `${issuer}/keys`, algorithms: ['ES256'] }),
      )
    } else if (request.url === `${path}/keys`) response.writeHead(200, headers).end(jwks())
    else response.writeHead(404).end()
  }
}

export interface Authority extends Signer {
  /** Key and chain of a server of those hosts, the authority's certificate last. */
  serve(hosts: readonly string[], more?: Partial<MintOptions>): Promise<Signer>
}

export async function makeAuthority(more: Partial<MintOptions> = {}): Promise<Authority> {
  const signer = await mintAuthority(mintOptions({ commonName: 'test authority', ...more }))
  return {
    ...signer,
    serve: async (hosts, moreOfServer = {}) => {
      const { key, cert } = await mintServer(signer, hosts, mintOptions(moreOfServer))
      return { key, cert: cert + signer.cert }
    },
  }
}
