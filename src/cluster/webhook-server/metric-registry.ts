/** Values of labels in the order of their names. */
export type LabelValues = readonly string[]

export interface Counter {
  add(labels?: LabelValues): void
  /** As `add` with these labels, without looking for them each time. */
  of(labels: LabelValues): () => void
}

/** What a duration is counted in: a histogram by upper bounds, or, without bounds, a sum and a count. */
export interface Distribution {
  observe(value: number, labels?: LabelValues): void
  /** As `observe` with these labels, without looking for them each time. */
  of(labels: LabelValues): (value: number) => void
}

export interface MetricDescription {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

/** A handful of metrics in Prometheus' text format. Labels are closed sets: nothing that comes from a request may be one. */
export interface MetricRegistry {
  /** Shows 0 for each of `initial` (labels' values) before anything is counted. */
  counter(description: MetricDescription, initial?: readonly LabelValues[]): Counter
  /** Read when the metrics are. */
  gauge(description: MetricDescription, read: () => Iterable<readonly [labels: LabelValues, value: number]>): void
  histogram(description: MetricDescription, bounds: readonly number[]): Distribution
  summary(description: MetricDescription): Distribution
  render(): string
}

export function createMetricRegistry(): MetricRegistry {
  const metrics: (() => readonly string[])[] = []
  return {
    counter: (description, initial = []) => {
      const series = createSeries(description, () => ({ value: 0 }))
      for (const labels of initial) series.of(labels)
      metrics.push(() => [
        ...headOf(description, 'counter'),
        ...series.lines((labels, { value }) => [`${description.name}${labels()} ${value}`]),
      ])
      const of = (labels: LabelValues): (() => void) => {
        const cell = series.of(labels)
        return () => {
          cell.value += 1
        }
      }
      return { add: (labels = []) => of(labels)(), of }
    },
    gauge: (description, read) => {
      metrics.push(() => [
        ...headOf(description, 'gauge'),
        ...[...read()].map(([labels, value]) => `${description.name}${renderLabels(description, labels)} ${value}`),
      ])
    },
    histogram: (description, bounds) => {
      const { distribution, render } = createDistribution(description, bounds)
      metrics.push(() => [...headOf(description, 'histogram'), ...render()])
      return distribution
    },
    summary: (description) => {
      const { distribution, render } = createDistribution(description, undefined)
      metrics.push(() => [...headOf(description, 'summary'), ...render()])
      return distribution
    },
    render: () => `${metrics.flatMap((lines) => lines()).join('\n')}\n`,
  }
}

interface Spread {
  /** One for each bound, not cumulated, and one for all that is above. */
  readonly buckets: number[]
  sum: number
  count: number
}

function createDistribution(
  description: MetricDescription,
  bounds: readonly number[] | undefined,
): { distribution: Distribution; render: () => readonly string[] } {
  const { name } = description
  const series = createSeries<Spread>(description, () => ({
    buckets: Array.from({ length: (bounds?.length ?? -1) + 1 }, () => 0),
    sum: 0,
    count: 0,
  }))
  const bucketLines = (labels: (more?: string) => string, { buckets }: Spread): readonly string[] => {
    let below = 0
    return buckets.map((count, at) => {
      below += count
      return `${name}_bucket${labels(`le="${bounds?.[at] ?? '+Inf'}"`)} ${below}`
    })
  }
  const of = (labels: LabelValues) => {
    const spread = series.of(labels)
    return (value: number): void => {
      spread.sum += value
      spread.count += 1
      if (bounds === undefined) return
      const found = bounds.findIndex((bound) => value <= bound)
      const at = found < 0 ? bounds.length : found
      spread.buckets[at] = (spread.buckets[at] ?? 0) + 1
    }
  }
  return {
    distribution: { observe: (value, labels = []) => of(labels)(value), of },
    render: () =>
      series.lines((labels, spread) => [
        ...bucketLines(labels, spread),
        `${name}_sum${labels()} ${spread.sum}`,
        `${name}_count${labels()} ${spread.count}`,
      ]),
  }
}

function createSeries<Cell>(description: MetricDescription, make: () => Cell) {
  const cells = new Map<string, { readonly labels: LabelValues; readonly cell: Cell }>()
  return {
    of: (labels: LabelValues): Cell => {
      const key = labels.join('\n')
      let found = cells.get(key)
      if (found === undefined) {
        found = { labels, cell: make() }
        cells.set(key, found)
      }
      return found.cell
    },
    lines: (render: (labels: (more?: string) => string, cell: Cell) => readonly string[]): readonly string[] =>
      [...cells.values()].flatMap(({ labels, cell }) =>
        render((more) => renderLabels(description, labels, more), cell),
      ),
  }
}

function headOf({ name, help }: MetricDescription, type: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function renderLabels({ labels: names = [] }: MetricDescription, values: LabelValues, more?: string): string {
  const parts = names.map((name, at) => `${name}="${escapeValue(values[at] ?? '')}"`)
  if (more !== undefined) parts.push(more)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

/** SPEC: Prometheus' text format, label values. */
function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
