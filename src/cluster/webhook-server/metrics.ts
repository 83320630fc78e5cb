import type { MutationDecision, MutationReason } from '../webhook/index.ts'
import { createMetricRegistry, type MetricRegistry } from './metric-registry.ts'
import type { SourceStatus } from './source-status.ts'

/** What is counted. Names without `openirsa` are the reference webhook's, so that its dashboards go on working. */
export interface WebhookMetrics {
  /** An answered request, how long it took in milliseconds. */
  request(facts: RequestFacts, milliseconds: number): void
  /** A decision that was no dry run. */
  decision(decision: MutationDecision): void
  /** A service account that the cache did not have. */
  missingAccount(): void
  /** A live question about a service account, and how it ended. */
  lookup(outcome: LookupOutcome): void
  sourceWarnings(source: string, count: number): void
  /** Further metrics of who serves. */
  readonly registry: MetricRegistry
  render(): string
}

export interface RequestFacts {
  readonly verb: string
  readonly path: string
  readonly code: number
}

export const LOOKUP_OUTCOMES = ['found', 'unknown', 'failed', 'crowded'] as const
export type LookupOutcome = (typeof LOOKUP_OUTCOMES)[number]

export interface MetricSources {
  readonly version: string
  readonly statuses: () => readonly SourceStatus[]
  readonly isReady: () => boolean
  /** Epoch seconds. */
  readonly certificateNotAfter: () => number | undefined
  readonly accounts: () => number
}

