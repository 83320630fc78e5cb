import type { Clock, Instant } from '../../core/index.ts'

const QUIET_MILLISECONDS = 60_000
const MOST_CAUSES = 1000

/** Says yes to a cause the first time, and again when a minute has passed; all are forgotten when there are too many. */
export function createSeldom(clock: Clock): (cause: string) => boolean {
  const told = new Map<string, Instant>()
  return (cause) => {
    const now = clock.now()
    const last = told.get(cause)
    if (last !== undefined && now - last < QUIET_MILLISECONDS) return false
    if (told.size >= MOST_CAUSES) told.clear()
    told.set(cause, now)
    return true
  }
}
