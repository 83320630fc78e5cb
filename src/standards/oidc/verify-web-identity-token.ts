import type { Complete } from '../../core/index.ts'
import { checkTokenBeforeKey, factsOfToken } from './check-token.ts'
import { badSignature } from './errors.ts'
import type { TokenExpectations, UnverifiedToken, VerificationKey, WebIdentityToken } from './model.ts'
import { verifySignature } from './verify-signature.ts'

/**
 * The one way to a `WebIdentityToken`: issuer, audience, times, subject, then the signature, with a key of that issuer.
 * @throws TokenError with the first thing that is wrong
 */
export async function verifyWebIdentityToken(
  token: UnverifiedToken,
  expectations: TokenExpectations & { readonly key: VerificationKey },
): Promise<WebIdentityToken> {
  const { key } = expectations
  const checked = checkTokenBeforeKey(token, expectations)
  const facts = () => factsOfToken(token)
  if (token.keyId !== '' && token.keyId !== key.keyId) throw badSignature('the token names another key', facts())
  if (!key.algorithms.includes(token.algorithm)) {
    throw badSignature(`the key is for ${key.algorithms.join(', ')}, the token says \`${token.algorithm}\``, facts())
  }
  if (!(await verifySignature(token, key))) throw badSignature('the key did not sign this token', facts())
  const { jti } = token.claims
  const verified: Complete<Omit<WebIdentityToken, BrandOf<WebIdentityToken>>> = {
    issuer: expectations.issuer,
    audience: checked.audience,
    originalAudiences: checked.originalAudiences,
    subject: checked.subject,
    issuedAt: checked.issuedAt,
    expiresAt: checked.expiresAt,
    keyId: key.keyId,
    tokenId: typeof jti === 'string' ? jti : undefined,
    claims: token.claims,
  }
  return verified as WebIdentityToken
}

/** The brand's key, which `model.ts` keeps to itself. */
type BrandOf<T> = Extract<keyof T, symbol>
