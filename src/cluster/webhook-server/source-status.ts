/**
 * How far a source of knowledge is. `starting`: nothing was read yet, so that the server is not ready. `stale`: it was, and cannot be
 * followed at the moment: the server goes on with what it knows.
 */
export interface SourceStatus {
  readonly name: string
  readonly state: 'starting' | 'current' | 'stale'
  /** For `stale`. */
  readonly staleSeconds?: number
  /** Why it is not current, in one line. */
  readonly why?: string
}

export interface Readiness {
  readonly isReady: boolean
  /** One line for each source, as kube-apiserver writes its health pages. */
  readonly text: string
}

/** Ready is who has read every source once and is not about to end. A stale source is told, and takes nobody out of service: another replica would know no more. */
export function renderReadiness(statuses: readonly SourceStatus[], isEnding: boolean): Readiness {
  const isReady = !isEnding && statuses.every(({ state }) => state !== 'starting')
  const lines = statuses.map(renderStatus)
  if (isEnding) lines.push('[-]shutdown: about to end')
  return { isReady, text: `${[...lines, isReady ? 'ready' : 'not ready'].join('\n')}\n` }
}

function renderStatus({ name, state, staleSeconds, why }: SourceStatus): string {
  const because = why === undefined ? '' : `: ${why}`
  if (state === 'current') return `[+]${name} ok`
  if (state === 'starting') return `[-]${name} not read yet${because}`
  return `[+]${name} stale for ${Math.round(staleSeconds ?? 0)} s${because}`
}
