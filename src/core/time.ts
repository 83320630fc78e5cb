/** Time as a parameter: nothing below `io/host` reads a clock. */

declare const unit: unique symbol

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [unit]: 'Instant' }
/** A duration in whole seconds. */
export type Seconds = number & { readonly [unit]: 'Seconds' }

/** Tells the time. The real one is `systemClock` of `io/host`; tests pass `fixedClock`. */
export interface Clock {
  now(): Instant
}

/** A count that is known to be of whole seconds. */
export const seconds = (count: number): Seconds => count as Seconds
/** Milliseconds that are known to count from the epoch. */
export const instant = (milliseconds: number): Instant => milliseconds as Instant
/** The moment that a NumericDate means. */
export const instantOfEpochSeconds = (count: number): Instant => (count * 1000) as Instant
/** Whole seconds since the epoch, rounded down: the NumericDate of RFC 7519 §2. */
export const epochSeconds = (at: Instant): number => Math.floor(at / 1000)
/** The moment so many seconds later; earlier, when they are negative. */
export const plusSeconds = (at: Instant, duration: Seconds): Instant => (at + duration * 1000) as Instant

/** ISO 8601 with seconds and no fraction, as AWS's query APIs write it: `2019-11-09T13:34:41Z`. */
export function renderIsoSeconds(at: number): string {
  const second = Math.floor(at / 1000)
  let text = SECONDS.get(second)
  if (text === undefined) {
    text = `${new Date(at).toISOString().slice(0, 19)}Z`
    if (SECONDS.size >= MOST_SECONDS) SECONDS.clear()
    SECONDS.set(second, text)
  }
  return text
}

/** Most calls ask for the second that it is, and for those when their sessions began and end. */
const MOST_SECONDS = 100
const SECONDS = new Map<number, string>()

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** As CloudTrail writes the end of credentials, and nothing else: `Apr 16, 2025, 3:46:56 AM`, in UTC. */
export function renderTrailTime(at: number): string {
  const date = new Date(at)
  const two = (part: number) => String(part).padStart(2, '0')
  const hours = date.getUTCHours()
  const time = `${hours % 12 === 0 ? 12 : hours % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${time} ${hours < 12 ? 'AM' : 'PM'}`
}
