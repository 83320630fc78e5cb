/**
 * standards/sigv4: AWS Signature Version 4: finds the credentials that a request presents, verifies its signature, signs and presigns,
 * and decodes bodies in chunks. It works on the raw request, reads no clock, knows no accounts, and opens no session tokens.
 */
export { isNormalPath } from './canonical-path.ts'
export { decodeSignedChunks, type SignedChunkedBody } from './decode-signed-chunks.ts'
export { type ChunkedBody, decodeUnsignedTrailerChunks } from './decode-unsigned-chunks.ts'
export { ChunkedBodyError, type ChunkedBodyReason } from './errors.ts'
export { findCredentials } from './find-credentials.ts'
export type {
  CredentialScope,
  PathStyle,
  PayloadHash,
  PresentedCredentials,
  SignatureExpectations,
  SigningCredentials,
} from './model.ts'
export { EMPTY_SHA256, STREAMING_PAYLOADS, type StreamingPayload, UNSIGNED_PAYLOAD } from './payload-hash.ts'
export { type PresigningOptions, presignRequest, type SigningOptions, signRequest } from './sign-request.ts'
export { createSigningKeyCache, deriveSigningKey, type SigningKeyCache } from './signing-key.ts'
export { verifySignature } from './verify-signature.ts'
