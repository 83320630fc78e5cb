import type { JsonValue } from '../../core/index.ts'
import { missingClaim, unusableClaim } from './errors.ts'
import { parseJws, parseObject } from './jws.ts'
import type { UnverifiedToken } from './model.ts'

/**
 * Takes a web identity token apart, as far as it takes to find its provider: the structure, `alg` and `iss`.
 * All other claims are judged by `checkTokenBeforeKey`: AWS looks the provider up before it misses a claim.
 * @throws TokenError `malformed`, `unsupported-algorithm`, `missing-claim`
 */
export function peekToken(jwt: string): UnverifiedToken {
  const { algorithm, keyId, payload, signingInput, signature } = parseJws(jwt)
  const claims = parseObject(payload, 'payload')
  const { iss, sub, azp, exp, iat, nbf } = claims
  if (iss === undefined) throw missingClaim('iss', {})
  if (typeof iss !== 'string') throw unusableClaim('iss', 'a string', {})
  return {
    jwt,
    algorithm,
    keyId,
    issuer: iss,
    subject: typeof sub === 'string' ? sub : undefined,
    audiences: audiencesOf(claims.aud) ?? [],
    authorizedParty: typeof azp === 'string' ? azp : undefined,
    issuedAt: isNumericDate(iat) ? iat : undefined,
    notBefore: isNumericDate(nbf) ? nbf : undefined,
    expiresAt: isNumericDate(exp) ? exp : undefined,
    claims,
    signingInput,
    signature,
  }
}

/** SPEC: RFC 7519 §4.1.3: one string or an array of strings; undefined when it is neither, or empty. */
export function audiencesOf(aud: JsonValue | undefined): readonly string[] | undefined {
  if (typeof aud === 'string') return [aud]
  if (!Array.isArray(aud) || aud.length === 0) return undefined
  return aud.every((each: JsonValue) => typeof each === 'string') ? (aud as readonly string[]) : undefined
}

/** Last second that a JavaScript date can name. */
const LAST_SECOND = 8_640_000_000_000

/** SPEC: RFC 7519 §2, restricted as AWS STS does: whole seconds. */
export function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LAST_SECOND
}
