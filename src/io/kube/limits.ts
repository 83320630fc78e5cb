import type { KubeLimits } from './model.ts'

export const KUBE_LIMITS: KubeLimits = {
  callMilliseconds: 30_000,
  // A page of 500 pods is about ten mebibytes.
  bodyBytes: 64 * 1024 * 1024,
  // SPEC: etcd takes 1.5 MiB a request; managed fields and JSON's own letters come on top.
  eventBytes: 8 * 1024 * 1024,
  silenceMilliseconds: 150_000,
  backoffMilliseconds: 10_000,
}
