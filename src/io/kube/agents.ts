import { Agent as HttpAgent } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext } from 'node:tls'
import type { Shown } from './credentials.ts'
import { KubeError } from './errors.ts'
import { createFileText } from './file-text.ts'
import type { KubeAccess, KubeHost, KubeTrust } from './model.ts'

/** Kept-alive connections to one API server, made anew when certificates change. */
export interface Agents {
  /** @throws KubeError `no-credentials` when a certificate cannot be used */
  find(shown: Shown): Promise<HttpAgent>
  close(): void
}

/** An API server closes idle connections after 90 s: ours go before. */
const CONNECTIONS: AgentOptions = {
  timeout: 60_000,
  keepAlive: true,
  keepAliveMsecs: 15_000,
  maxFreeSockets: 16,
  scheduling: 'lifo',
}

export function createAgents(access: KubeAccess, host: KubeHost): Agents {
  const readAuthorities = authoritiesOf(access.trust, host)
  let current:
    | { readonly agent: HttpAgent; readonly authorities?: string; readonly shown: Shown['certificate'] }
    | undefined
  const isPlain = access.server.startsWith('http://')
  return {
    find: async ({ certificate }) => {
      const authorities = await readAuthorities()
      if (current !== undefined && current.authorities === authorities && current.shown === certificate)
        return current.agent
      const agent = isPlain ? new HttpAgent(CONNECTIONS) : secureAgent(access, authorities, certificate)
      if (current !== undefined) retire(current.agent)
      current = { agent, shown: certificate, ...(authorities === undefined ? {} : { authorities }) }
      return agent
    },
    close: () => current?.agent.destroy(),
  }
}

/** Undefined: those that Node trusts. */
function authoritiesOf(trust: KubeTrust, host: KubeHost): () => Promise<string | undefined> {
  if (trust.kind === 'authorities') return async () => trust.pem
  if (trust.kind === 'authorities-file') return createFileText(trust.path, host).read
  return async () => undefined
}

function secureAgent(
  { trust, serverName }: KubeAccess,
  authorities: string | undefined,
  certificate: Shown['certificate'],
): HttpsAgent {
  return new HttpsAgent({
    ...CONNECTIONS,
    minVersion: 'TLSv1.2',
    secureContext: contextOf(authorities, certificate),
    rejectUnauthorized: trust.kind !== 'unverified',
    ...nameOptions(serverName),
  })
}

function contextOf(authorities: string | undefined, certificate: Shown['certificate']) {
  try {
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ...(authorities === undefined ? {} : { ca: authorities }),
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key.reveal() }),
    })
  } catch (cause) {
    // OpenSSL's words may quote what it read.
    const detail = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new KubeError('no-credentials', 'the certificates cannot be used', {}, { detail })
  }
}

/** SPEC: RFC 6066 §3: a server is never named by an address there; its certificate can be. */
function nameOptions(serverName: string | undefined): AgentOptions {
  if (serverName === undefined) return {}
  const check = {
    checkServerIdentity: (_host: string, peer: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(serverName, peer),
  }
  return isIP(serverName) === 0 ? { servername: serverName, ...check } : { servername: '', ...check }
}

/** Idle connections go now, busy ones when they are done. */
function retire(agent: HttpAgent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}
