import { createLog, type LogLevel, systemClock, systemRandomness } from '../../io/host/index.ts'
import { systemNetwork } from '../../io/http/index.ts'
import type { UpHost } from './model.ts'

export interface SystemHostOptions {
  readonly logLevel: LogLevel
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Takes one line for people. */
  say(line: string): void
}

/** The real clock, randomness and network; what is logged goes to the caller's voice. */
export function systemHost({ logLevel, version, environment, say }: SystemHostOptions): UpHost {
  const log = createLog({ level: logLevel, format: 'text', write: (line) => say(line.trimEnd()) })
  return {
    clock: systemClock,
    randomness: systemRandomness,
    network: systemNetwork,
    log,
    version,
    environment: definedOf(environment),
  }
}

function definedOf(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const entries = Object.entries(environment)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
