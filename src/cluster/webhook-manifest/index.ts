/**
 * cluster/webhook-manifest: what is applied to a cluster so that the webhook runs there, and the guard that fails closed: options to
 * objects to YAML. It talks to no cluster, and decides nothing about a pod.
 */
export { serviceHosts } from './certificates.ts'
export { type GuardOptions, planGuard } from './guard.ts'
export { planManifest } from './manifest.ts'
export type {
  CertificateKeeper,
  DriftWatch,
  FailurePolicy,
  ManifestOptions,
  PodIdentitySource,
} from './model.ts'
export { WEBHOOK_NAMES } from './names.ts'
