import type { Clock } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'

/** What the rooms' parts need of the process. */
export interface WebhookHost {
  readonly clock: Clock
  /** Milliseconds from any point that stays, finer than the clock's. */
  readonly stopwatch: () => number
  readonly log: Log
  readonly version: string
}
