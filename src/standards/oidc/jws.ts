import { type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { parseAlgorithm } from './algorithms.ts'
import { decodeBase64Url } from './base64url.ts'
import { malformedToken, unsupportedAlgorithm } from './errors.ts'
import type { SigningAlgorithm } from './model.ts'

/** A compact JWS taken apart. UNVERIFIED: all of it. */
export interface UnverifiedJws {
  readonly header: JsonObject
  readonly algorithm: SigningAlgorithm
  /** The empty string when the header has none. */
  readonly keyId: string
  readonly payload: Uint8Array
  /** What the signature is over: the first two parts as they came. */
  readonly signingInput: string
  readonly signature: Uint8Array
}

/** SPEC: STS AssumeRoleWithWebIdentity, WebIdentityToken: at most 20,000 characters. */
export const MAX_TOKEN_LENGTH = 20_000

/**
 * Header members that change what a JWS means (RFC 7515 §4.1.11, RFC 7797) or belong to JWE (RFC 7516).
 * `jku`, `jwk`, `x5u`, `x5c`, `x5t`, `typ` and `cty` are not among them: they are ignored, no key ever comes from a token.
 */
const REFUSED_MEMBERS = ['crit', 'b64', 'enc', 'zip', 'epk', 'apu', 'apv', 'iv', 'tag', 'p2s', 'p2c'] as const

/**
 * Takes a compact JWS apart (RFC 7515 §7.1), strictly; nothing is verified.
 * @throws TokenError `malformed`, `unsupported-algorithm`
 */
export function parseJws(text: string): UnverifiedJws {
  if (text.length > MAX_TOKEN_LENGTH) throw malformedToken(`longer than ${MAX_TOKEN_LENGTH} characters`)
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  if (first < 0 || second < 0 || text.includes('.', second + 1))
    throw malformedToken('expected three parts between dots')
  const header = parseObject(decodePart(text.slice(0, first), 'header'), 'header')
  for (const name of REFUSED_MEMBERS) {
    if (name in header) throw malformedToken(`the header member \`${name}\` is not accepted`)
  }
  return {
    header,
    algorithm: algorithmOf(header),
    keyId: keyIdOfHeader(header),
    payload: decodePart(text.slice(first + 1, second), 'payload'),
    signingInput: text.slice(0, second),
    signature: decodePart(text.slice(second + 1), 'signature'),
  }
}

/** @throws TokenError `malformed` when the bytes are not a strict JSON object */
export function parseObject(bytes: Uint8Array, part: string): JsonObject {
  const value = parsePart(bytes, part)
  if (!isJsonObject(value)) throw malformedToken(`the ${part} is not a JSON object`)
  return value
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsePart(bytes: Uint8Array, part: string): JsonValue {
  try {
    return parseStrictJson(bytes)
  } catch (cause) {
    if (cause instanceof StrictJsonError)
      throw malformedToken(`the ${part} is not JSON: ${cause.message}`, {}, { cause })
    throw cause
  }
}

function decodePart(text: string, part: string): Uint8Array {
  const bytes = decodeBase64Url(text)
  if (bytes === undefined) throw malformedToken(`the ${part} is not base64url`)
  return bytes
}

function algorithmOf(header: JsonObject): SigningAlgorithm {
  const { alg } = header
  if (typeof alg !== 'string') throw malformedToken('`alg` of the header must be a string')
  const algorithm = parseAlgorithm(alg)
  if (algorithm === undefined) throw unsupportedAlgorithm()
  return algorithm
}

function keyIdOfHeader(header: JsonObject): string {
  const { kid } = header
  if (kid === undefined) return ''
  if (typeof kid !== 'string') throw malformedToken('`kid` of the header must be a string')
  return kid
}
