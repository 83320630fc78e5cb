import { epochSeconds, type Randomness } from '../../core/index.ts'
import { type CertificateSource, notAfterOf } from '../../io/http/index.ts'
import type { Kube } from '../../io/kube/index.ts'
import type { WebhookSettings } from '../webhook/index.ts'
import { createAccountLookup } from './account-lookup.ts'
import { followAccounts } from './accounts.ts'
import { followAuthorityFile } from './authority-file.ts'
import { followConfigMap } from './config-map.ts'
import { answerDebugPages, cacheDebugPages } from './debug-pages.ts'
import { createIdentities } from './identities.ts'
import { followIdentitiesFile } from './identities-file.ts'
import { type Listening, listenPlainly, listenSecurely } from './listen.ts'
import type { MetricRegistry } from './metric-registry.ts'
import { createWebhookMetrics, type WebhookMetrics } from './metrics.ts'
import type { WebhookHost } from './model.ts'
import { reviewPod } from './review-pod.ts'
import { healthPages, type Pages, pageListener, webhookListener } from './routes.ts'
import { type Readiness, renderReadiness, type SourceStatus } from './source-status.ts'
import type { TlsSettings } from './tls-settings.ts'

export interface WebhookServerOptions {
  readonly settings: WebhookSettings
  /** 0 picks a free one, for both ports. */
  readonly port: number
  readonly metricsPort: number
  /** Undefined: all addresses of this machine. */
  readonly address?: string | undefined
  readonly tls: TlsSettings
  /** Where the ConfigMap is; undefined: there is none to be followed. */
  readonly configMapNamespace?: string | undefined
  /** JSON file of the service accounts with container credentials. */
  readonly identitiesFile?: string | undefined
  /** PEM of the CA of one's own endpoint, followed; its certificates take the place of those in the settings. */
  readonly endpointAuthorityFile?: string | undefined
  /** Longest wait for the API server's word on an account; 0 never asks. */
  readonly lookupMilliseconds: number
  readonly recheckMilliseconds: number
  readonly hasDebugPages: boolean
  /** How long a server that is about to end still answers whoever has not noticed; nobody connected, it does not wait. */
  readonly shutdownDelayMilliseconds: number
}

export interface WebhookServerParts {
  readonly kube: Kube
  readonly certificates: CertificateSource
  readonly randomness: Randomness
  readonly host: WebhookHost
}

export interface WebhookServer {
  readonly port: number
  readonly metricsPort: number
  /** What `/readyz` says. */
  readiness(): Readiness
  /** For metrics of what runs beside. */
  readonly metrics: MetricRegistry
  /** Says that it is not ready any more, waits for who is connected to notice, and lets what is at hand end. */
  close(): Promise<void>
}

const GRACE_MILLISECONDS = 10_000

/**
 * Starts the webhook: it listens when this resolves, and is ready when its sources were read.
 * `kube` and `certificates` stay the caller's.
 * @throws ConfigError when a port cannot be had
 */
export async function startWebhookServer(
  options: WebhookServerOptions,
  parts: WebhookServerParts,
): Promise<WebhookServer> {
  const { host, certificates } = parts
  const phase = { isEnding: false }
  const knowledge = await gatherKnowledge(options, parts, () => readiness().isReady)
  const readiness = (): Readiness =>
    renderReadiness([certificateStatus(certificates), ...knowledge.identities.statuses()], phase.isEnding)
  const listenings = await listenOnBoth(options, parts, { ...knowledge, readiness }).catch(async (failure: unknown) => {
    await knowledge.close()
    throw failure
  })
  const [secure, plain] = listenings
  host.log.info({ port: secure.port, metricsPort: plain.port }, 'listening')
  return {
    port: secure.port,
    metricsPort: plain.port,
    readiness,
    metrics: knowledge.metrics.registry,
    close: async () => {
      phase.isEnding = true
      secure.announceEnd()
      await waitForNotice(secure, options.shutdownDelayMilliseconds)
      await Promise.all(listenings.map((listening) => listening.close(GRACE_MILLISECONDS)))
      await knowledge.close()
    },
  }
}

