import { type ErrorDetails, OpenirsaError, TokenError, type TokenFacts } from '../../core/index.ts'

/** The text cannot be an issuer's URL. */
export class IssuerUrlError extends OpenirsaError {
  readonly code = 'ISSUER_URL'
}

/** The text cannot be a thumbprint. */
export class ThumbprintError extends OpenirsaError {
  readonly code = 'THUMBPRINT'
}

/** What should be a JWKS is none. Single unusable keys are dropped, they are no reason for this. */
export class JwkSetError extends OpenirsaError {
  readonly code = 'JWK_SET'
}

/** What should be a discovery document is none, or is another issuer's. */
export class DiscoveryError extends OpenirsaError {
  readonly code = 'DISCOVERY'
}

export function malformedToken(why: string, facts: TokenFacts = {}, more: ErrorDetails = {}): TokenError {
  return new TokenError('malformed', `malformed token: ${why}`, facts, more)
}

export function unsupportedAlgorithm(facts: TokenFacts = {}): TokenError {
  return new TokenError(
    'unsupported-algorithm',
    'unsupported algorithm: `alg` of the header is none that AWS STS accepts',
    facts,
    {
      hint: 'sign with RS256, RS384, RS512, ES256, ES384 or ES512',
    },
  )
}

export function missingClaim(claim: string, facts: TokenFacts): TokenError {
  return new TokenError('missing-claim', `missing claim: the token has no \`${claim}\``, { ...facts, claim })
}

export function unusableClaim(claim: string, expected: string, facts: TokenFacts): TokenError {
  return malformedToken(`\`${claim}\` must be ${expected}`, { ...facts, claim })
}

export function unknownIssuer(expected: string, facts: TokenFacts): TokenError {
  return new TokenError(
    'unknown-issuer',
    `unknown issuer: token is from \`${facts.issuer ?? ''}\`, expected \`${expected}\``,
    {
      ...facts,
      accepted: [expected],
    },
  )
}

export function audienceMismatch(found: string, clientIds: readonly string[], facts: TokenFacts): TokenError {
  const accepted = clientIds.map((id) => `\`${id}\``).join(', ') || 'none'
  return new TokenError(
    'audience-mismatch',
    `audience mismatch: token is for \`${found}\`, provider accepts ${accepted}`,
    { ...facts, accepted: clientIds },
    { hint: 'ask for a token with that audience, or add it to the provider’s client ids' },
  )
}

export function ambiguousAudience(facts: TokenFacts): TokenError {
  return new TokenError('untrusted-claim', 'untrusted claim: `aud` names several audiences and there is no `azp`', {
    ...facts,
    claim: 'aud',
  })
}

export function expired(facts: TokenFacts): TokenError {
  return new TokenError('expired', `expired: \`exp\` is ${facts.expiresAt}, it is ${facts.judgedAt}`, facts)
}

export function notYetValid(claim: 'iat' | 'nbf', found: number, facts: TokenFacts): TokenError {
  return new TokenError('not-yet-valid', `not yet valid: \`${claim}\` is ${found}, it is ${facts.judgedAt}`, {
    ...facts,
    claim,
  })
}

export function badSignature(why: string, facts: TokenFacts): TokenError {
  return new TokenError('bad-signature', `bad signature: ${why}`, facts)
}
