import { randomBytes, randomFillSync, randomUUID } from 'node:crypto'
import type { Randomness } from '../../core/index.ts'

const POOL_BYTES = 4096
/** Longer wishes are rare, and go to the system by themselves. */
const LONGEST_POOLED = 64

/** The operating system's randomness. */
export const systemRandomness: Randomness = { bytes: pooledBytes(), uuid: () => randomUUID() }

/**
 * A call of the system costs microseconds, whatever it brings: small wishes are served out of a larger one.
 * INVARIANT: no byte is given twice, and none stays in the pool once it has been given.
 */
function pooledBytes(): Randomness['bytes'] {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  return (count) => {
    if (count > LONGEST_POOLED) return randomBytes(count)
    if (used + count > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    const taken = Buffer.from(pool.subarray(used, used + count))
    pool.fill(0, used, used + count)
    used += count
    return taken
  }
}
