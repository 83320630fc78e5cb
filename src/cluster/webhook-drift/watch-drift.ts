import { OpenirsaError, type Seconds } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { planNotices, writeNotices } from './events.ts'
import { type DriftOptions, lookForDrift } from './look-for-drift.ts'
import type { DriftReport } from './model.ts'

export interface DriftWatchOptions extends Omit<DriftOptions, 'excludedNamespaces'> {
  /** Asked at every look: they may change. */
  readonly findExcludedNamespaces: () => Promise<readonly string[]>
  readonly intervalSeconds: Seconds
  readonly log: Log
}

export interface DriftWatch {
  /** What the last look that ended well has found. */
  report(): DriftReport | undefined
  /** Looks now. Never throws. */
  look(): Promise<void>
  close(): Promise<void>
}

/** Looks again and again, and tells by Events; it changes nothing else. The first look is after one interval: a cluster that starts is no drift. */
export function watchDrift(options: DriftWatchOptions): DriftWatch {
  const { log, kube, clock, intervalSeconds } = options
  let report: DriftReport | undefined
  let looking: Promise<void> | undefined
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }
  const lookOnce = async (): Promise<void> => {
    try {
      report = await lookForDrift({ ...options, excludedNamespaces: await options.findExcludedNamespaces() })
      const events = await writeNotices(kube, planNotices(report), clock.now())
      const drifted = report.drifted.length
      if (drifted > 0) log.warn({ drifted, pods: report.podCount, events }, 'running pods lack what they should have')
    } catch (failure) {
      const why = failure instanceof OpenirsaError ? failure.message : String(failure)
      log.warn({ reason: why }, 'running pods could not be looked at')
    }
  }
  const timer = setInterval(() => void look(), intervalSeconds * 1000)
  timer.unref()
  return {
    report: () => report,
    look,
    close: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
