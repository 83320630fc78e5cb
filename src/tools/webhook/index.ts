/**
 * tools/webhook: the webhook as a program: flags to settings, the API server and the certificate that they name, the server;
 * and what goes with it: its manifest, the guard. It judges no pod and holds no connection itself.
 */

export { type KubeChoice, openKube } from '../../io/kube/index.ts'
export { type DriftWish, type FoundDrift, findDriftedPods } from './drift.ts'
export { renderWebhookGuard } from './guard.ts'
export { type ManifestWish, renderWebhookManifest } from './manifest.ts'
export { type RunningWebhook, type ServeParts, serveWebhook, type WebhookFacts } from './serve.ts'
export { type LiveTrial, tryLive } from './try-live.ts'
export { isProvided, type PodTrial, type TrialWish, tryPods } from './try-pods.ts'
export type { ServeFlags } from './webhook-settings.ts'
