/**
 * cluster/issuer: the cluster's key ring, projected tokens as kube-apiserver mints them, discovery document and JWKS.
 * It never decides who may have a token, and keeps nothing: its callers store the ring and serve the documents.
 */
export { jwksUriOf, renderIssuerDiscovery, renderIssuerJwks } from './documents.ts'
export { KeyRingError, TokenRequestError } from './errors.ts'
export { createKeyRing, makeKeyRing, parseKeyRing, publicKeySet, publishedKeys, renderKeyRing } from './key-ring.ts'
export type {
  BoundObject,
  KeyRing,
  NewKeyAlgorithm,
  ProjectedToken,
  RetiringKey,
  ServiceAccountTokenRequest,
} from './model.ts'
export { mintServiceAccountToken } from './service-account-token.ts'
export { generateSigningKey, parseSigningKey, renderSigningKey } from './signing-key.ts'