/** SPEC: the reference's buckets, in microseconds: 125000·2^n for n from 0 to 6. */
const REFERENCE_BUCKETS = [0, 1, 2, 3, 4, 5, 6].map((power) => 125_000 * 2 ** power)
/** Seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const

const REASONS = {
  'web-identity-injected': true,
  'container-credentials-injected': true,
  'nothing-to-add': true,
  'no-role': true,
  'blank-role': true,
  'service-account-unknown': true,
  'service-account-unreadable': true,
  'service-accounts-unsynced': true,
  malformed: true,
} as const satisfies Record<MutationReason, true>

export function createWebhookMetrics(sources: MetricSources): WebhookMetrics {
  const registry = createMetricRegistry()
  const request = countRequests(registry)
  const decision = countDecisions(registry)
  const missing = registry.counter(
    { name: 'pod_identity_webhook_missing_sa_count', help: 'Reviews whose service account the cache did not have.' },
    [[]],
  )
  const lookups = registry.counter(
    {
      name: 'openirsa_webhook_service_account_lookups_total',
      help: 'Live questions to the API server about service accounts, by how they ended.',
      labels: ['outcome'],
    },
    LOOKUP_OUTCOMES.map((outcome) => [outcome]),
  )
  const warnings = registry.counter({
    name: 'openirsa_webhook_source_warnings_total',
    help: 'Entries of the ConfigMap or the identities file that could not be used.',
    labels: ['source'],
  })
  describeSources(registry, sources)
  return {
    request,
    decision,
    missingAccount: () => missing.add(),
    lookup: (outcome) => lookups.add([outcome]),
    sourceWarnings: (source, count) => {
      for (let at = 0; at < count; at += 1) warnings.add([source])
    },
    registry,
    render: () => registry.render(),
  }
}

type Meter = (milliseconds: number) => void

function countRequests(registry: MetricRegistry): WebhookMetrics['request'] {
  const labels = ['verb', 'path']
  const count = registry.counter({
    name: 'http_request_count',
    help: 'Answered requests.',
    labels: [...labels, 'code'],
  })
  const latencies = registry.histogram(
    { name: 'http_request_latencies', help: 'Microseconds from head to answer.', labels },
    REFERENCE_BUCKETS,
  )
  const durations = registry.summary({
    name: 'http_request_duration_microseconds',
    help: 'Microseconds from head to answer.',
    labels,
  })
  const seconds = registry.histogram(
    { name: 'openirsa_webhook_request_duration_seconds', help: 'Seconds from head to answer.', labels: ['path'] },
    BUCKETS,
  )
  // By path: there are few verbs and codes of each.
  const meters = new Map<string, { readonly verb: string; readonly code: number; readonly meter: Meter }[]>()
  const meterOf = ({ verb, path, code }: RequestFacts): Meter => {
    const [counted, inBuckets, inSum] = [
      count.of([verb, path, String(code)]),
      latencies.of([verb, path]),
      durations.of([verb, path]),
    ]
    const inSeconds = seconds.of([path])
    return (milliseconds) => {
      counted()
      inBuckets(milliseconds * 1000)
      inSum(milliseconds * 1000)
      inSeconds(milliseconds / 1000)
    }
  }
  return (facts, milliseconds) => {
    const { verb, path, code } = facts
    const ofPath = meters.get(path) ?? []
    let known = ofPath.find((one) => one.code === code && one.verb === verb)
    if (known === undefined) {
      known = { verb, code, meter: meterOf(facts) }
      meters.set(path, [...ofPath, known])
    }
    known.meter(milliseconds)
  }
}

function countDecisions(registry: MetricRegistry): WebhookMetrics['decision'] {
  const decisions = registry.counter(
    {
      name: 'openirsa_webhook_decisions_total',
      help: 'Decisions about pods, by reason; dry runs are not counted.',
      labels: ['reason', 'allowed'],
    },
    Object.keys(REASONS).map((reason) => [reason, String(reason !== 'malformed')]),
  )
  const warnings = registry.counter({
    name: 'openirsa_webhook_warnings_total',
    help: 'Warnings given to who made the pod, by code.',
    labels: ['code'],
  })
  const pods = registry.counter(
    { name: 'pod_identity_webhook_pod_count', help: 'Pods that have an identity, by method.', labels: ['method'] },
    [['sts_web_identity'], ['container_credentials']],
  )
  const podsBy = {
    sts_web_identity: pods.of(['sts_web_identity']),
    container_credentials: pods.of(['container_credentials']),
  } as const
  const [letThrough, refused] = [new Map<string, () => void>(), new Map<string, () => void>()]
  return ({ reason, allowed, method, warnings: given }) => {
    const counts = allowed ? letThrough : refused
    let count = counts.get(reason)
    if (count === undefined) {
      count = decisions.of([reason, String(allowed)])
      counts.set(reason, count)
    }
    count()
    for (const { code } of given) warnings.add([code])
    if (method !== undefined) podsBy[method]()
  }
}

function describeSources(registry: MetricRegistry, sources: MetricSources): void {
  registry.gauge({ name: 'pod_identity_webhook_used', help: 'Whether a service account is known.' }, () => [
    [[], sources.accounts() > 0 ? 1 : 0],
  ])
  registry.gauge({ name: 'openirsa_webhook_ready', help: 'What /readyz says.' }, () => [
    [[], sources.isReady() ? 1 : 0],
  ])
  registry.gauge(
    { name: 'openirsa_webhook_source_synced', help: 'Whether a source was read once.', labels: ['source'] },
    () => sources.statuses().map(({ name, state }) => [[name], state === 'starting' ? 0 : 1] as const),
  )
  registry.gauge(
    {
      name: 'openirsa_webhook_source_stale_seconds',
      help: 'How long a source could not be followed; 0 when it is current.',
      labels: ['source'],
    },
    () => sources.statuses().map(({ name, staleSeconds = 0 }) => [[name], staleSeconds] as const),
  )
  registry.gauge({ name: 'openirsa_webhook_service_accounts', help: 'Service accounts followed.' }, () => [
    [[], sources.accounts()],
  ])
  registry.gauge(
    { name: 'openirsa_webhook_certificate_not_after_seconds', help: 'When the certificate shown ends (epoch).' },
    () => {
      const at = sources.certificateNotAfter()
      return at === undefined ? [] : [[[], at]]
    },
  )
  describeProcess(registry, sources.version)
}

/** The names that Prometheus' client libraries give these. */
function describeProcess(registry: MetricRegistry, version: string): void {
  registry.gauge({ name: 'openirsa_build_info', help: 'What is running.', labels: ['version'] }, () => [[[version], 1]])
  registry.gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory.' }, () => [
    [[], process.memoryUsage.rss()],
  ])
  registry.gauge({ name: 'process_cpu_seconds_total', help: 'Processor time, user and system.' }, () => {
    const { user, system } = process.cpuUsage()
    return [[[], (user + system) / 1e6]]
  })
}
