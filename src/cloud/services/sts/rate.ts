import type { Instant } from '../../../core/index.ts'

/** Tells whether one more call may pass now. */
export interface Rate {
  take(key: string, now: Instant): boolean
}

/** A token bucket for each key: `perSecond` calls in one go, refilled at the same pace. Keys are accounts, which are few. */
export function createRate(perSecond: number): Rate {
  const buckets = new Map<string, { readonly tokens: number; readonly at: Instant }>()
  return {
    take: (key, now) => {
      const { tokens, at } = buckets.get(key) ?? { tokens: perSecond, at: now }
      const filled = Math.min(perSecond, tokens + (Math.max(0, now - at) / 1000) * perSecond)
      const passes = filled >= 1
      buckets.set(key, { tokens: passes ? filled - 1 : filled, at: now })
      return passes
    },
  }
}
