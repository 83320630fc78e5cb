/**
 * io/http: listens (one port for HTTP and HTTPS), keeps the certificates for that, fetches foreign issuers within limits, keeps their keys.
 * It knows no AWS API; what a request means is decided by whoever listens.
 */
export { isLoopback } from './addresses.ts'
export { type CertificateOptions, type Certificates, ensureCertificates } from './certificates.ts'
export { FetchError, type FetchReason } from './fetch-error.ts'
export { DEFAULT_LIMITS, type Fetched, type FetchLimits, type FetchRequest, fetchLimited } from './fetch-limited.ts'
export { findHeadFault, type HeadFault } from './head-rules.ts'
export {
  createJwksSource,
  type JwksSource,
  type JwksSourceOptions,
  type KeyRequest,
  type SourcedKey,
} from './jwks-source.ts'
export { listen } from './listen.ts'
export { type MintOptions, mintAuthority, mintServer, type Signer } from './mint-certificate.ts'
export type { ConnectionFacts, Listener, ListenOptions, RefusalAnswer } from './model.ts'
export { namedAddresses } from './named-addresses.ts'
export { type Network, systemNetwork } from './network.ts'
export {
  type CertificateFiles,
  type CertificateSource,
  createFileCertificates,
  type FileCertificates,
  notAfterOf,
  type ServerCertificate,
} from './server-certificate.ts'
export { readTopThumbprint } from './top-thumbprint.ts'
