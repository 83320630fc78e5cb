import { type JsonValue, parseStrictJson } from '../../core/index.ts'
import {
  type IssuerUrl,
  JwkSetError,
  parseDiscoveryDocument,
  parseJwkSet,
  type VerificationKeySet,
} from '../../standards/oidc/index.ts'
import type { Log } from '../host/index.ts'
import { DEFAULT_LIMITS, type Fetched, fetchLimited } from './fetch-limited.ts'
import type { Network } from './network.ts'
import type { ServerTrust } from './server-trust.ts'

export interface KeyFetchOptions {
  readonly network: Network
  readonly thumbprints: readonly string[]
  readonly allowPrivateHosts: ReadonlySet<string>
  readonly log: Log
}

export interface FetchedKeys {
  readonly set: VerificationKeySet
  readonly connection: ServerTrust
  /** Seconds that the issuer's answer holds, within our own bounds. */
  readonly life: number
}

/** The issuer's answer is well formed and has no key that can be used: its word, not its failure. */
export class NoKeysError extends JwkSetError {}

/**
 * Fetches discovery document and keys of an issuer, both within the time of one fetch.
 * @throws FetchError, DiscoveryError, JwkSetError (`NoKeysError` among them)
 */
export async function fetchKeys(issuer: IssuerUrl, options: KeyFetchOptions): Promise<FetchedKeys> {
  const { network, thumbprints, allowPrivateHosts, log } = options
  const until = performance.now() + DEFAULT_LIMITS.milliseconds
  const fetch = (url: string): Promise<Fetched> =>
    fetchLimited({ url, thumbprints, allowPrivateHosts }, network, {
      ...DEFAULT_LIMITS,
      milliseconds: Math.max(1, Math.ceil(until - performance.now())),
    })
  const discovery = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const { jwksUri } = parseDiscoveryDocument(discovery.body, issuer)
  const fetched = await fetch(jwksUri)
  const set = parseJwkSet(fetched.body)
  if (set.keys.size === 0) throw new NoKeysError('the JWKS has no usable key')
  if (hasPrivateMember(fetched.body)) {
    log.warn({ issuer, jwksUri }, 'the issuer publishes a private key: it must be replaced at once')
  }
  // A provider is believed by the weaker of the two connections.
  const connection = discovery.connection === 'Thumbprint' ? 'Thumbprint' : fetched.connection
  return { set, connection, life: lifeOf(fetched.cacheControl) }
}

const SHORTEST_LIFE = 60
const LONGEST_LIFE = 600

/** Seconds; `max-age` (RFC 9111 §5.2.2.1) within our own bounds. */
export function lifeOf(cacheControl: string | undefined): number {
  const directives = (cacheControl ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim())
  if (directives.includes('no-store') || directives.includes('no-cache')) return SHORTEST_LIFE
  const age = directives.find((directive) => directive.startsWith('max-age='))?.slice('max-age='.length)
  if (age === undefined) return LONGEST_LIFE
  const count = /^\d+$/.test(age) ? Number(age) : 0
  return Math.min(LONGEST_LIFE, Math.max(SHORTEST_LIFE, count))
}

/** Members of a JWK that hold a private or symmetric key (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'k'] as const

function hasPrivateMember(body: Uint8Array): boolean {
  const document = parseStrictJson(body)
  const keys = isObject(document) ? document.keys : undefined
  if (!Array.isArray(keys)) return false
  return (keys as readonly JsonValue[]).some((key) => isObject(key) && PRIVATE_MEMBERS.some((member) => member in key))
}

function isObject(value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
