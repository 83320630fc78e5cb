import {
  epochSeconds,
  type Instant,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
  type Seconds,
  StrictJsonError,
} from '../../core/index.ts'
import { SigningRefused } from './errors.ts'

export interface ClaimExpectations {
  readonly issuer: string
  readonly maxTokenSeconds: Seconds
  readonly now: Instant
}

/** SPEC: STS AssumeRoleWithWebIdentity takes tokens of at most 20,000 characters; kube-apiserver's have about 1,200. */
const LONGEST_PAYLOAD = 16_384
/** Clocks of kube-apiserver and signer may differ by so much. */
const SKEW_SECONDS = 300

/**
 * Reads the payload that is to be signed: a service account's token of our issuer, of a life that we allow, and nothing else.
 * @returns `exp`, in seconds since the epoch
 * @throws SigningRefused
 */
export function checkClaims(payload: string, { issuer, maxTokenSeconds, now }: ClaimExpectations): number {
  const claims = parseClaims(payload)
  if (claims.iss !== issuer)
    throw malformed('`iss` is not our issuer', `give kube-apiserver \`--service-account-issuer=${issuer}\` first`)
  if (typeof claims.sub !== 'string' || !claims.sub.startsWith('system:serviceaccount:'))
    throw malformed('`sub` is no service account')
  if (!isAudience(claims.aud)) throw malformed('`aud` is not a list of audiences')
  const { exp } = claims
  if (typeof exp !== 'number' || !Number.isInteger(exp)) throw malformed('`exp` is not whole seconds')
  const today = epochSeconds(now)
  if (exp <= today - SKEW_SECONDS) throw malformed('`exp` is over already', 'see the clocks of both machines')
  if (exp > today + maxTokenSeconds + SKEW_SECONDS) throw malformed(`\`exp\` is more than ${maxTokenSeconds} s ahead`)
  return exp
}

function parseClaims(payload: string): JsonObject {
  if (payload.length > LONGEST_PAYLOAD) throw malformed(`the claims have more than ${LONGEST_PAYLOAD} characters`)
  const bytes = Buffer.from(payload, 'base64url')
  // One spelling: what we sign is what everybody reads.
  if (bytes.length === 0 || bytes.toString('base64url') !== payload) throw malformed('the claims are not base64url')
  try {
    const claims = parseStrictJson(bytes)
    if (isObject(claims)) return claims
  } catch (failure) {
    if (failure instanceof StrictJsonError) throw malformed(`the claims are not JSON: ${failure.message}`)
    throw failure
  }
  throw malformed('the claims are not a JSON object')
}

function isAudience(aud: JsonValue | undefined): boolean {
  if (!Array.isArray(aud)) return typeof aud === 'string' && aud !== ''
  return aud.length > 0 && (aud as readonly JsonValue[]).every((each) => typeof each === 'string' && each !== '')
}

const malformed = (message: string, hint?: string): SigningRefused =>
  new SigningRefused('malformed', message, hint === undefined ? {} : { hint })

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
