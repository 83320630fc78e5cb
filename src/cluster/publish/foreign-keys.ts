import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { keyIdOf } from '../../standards/oidc/index.ts'

/**
 * IDs of the keys in a published JWKS that are not known; by what the keys are, not by what they are called. A member that is no
 * public key of ours under any name is foreign, whatever it is.
 * A text that is no JWKS has no keys: it was cut short, and is to be replaced.
 */
export function findForeignKeys(jwks: string, knownKeyIds: ReadonlySet<string>): readonly string[] {
  return membersOf(jwks).flatMap((member) => {
    const actual = actualKeyId(member)
    if (actual !== undefined && knownKeyIds.has(actual)) return []
    return [actual ?? nameOf(member)]
  })
}

function membersOf(jwks: string): readonly JsonValue[] {
  let document: JsonValue
  try {
    document = parseStrictJson(jwks)
  } catch (failure) {
    if (failure instanceof StrictJsonError) return []
    throw failure
  }
  const keys = isObject(document) ? document.keys : undefined
  return Array.isArray(keys) ? (keys as readonly JsonValue[]) : []
}

/** SPEC: RFC 7518 §6.2.1, §6.3.1: the members that make a public key; no other is looked at. */
function actualKeyId(member: JsonValue): string | undefined {
  if (!isObject(member)) return undefined
  const { kty, n, e, crv, x, y } = member
  const jwk = kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y }
  try {
    return keyIdOf(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }))
  } catch {
    return undefined
  }
}

function nameOf(member: JsonValue): string {
  return isObject(member) && typeof member.kid === 'string' ? member.kid : 'without a name'
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
