import type { AccountId, Clock, Randomness, Region } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { Network } from '../../io/http/index.ts'
import type { InstallationFacts } from '../../io/installation/index.ts'

export interface UpOptions {
  readonly dataDirectory: string
  /** 0 picks a free one. */
  readonly port: number
  /** Addresses beside 127.0.0.1. */
  readonly listen: readonly string[]
  /** At least one; the first is the default one. */
  readonly accounts: readonly AccountId[]
  readonly region: Region
  /** Hosts of issuers that may be fetched although they are private. */
  readonly allowPrivateIssuers: readonly string[]
  /** Path of the organization's file; undefined when no organization is above the accounts. Read once, at the start. */
  readonly organization?: string | undefined
  /** Most STS requests a second for each account; undefined is no limit. */
  readonly stsRate: number | undefined
  readonly demo: boolean
}

/** The outside world, as parameters. */
export interface UpHost {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly network: Network
  readonly log: Log
  readonly version: string
  /** For credential plug-ins of the kubeconfigs of clusters that were added. */
  readonly environment: Readonly<Record<string, string>>
}

/** What `--demo` made. */
export interface DemoFacts {
  readonly serviceAccount: string
  readonly roleArn: string
  readonly providerArn: string
  /** Client id of the provider: AWS STS, as it is called in the partition. */
  readonly audience: string
  readonly bucket: string
  readonly allowedKey: string
  /** What that object holds. */
  readonly allowedText: string
}

export interface Installation {
  readonly facts: InstallationFacts
  readonly demo: DemoFacts | undefined
  /** One line for each check that an option relaxed. */
  readonly warnings: readonly string[]
  /** Finishes the requests at hand, then closes everything. Safe to call twice. */
  close(): Promise<void>
  /** Resolves when a signal has ended it and everything is closed. */
  untilStopped(): Promise<void>
}
