import type { Instant } from './time.ts'

/** Tells whether one more call of that kind may pass now. */
export interface Rate {
  take(key: string, now: Instant): boolean
}

const MOST_KEYS = 10_000

/** A token bucket for each key: `perSecond` calls in one go, refilled at the same pace. Full buckets are forgotten. */
export function createRate(perSecond: number): Rate {
  const buckets = new Map<string, { tokens: number; at: Instant }>()
  const forgetFull = (now: Instant): void => {
    for (const [key, { tokens, at }] of buckets)
      if (tokens + ((now - at) / 1000) * perSecond >= perSecond) buckets.delete(key)
  }
  return {
    take: (key, now) => {
      if (buckets.size >= MOST_KEYS) forgetFull(now)
      const { tokens, at } = buckets.get(key) ?? { tokens: perSecond, at: now }
      const filled = Math.min(perSecond, tokens + (Math.max(0, now - at) / 1000) * perSecond)
      const passes = filled >= 1
      buckets.set(key, { tokens: passes ? filled - 1 : filled, at: now })
      return passes
    },
  }
}
