import { X509Certificate } from 'node:crypto'
import { type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import {
  DEFAULT_LIMITS,
  FetchError,
  type Fetched,
  fetchLimited,
  type Network,
  readTopThumbprint,
} from '../../io/http/index.ts'
import {
  type IssuerUrl,
  parseJwkSet,
  type Thumbprint,
  thumbprintOf,
  type VerificationKeySet,
} from '../../standards/oidc/index.ts'

export interface InspectOptions {
  readonly network: Network
  /** Hosts, in lower case, that may be at private addresses. */
  readonly allowPrivateHosts: ReadonlySet<string>
}

/** A document of an issuer as it came, or why it did not. */
export type Answer =
  | { readonly fetched: Fetched; readonly json: JsonObject | undefined }
  | { readonly failure: FetchError }

/** Everything that an issuer shows to whoever asks; nothing is judged. */
export interface IssuerFacts {
  readonly issuer: IssuerUrl
  readonly discoveryUrl: string
  readonly discovery: Answer
  /** As the discovery document names it; undefined when it names none. */
  readonly jwksUri: string | undefined
  /** Undefined when nothing led to it. */
  readonly jwks: Answer | undefined
  /** Of the last certificate sent, where the trust store did not know the server and it was asked for. */
  readonly pinned: Thumbprint | undefined
}

/**
 * Fetches both documents within the five seconds that AWS STS gives. A server that the trust store does not know is believed by the
 * last certificate that it sends: what it shows is of interest, and judged elsewhere.
 */
export async function inspectIssuer(issuer: IssuerUrl, options: InspectOptions): Promise<IssuerFacts> {
  const discoveryUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const until = performance.now() + DEFAULT_LIMITS.milliseconds
  const milliseconds = (): number => Math.max(1, Math.ceil(until - performance.now()))
  const first = await ask(discoveryUrl, { ...options, thumbprints: [] }, milliseconds())
  const isUnknown = 'failure' in first && first.failure.reason === 'thumbprint-mismatch'
  const pinned = isUnknown ? await topOf(discoveryUrl, options) : undefined
  const thumbprints = pinned === undefined ? [] : [pinned]
  const discovery = pinned === undefined ? first : await ask(discoveryUrl, { ...options, thumbprints }, milliseconds())
  const named = 'json' in discovery ? discovery.json?.jwks_uri : undefined
  const jwksUri = typeof named === 'string' ? named : undefined
  const jwks = jwksUri === undefined ? undefined : await ask(jwksUri, { ...options, thumbprints }, milliseconds())
  return { issuer, discoveryUrl, discovery, jwksUri, jwks, pinned }
}

async function topOf(url: string, { network, allowPrivateHosts }: InspectOptions): Promise<Thumbprint | undefined> {
  try {
    return await readTopThumbprint(url, allowPrivateHosts, network)
  } catch (failure) {
    if (failure instanceof FetchError) return undefined
    throw failure
  }
}

async function ask(
  url: string,
  { network, ...more }: InspectOptions & { readonly thumbprints: readonly string[] },
  milliseconds: number,
): Promise<Answer> {
  try {
    const fetched = await fetchLimited({ url, ...more }, network, { ...DEFAULT_LIMITS, milliseconds })
    return { fetched, json: objectOf(fetched.body) }
  } catch (failure) {
    if (failure instanceof FetchError) return { failure }
    throw failure
  }
}

function objectOf(body: Uint8Array): JsonObject | undefined {
  try {
    const value = parseStrictJson(body)
    return isObject(value) ? value : undefined
  } catch (failure) {
    if (failure instanceof StrictJsonError) return undefined
    throw failure
  }
}

/** A certificate that the server sent. */
export interface ServedCertificate {
  readonly subject: string
  readonly issuedBy: string
  readonly notAfter: string
  readonly thumbprint: Thumbprint
}

/** The chain as it was sent, leaf first. */
export function servedCertificates(answer: Answer | undefined): readonly ServedCertificate[] {
  if (answer === undefined || 'failure' in answer) return []
  return answer.fetched.chain.map((der) => {
    const { subject, issuer, validTo } = new X509Certificate(der)
    return {
      subject: oneLine(subject),
      issuedBy: oneLine(issuer),
      notAfter: new Date(validTo).toISOString(),
      thumbprint: thumbprintOf(der),
    }
  })
}

const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ')

/** A member of a published JWKS. */
export interface PublishedMember {
  readonly keyId: string
  readonly keyType: string
  readonly algorithm: string
  /** Whether AWS STS would verify with it. */
  readonly isUsable: boolean
  readonly hasPrivateMember: boolean
}

/** SPEC: RFC 7518 §6.2.2, §6.3.2, §6.4.1. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const

/** Members of the JWKS; none when it is no JWKS. */
export function publishedMembers(answer: Answer | undefined): readonly PublishedMember[] {
  const document = answer === undefined || 'failure' in answer ? undefined : answer.json
  const list = document?.keys
  if (document === undefined || !Array.isArray(list)) return []
  const usable = usableKeys(document)
  return (list as readonly JsonValue[]).filter(isObject).map(({ ...member }) => ({
    keyId: textOf(member.kid),
    keyType: textOf(member.kty),
    algorithm: textOf(member.alg),
    isUsable: usable.keys.has(textOf(member.kid)),
    hasPrivateMember: PRIVATE_MEMBERS.some((name) => name in member),
  }))
}

/** The keys that our own strict reader takes, as it would for an exchange. */
function usableKeys(document: JsonObject): VerificationKeySet {
  try {
    return parseJwkSet(JSON.stringify(document))
  } catch {
    return { keys: new Map() }
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