async function gatherKnowledge(
  options: WebhookServerOptions,
  { kube, certificates, host }: WebhookServerParts,
  isReady: () => boolean,
) {
  const { settings } = options
  const { clock, log } = host
  const annotationDomain = settings.annotationDomain
  const metrics: WebhookMetrics = createWebhookMetrics({
    version: host.version,
    statuses: () => identities.statuses(),
    isReady,
    certificateNotAfter: () => {
      const current = certificates.current()
      const at = current === undefined ? undefined : notAfterOf(current)
      return at === undefined ? undefined : epochSeconds(at)
    },
    accounts: () => accounts.values.size,
  })
  const onWarnings = (source: string) => (count: number) => metrics.sourceWarnings(source, count)
  const currentSettings = await followAuthorityFile({ settings, path: options.endpointAuthorityFile, log })
  const path = options.identitiesFile
  const identitiesFile =
    path === undefined
      ? undefined
      : await followIdentitiesFile({ path, log, onWarnings: onWarnings('container-credentials-file') })
  const accounts = followAccounts({ kube, annotationDomain, clock })
  const namespace = options.configMapNamespace
  const configMap =
    namespace === undefined
      ? undefined
      : followConfigMap({
          kube,
          namespace,
          compatibility: settings.compatibility,
          clock,
          log,
          onWarnings: onWarnings('config-map'),
        })
  const boundMilliseconds = options.lookupMilliseconds
  const lookup =
    boundMilliseconds === 0
      ? undefined
      : createAccountLookup({ kube, annotationDomain, boundMilliseconds, log, onOutcome: metrics.lookup })
  const identities = createIdentities({
    accounts,
    lookup,
    configMap,
    identitiesFile,
    annotationDomain,
    recheckMilliseconds: options.recheckMilliseconds,
    clock,
    onMissing: metrics.missingAccount,
  })
  const close = async (): Promise<void> => {
    identitiesFile?.close()
    currentSettings.close()
    await Promise.all([accounts.close(), configMap?.close()])
  }
  return { metrics, accounts, identities, currentSettings, close }
}

type Knowledge = Awaited<ReturnType<typeof gatherKnowledge>>

async function listenOnBoth(
  options: WebhookServerOptions,
  { certificates, randomness, host }: WebhookServerParts,
  { metrics, accounts, identities, currentSettings, readiness }: Knowledge & { readonly readiness: () => Readiness },
): Promise<readonly [Listening, Listening]> {
  const { log, stopwatch } = host
  const { address, tls, hasDebugPages } = options
  const health = healthPages(readiness)
  const review = (body: Buffer): string | Promise<string> =>
    reviewPod(body, { settings: currentSettings.now(), identities, metrics, randomness, log, stopwatch })
  const pages: Pages = hasDebugPages ? new Map([...health, ...answerDebugPages()]) : health
  const ownPages: Pages = new Map([
    ...health,
    ['/metrics', () => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: metrics.render() })],
    ...(hasDebugPages ? cacheDebugPages(accounts) : []),
  ])
  const secure = await listenSecurely(
    { port: options.port, address, flag: '--port' },
    webhookListener({ review, pages, metrics, log, stopwatch }),
    { tls, certificates, log },
  )
  try {
    const plain = await listenPlainly(
      { port: options.metricsPort, address, flag: '--metrics-port' },
      pageListener({ pages: ownPages, metrics, log, stopwatch }),
    )
    return [secure, plain]
  } catch (failure) {
    await secure.close(0)
    throw failure
  }
}

function certificateStatus(certificates: CertificateSource): SourceStatus {
  const isThere = certificates.current() !== undefined
  return { name: 'certificate', state: isThere ? 'current' : 'starting' }
}

const LOOK_MILLISECONDS = 50

/** Endpoints of a Service follow readiness with a delay; whoever is connected is told by its answers. */
async function waitForNotice(listening: Listening, delayMilliseconds: number): Promise<void> {
  for (let waited = 0; waited < delayMilliseconds; waited += LOOK_MILLISECONDS) {
    if ((await listening.connections()) === 0) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS))
  }
}
