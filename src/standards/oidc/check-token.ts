import { epochSeconds, type TokenFacts } from '../../core/index.ts'
import {
  ambiguousAudience,
  audienceMismatch,
  expired,
  missingClaim,
  notYetValid,
  unknownIssuer,
  unusableClaim,
} from './errors.ts'
import type { AcceptedAudience, TokenExpectations, UnverifiedToken } from './model.ts'
import { audiencesOf, isNumericDate } from './peek-token.ts'

/** An unverified token that passed the cheap checks: still unverified, but whole. */
export interface CheckedToken extends AcceptedAudience {
  readonly subject: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/** What a refusal says; put together only when there is one. */
type Facts = () => TokenFacts

/**
 * The cheap checks, for use before any key is fetched, in AWS's order: issuer, audience, times, subject.
 * UNVERIFIED: passing says nothing; only a refusal counts.
 * @throws TokenError `unknown-issuer`, `missing-claim`, `malformed`, `audience-mismatch`, `untrusted-claim`, `expired`, `not-yet-valid`
 */
export function checkTokenBeforeKey(token: UnverifiedToken, expectations: TokenExpectations): CheckedToken {
  const facts: Facts = () => ({ ...factsOfToken(token), judgedAt: epochSeconds(expectations.now) })
  if (token.issuer !== expectations.issuer) throw unknownIssuer(expectations.issuer, facts())
  const { audience, originalAudiences } = acceptAudience(token, expectations.clientIds)
  const { issuedAt, expiresAt } = checkTimes(token, expectations, facts)
  const subject = checkSubject(token, facts)
  return { audience, originalAudiences, issuedAt, expiresAt, subject }
}

/**
 * What counts as the token's audience, when the provider accepts it.
 * SPEC: IAM User Guide, "Available keys for AWS OIDC federation": `azp` stands for `aud` when there is one; several
 * audiences without it are refused.
 * @throws TokenError `missing-claim`, `malformed`, `untrusted-claim`, `audience-mismatch`
 */
export function acceptAudience(token: UnverifiedToken, clientIds: readonly string[]): AcceptedAudience {
  const facts: Facts = () => factsOfToken(token)
  const { aud, azp } = token.claims
  if (aud === undefined) throw missingClaim('aud', facts())
  const audiences = audiencesOf(aud as Parameters<typeof audiencesOf>[0])
  if (audiences === undefined) throw unusableClaim('aud', 'a string or a list of strings, not empty', facts())
  if (azp !== undefined) {
    if (typeof azp !== 'string') throw unusableClaim('azp', 'a string', facts())
    if (!clientIds.includes(azp)) throw audienceMismatch(azp, clientIds, facts())
    return { audience: azp, originalAudiences: audiences }
  }
  const [audience, ...more] = audiences
  if (audience === undefined || more.length > 0) throw ambiguousAudience(facts())
  if (!clientIds.includes(audience)) throw audienceMismatch(audience, clientIds, facts())
  return { audience }
}

/** What a refusal may say about the token. UNVERIFIED: all of it. */
export function factsOfToken(token: UnverifiedToken): TokenFacts {
  return {
    issuer: token.issuer,
    keyId: token.keyId,
    audiences: token.audiences,
    ...(token.subject === undefined ? {} : { subject: token.subject }),
    ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
  }
}

function checkTimes(token: UnverifiedToken, { now, leewaySeconds }: TokenExpectations, facts: Facts) {
  const expiresAt = requiredDate(token, 'exp', facts)
  const issuedAt = requiredDate(token, 'iat', facts)
  const notBefore = token.claims.nbf === undefined ? issuedAt : requiredDate(token, 'nbf', facts)
  const second = epochSeconds(now)
  // SPEC: RFC 7519 §4.1.4: a token may not be used on or after `exp`; the leeway moves that moment.
  if (second >= expiresAt + leewaySeconds) throw expired(facts())
  if (issuedAt > second + leewaySeconds) throw notYetValid('iat', issuedAt, facts())
  if (notBefore > second + leewaySeconds) throw notYetValid('nbf', notBefore, facts())
  return { issuedAt, expiresAt }
}

function requiredDate({ claims }: UnverifiedToken, claim: 'exp' | 'iat' | 'nbf', facts: Facts): number {
  const value = claims[claim]
  if (value === undefined) throw missingClaim(claim, facts())
  if (!isNumericDate(value)) throw unusableClaim(claim, 'whole seconds since 1970', facts())
  return value
}

function checkSubject({ claims }: UnverifiedToken, facts: Facts): string {
  const { sub } = claims
  if (sub === undefined) throw missingClaim('sub', facts())
  if (typeof sub !== 'string' || sub === '') throw unusableClaim('sub', 'a string, not empty', facts())
  return sub
}
