/**
 * cluster/webhook-certificates: the webhook's own authority and serving certificate, in a Secret that all replicas share, and the trust that
 * API servers put into them. It serves nothing, and touches no other object than that Secret and the webhook's configuration.
 */
export type {
  AuthorityPhase,
  CertificateCondition,
  CertificateLives,
  SelfManagedCertificates,
  SelfManagedOptions,
} from './model.ts'
export { createSelfManagedCertificates } from './self-managed.ts'
