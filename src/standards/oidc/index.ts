/**
 * standards/oidc: issuers' URLs, discovery documents, JWK sets, thumbprints; mints and verifies web identity tokens, given keys.
 * It never fetches, reads no clock, and has no path for symmetric algorithms. RFC 7515, 7517, 7518, 7519; OpenID Connect Discovery 1.0.
 */
export { acceptAudience, type CheckedToken, checkTokenBeforeKey } from './check-token.ts'
export { parseDiscoveryDocument, renderDiscoveryDocument } from './discovery.ts'
export { DiscoveryError, IssuerUrlError, JwkSetError, ThumbprintError } from './errors.ts'
export { inspectToken, LEGACY_ISSUER } from './inspect-token.ts'
export { parseIssuerUrl } from './issuer-url.ts'
export { findKey, type PublishedKey, parseJwkSet, renderJwkSet } from './jwk-set.ts'
export { keyIdOf } from './key-id.ts'
export { mintToken } from './mint-token.ts'
export type {
  AcceptedAudience,
  IssuerUrl,
  SigningAlgorithm,
  SigningKey,
  Thumbprint,
  TokenExpectations,
  TokenInspection,
  UnverifiedToken,
  VerificationKey,
  VerificationKeySet,
  WebIdentityToken,
} from './model.ts'
export { peekToken } from './peek-token.ts'
export { parseThumbprint, thumbprintOf } from './thumbprint.ts'
export { verifyWebIdentityToken } from './verify-web-identity-token.ts'
