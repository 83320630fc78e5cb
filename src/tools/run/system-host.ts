import { systemClock, systemRandomness } from '../../io/host/index.ts'
import type { RunHost } from './run.ts'

/** The real clock and randomness; environment and voice are the caller's. */
export function systemRunHost(
  environment: RunHost['environment'],
  temporaryDirectory: string,
  say: (line: string) => void,
): RunHost {
  return { environment, temporaryDirectory, clock: systemClock, randomness: systemRandomness, say }
}
