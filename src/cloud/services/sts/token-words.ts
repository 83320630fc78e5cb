import { ApiError, type TokenError, type TokenFacts, type TokenReason } from '../../../core/index.ts'

interface Words {
  readonly code: 'InvalidIdentityToken' | 'ExpiredTokenException' | 'IDPRejectedClaim' | 'IDPCommunicationError'
  /** 400 unless told. */
  readonly httpStatus?: number
  text(facts: TokenFacts): string
}

const invalid = (text: string | Words['text']): Words => ({
  code: 'InvalidIdentityToken',
  text: typeof text === 'string' ? () => text : text,
})

const COULD_NOT_VALIDATE =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const NOT_A_JWT = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
// SPEC: two spaces after the comma, as AWS has it.
const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
// SPEC: STS documents both for AssumeRoleWithWebIdentity; SDKs try the second one again. UNVERIFIED: the words are the documentation's.
const REJECTED =
  'The identity provider (IdP) reported that authentication failed: the claim has expired or has been explicitly revoked.'
const NOT_REACHED =
  'The identity provider (IDP) that was asked to verify the incoming identity token could not be reached.'
/** Of an issuer no more is repeated than one can be long. */
const LONGEST_ISSUER = 255

/** AWS's words for each reason; a reason without words does not compile. */
const WORDS = {
  // A claim of the wrong kind stands in a token that is a JWT all the same.
  malformed: invalid(({ claim }) => (claim === undefined ? NOT_A_JWT : COULD_NOT_VALIDATE)),
  'unsupported-algorithm': invalid(NOT_A_JWT),
  'missing-claim': invalid(({ claim }) => MISSING.get(claim ?? '') ?? COULD_NOT_VALIDATE),
  'unknown-issuer': invalid(
    ({ issuer = '' }) => `No OpenIDConnect provider found in your account for ${issuer.slice(0, LONGEST_ISSUER)}`,
  ),
  'audience-mismatch': invalid('Incorrect token audience'),
  expired: {
    code: 'ExpiredTokenException',
    text: ({ judgedAt, expiresAt }) =>
      `Token expired: current date/time ${judgedAt} must be before the expiration date/time ${expiresAt}`,
  },
  'not-yet-valid': invalid(COULD_NOT_VALIDATE),
  'unknown-key': invalid(NO_KEY),
  'bad-signature': invalid(COULD_NOT_VALIDATE),
  'issuer-unreachable': invalid(NO_KEY),
  'thumbprint-mismatch': invalid("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"),
  'untrusted-claim': invalid(COULD_NOT_VALIDATE),
  'bound-object-gone': { code: 'IDPRejectedClaim', httpStatus: 403, text: () => REJECTED },
  unconfirmed: { code: 'IDPCommunicationError', text: () => NOT_REACHED },
} as const satisfies Record<TokenReason, Words>

/** A missing `exp` has no words of its own. */
const MISSING: ReadonlyMap<string, string> = new Map(
  ['aud', 'iat', 'sub'].map((claim) => [claim, `Missing a required claim: ${claim}`]),
)

/** The answer to a token that was refused: 400, 403 for a revoked one, and nothing of the token but its issuer. */
export function tokenRefused(error: TokenError): ApiError {
  const { code, httpStatus = 400, text }: Words = WORDS[error.reason]
  return new ApiError(code, httpStatus, text(error.facts), {}, { cause: error })
}
