import { systemClock, systemRandomness } from '../../io/host/index.ts'
import type { ServedHost } from './serve.ts'

/** The real clock and randomness. */
export function systemCredentialsHost(temporaryDirectory: string): ServedHost {
  return { temporaryDirectory, clock: systemClock, randomness: systemRandomness }
}
