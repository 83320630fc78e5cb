/**
 * cluster/webhook-server: the webhook as a server: HTTPS with a certificate that may change, what is followed of the cluster and of files,
 * bounded questions to the API server, health pages, metrics, the end in good order.
 * It does not judge pods: `cluster/webhook` does. It makes no certificates, and reads no flags.
 */
export type { Counter, Distribution, LabelValues, MetricDescription, MetricRegistry } from './metric-registry.ts'
export type { WebhookHost } from './model.ts'
export type { Readiness } from './source-status.ts'
export {
  startWebhookServer,
  type WebhookServer,
  type WebhookServerOptions,
  type WebhookServerParts,
} from './start.ts'
export { parseTlsSettings, type TlsSettings } from './tls-settings.ts'
