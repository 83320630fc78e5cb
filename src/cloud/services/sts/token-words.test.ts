import { expect, it } from 'vitest'
import { TokenError, type TokenFacts, type TokenReason } from '../../../core/index.ts'
import { tokenRefused } from './token-words.ts'

const COULD_NOT =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const NOT_A_JWT = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

const ROWS: readonly (readonly [TokenReason, TokenFacts, string, string])[] = [
  ['malformed', {}, 'InvalidIdentityToken', NOT_A_JWT],
  ['malformed', { claim: 'exp' }, 'InvalidIdentityToken', COULD_NOT],
  ['unsupported-algorithm', {}, 'InvalidIdentityToken', NOT_A_JWT],
  ['missing-claim', { claim: 'aud' }, 'InvalidIdentityToken', 'Missing a required claim: aud'],
  ['missing-claim', { claim: 'iat' }, 'InvalidIdentityToken', 'Missing a required claim: iat'],
  ['missing-claim', { claim: 'sub' }, 'InvalidIdentityToken', 'Missing a required claim: sub'],
  ['missing-claim', { claim: 'exp' }, 'InvalidIdentityToken', COULD_NOT],
  [
    'unknown-issuer',
    { issuer: 'https://issuer.example/id/A' },
    'InvalidIdentityToken',
    'No OpenIDConnect provider found in your account for https://issuer.example/id/A',
  ],
  [
    'unknown-issuer',
    { issuer: 'kubernetes/serviceaccount' },
    'InvalidIdentityToken',
    'No OpenIDConnect provider found in your account for kubernetes/serviceaccount',
  ],
  ['audience-mismatch', { audiences: ['vault'] }, 'InvalidIdentityToken', 'Incorrect token audience'],
  [
    'expired',
    { judgedAt: 1731098245, expiresAt: 1731095240 },
    'ExpiredTokenException',
    'Token expired: current date/time 1731098245 must be before the expiration date/time 1731095240',
  ],
  ['not-yet-valid', { claim: 'nbf' }, 'InvalidIdentityToken', COULD_NOT],
  ['unknown-key', { keyId: 'k' }, 'InvalidIdentityToken', NO_KEY],
  ['issuer-unreachable', {}, 'InvalidIdentityToken', NO_KEY],
  [
    'unconfirmed',
    {},
    'IDPCommunicationError',
    'The identity provider (IDP) that was asked to verify the incoming identity token could not be reached.',
  ],
  ['bad-signature', {}, 'InvalidIdentityToken', COULD_NOT],
  [
    'thumbprint-mismatch',
    {},
    'InvalidIdentityToken',
    "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
  ],
  ['untrusted-claim', { claim: 'aud' }, 'InvalidIdentityToken', COULD_NOT],
]

it.each(ROWS)('a token that is %s (%o) is answered as AWS does', (reason, facts, code, message) => {
  const error = tokenRefused(new TokenError(reason, 'ours', facts))
  expect([error.code, error.httpStatus, error.message]).toEqual([code, 400, message])
})

it('repeats of an issuer no more than one can be long', () => {
  const { message } = tokenRefused(
    new TokenError('unknown-issuer', 'ours', { issuer: `https://${'a'.repeat(10_000)}` }),
  )
  expect(message.length).toBeLessThan(320)
})

it('a token that its cluster does not accept any more is answered with 403, as STS documents it', () => {
  const error = tokenRefused(new TokenError('bound-object-gone', 'ours', {}))
  expect([error.code, error.httpStatus, error.message]).toEqual([
    'IDPRejectedClaim',
    403,
    'The identity provider (IdP) reported that authentication failed: the claim has expired or has been explicitly revoked.',
  ])
})
