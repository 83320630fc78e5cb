/**
 * tools/webhook: the webhook as a program: flags to settings, the API server and the certificate that they name, the server.
 * It judges no pod and holds no connection itself.
 */
export { type RunningWebhook, type ServeParts, serveWebhook, type WebhookFacts } from './serve.ts'
export type { ServeFlags } from './webhook-settings.ts'
