import { randomBytes, randomUUID } from 'node:crypto'
import type { Randomness } from '../../core/index.ts'

/** The operating system's randomness. */
export const systemRandomness: Randomness = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
}
