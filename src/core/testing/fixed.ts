import { createHash } from 'node:crypto'
import type { Randomness } from '../randomness.ts'
import { type Clock, type Instant, instant } from '../time.ts'

/** A clock that stands still until it is moved. */
export function fixedClock(
  at: string | number,
): Clock & { set(at: string | number): void; advanceSeconds(count: number): void } {
  let now = typeof at === 'string' ? Date.parse(at) : at
  return {
    now: (): Instant => instant(now),
    set: (next) => {
      now = typeof next === 'string' ? Date.parse(next) : next
    },
    advanceSeconds: (count) => {
      now += count * 1000
    },
  }
}

/** Bytes that are the same in every run of the same seed. */
export function seededRandomness(seed: string): Randomness {
  let counter = 0
  const bytes = (count: number): Uint8Array => {
    const out = Buffer.alloc(count)
    for (let at = 0; at < count; at += 32) {
      createHash('sha256').update(`${seed}/${counter++}`).digest().copy(out, at)
    }
    return out
  }
  return {
    bytes,
    uuid: () => {
      const raw = Buffer.from(bytes(16))
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80
      const hex = raw.toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
  }
}
