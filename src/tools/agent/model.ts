import type { Address } from '../../cluster/agent/index.ts'
import type { LogLevel } from '../../io/host/index.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface AgentOptions {
  /** As EKS knows it. */
  readonly clusterName: string
  readonly region: string
  readonly addresses: readonly Address[]
  readonly health: Address
  /** Absent: tokens of pods on any node are taken. */
  readonly nodeName?: string
  /** Of STS and EKS Auth both; absent: what the environment says, or AWS. */
  readonly endpoint?: string
  readonly logLevel: LogLevel
  readonly environment: Environment
  say(line: string): void
}
