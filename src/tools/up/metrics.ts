import type { ServerResponse } from 'node:http'

/** Counts every answer of the installation, for `/_openirsa/metrics`. */
export interface RequestMetrics {
  /** To be told of each request when it comes. */
  observe(response: ServerResponse): void
  /** Prometheus' text format. */
  render(): { readonly type: string; readonly text: string }
}

/** Seconds, upper bounds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const
/** The header that every refusal by authentication or authorization carries. */
const DENIAL_HEADER = 'x-openirsa-denial'

interface Counts {
  readonly byStatus: Map<number, number>
  /** How many took at most so many seconds, one for each bucket, not cumulated; the last one holds all that took longer. */
  readonly byDuration: number[]
  secondsInAll: number
  denials: number
}

export function createRequestMetrics(version: string): RequestMetrics {
  const counts: Counts = { byStatus: new Map(), byDuration: [...BUCKETS, 0].map(() => 0), secondsInAll: 0, denials: 0 }
  return {
    observe: (response) => {
      const begun = performance.now()
      response.once('finish', () => count(counts, response, (performance.now() - begun) / 1000))
    },
    render: () => ({
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: [...renderCounts(counts), ...renderProcess(version), ''].join('\n'),
    }),
  }
}

function count(counts: Counts, response: ServerResponse, seconds: number): void {
  counts.byStatus.set(response.statusCode, (counts.byStatus.get(response.statusCode) ?? 0) + 1)
  const found = BUCKETS.findIndex((bound) => seconds <= bound)
  const at = found < 0 ? BUCKETS.length : found
  counts.byDuration[at] = (counts.byDuration[at] ?? 0) + 1
  counts.secondsInAll += seconds
  if (response.hasHeader(DENIAL_HEADER)) counts.denials += 1
}

function renderCounts({ byStatus, byDuration, secondsInAll, denials }: Counts): readonly string[] {
  let sum = 0
  const buckets = byDuration.map((part, at) => {
    sum += part
    return `openirsa_http_request_duration_seconds_bucket{le="${BUCKETS[at] ?? '+Inf'}"} ${sum}`
  })
  return [
    '# HELP openirsa_http_requests_total Answered requests, by HTTP status.',
    '# TYPE openirsa_http_requests_total counter',
    ...[...byStatus].map(([status, times]) => `openirsa_http_requests_total{code="${status}"} ${times}`),
    '# HELP openirsa_denials_total Requests refused by authentication or authorization.',
    '# TYPE openirsa_denials_total counter',
    `openirsa_denials_total ${denials}`,
    '# HELP openirsa_http_request_duration_seconds From the head of a request to the end of its answer.',
    '# TYPE openirsa_http_request_duration_seconds histogram',
    ...buckets,
    `openirsa_http_request_duration_seconds_sum ${secondsInAll}`,
    `openirsa_http_request_duration_seconds_count ${sum}`,
  ]
}

/** The names that Prometheus' client libraries give these. */
function renderProcess(version: string): readonly string[] {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    ...gauge('openirsa_build_info', 'What is running.', '1', `{version="${version}"}`),
    ...gauge('process_resident_memory_bytes', 'Resident memory.', String(rss)),
    ...gauge('nodejs_heap_size_used_bytes', 'Used heap of V8.', String(heapUsed)),
    ...gauge('process_start_time_seconds', 'Start of the process.', String(performance.timeOrigin / 1000)),
    '# HELP process_cpu_seconds_total Processor time, user and system.',
    '# TYPE process_cpu_seconds_total counter',
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
  ]
}

function gauge(name: string, help: string, value: string, labels = ''): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name}${labels} ${value}`]
}
