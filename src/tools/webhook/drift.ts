import type { WebhookSettings } from '../../cluster/webhook/index.ts'
import {
  type DriftOptions,
  type DriftReport,
  type DriftWatch,
  lookForDrift,
  planNotices,
  planRestarts,
  restartController,
  watchDrift,
  writeNotices,
} from '../../cluster/webhook-drift/index.ts'
import { WEBHOOK_NAMES } from '../../cluster/webhook-manifest/index.ts'
import type { MetricRegistry } from '../../cluster/webhook-server/index.ts'
import { epochSeconds, seconds } from '../../core/index.ts'
import { type Log, systemClock, systemRandomness } from '../../io/host/index.ts'
import { type Kube, KubeError, RESOURCES } from '../../io/kube/index.ts'
import { trialSettingsOf } from './try-pods.ts'
import type { ServeFlags } from './webhook-settings.ts'

export interface DriftWish {
  readonly flags: ServeFlags
  /** Undefined: all of them. */
  readonly namespace?: string
  /** Beside those that the webhook's configuration excludes. */
  readonly excludedNamespaces: readonly string[]
  /** `tell`: Events are written. `restart`: controllers of such pods are restarted. */
  readonly consequences: ReadonlySet<'tell' | 'restart'>
}

export interface FoundDrift extends DriftReport {
  readonly eventsWritten: number
  /** `Deployment shop/orders`, … */
  readonly restarted: readonly string[]
}

/**
 * Looks once at the running pods of a cluster, and does what was asked.
 * @throws KubeError when the cluster cannot be asked, or does not let that happen
 */
export async function findDriftedPods(wish: DriftWish, kube: Kube): Promise<FoundDrift> {
  const { flags, namespace, consequences } = wish
  const excluded = await findExcludedNamespaces(kube, configurationOf(flags, WEBHOOK_NAMES.configuration))
  const report = await lookForDrift({
    ...optionsOf(flags, { kube, settings: trialSettingsOf({ flags }) }),
    ...(namespace === undefined ? {} : { namespace }),
    excludedNamespaces: [...excluded, ...wish.excludedNamespaces],
  })
  const now = systemClock.now()
  const eventsWritten = consequences.has('tell') ? await writeNotices(kube, planNotices(report), now) : 0
  const restarted: string[] = []
  for (const controller of consequences.has('restart') ? planRestarts(report) : []) {
    await restartController(kube, controller, now)
    restarted.push(`${controller.kind} ${controller.namespace}/${controller.name}`)
  }
  return { ...report, eventsWritten, restarted }
}

interface WatchParts {
  readonly kube: Kube
  readonly log: Log
  readonly settings: WebhookSettings
  readonly metrics: MetricRegistry
}

/** The same beside the running webhook, again and again, with metrics; nothing is restarted. */
export function startDriftWatch(flags: ServeFlags, { kube, log, settings, metrics }: WatchParts): DriftWatch {
  const configuration = configurationOf(flags, flags['service-name'])
  const watch = watchDrift({
    ...optionsOf(flags, { kube, settings }),
    findExcludedNamespaces: () => findExcludedNamespaces(kube, configuration),
    intervalSeconds: seconds(flags['drift-period'] / 1000),
    log,
  })
  meterDrift(metrics, watch)
  return watch
}

const FINDINGS = [
  'missing',
  'blocked',
  'other-role',
] as const satisfies readonly DriftReport['drifted'][number]['finding'][]

function meterDrift(metrics: MetricRegistry, watch: DriftWatch): void {
  metrics.gauge(
    {
      name: 'openirsa_webhook_drifted_pods',
      help: 'Running pods that lack what the webhook would give them now.',
      labels: ['finding'],
    },
    () => {
      const report = watch.report()
      if (report === undefined) return []
      return FINDINGS.map((word) => [[word], report.drifted.filter(({ finding }) => finding === word).length] as const)
    },
  )
  metrics.gauge(
    { name: 'openirsa_webhook_drift_seen_timestamp_seconds', help: 'When running pods were looked at last.' },
    () => {
      const at = watch.report()?.seenAt
      return at === undefined ? [] : [[[], epochSeconds(at)]]
    },
  )
}

function optionsOf(
  flags: ServeFlags,
  { kube, settings }: { readonly kube: Kube; readonly settings: WebhookSettings },
): Omit<DriftOptions, 'excludedNamespaces'> {
  const map = { namespace: flags.namespace, name: WEBHOOK_NAMES.identityConfigMap }
  return {
    kube,
    settings,
    skipLabel: WEBHOOK_NAMES.skipLabel,
    ...(flags['watch-config-map'] ? { identityConfigMap: map } : {}),
    clock: systemClock,
    randomness: systemRandomness,
  }
}

function configurationOf(flags: ServeFlags, fallback: string): string {
  return flags['webhook-configuration'] === '' ? fallback : flags['webhook-configuration']
}

/** Namespaces whose pods are not shown to the webhook, by its configuration; none, when that may not be read. */
async function findExcludedNamespaces(kube: Kube, name: string): Promise<readonly string[]> {
  const found = await kube.find(RESOURCES.mutatingWebhookConfigurations, { name }).catch((failure: unknown) => {
    if (failure instanceof KubeError && failure.reason === 'forbidden') return undefined
    throw failure
  })
  const [webhook] = (found?.webhooks ?? []) as readonly {
    readonly namespaceSelector?: {
      readonly matchExpressions?: readonly {
        readonly key: string
        readonly operator: string
        readonly values?: readonly string[]
      }[]
    }
  }[]
  return (webhook?.namespaceSelector?.matchExpressions ?? []).flatMap(({ key, operator, values }) =>
    key === 'kubernetes.io/metadata.name' && operator === 'NotIn' ? (values ?? []) : [],
  )
}
