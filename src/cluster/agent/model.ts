import type { Clock, Secret } from '../../core/index.ts'
import type { ExchangedCredentials } from '../../io/aws/index.ts'
import type { Log } from '../../io/host/index.ts'

export interface Address {
  /** IPv4 or IPv6, of this machine. */
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
}

export interface AgentParts {
  /** Where pods ask. */
  readonly addresses: readonly Address[]
  /** Where the kubelet asks after the agent itself. */
  readonly health: Address
  /** Tokens that name another node are refused; undefined: whatever node they name. */
  readonly nodeName: string | undefined
  /** Has the token verified and gives its pod's credentials. @throws EksAuthError */
  readonly exchange: (token: Secret) => Promise<ExchangedCredentials>
  /** Undefined: ready; or why not. */
  readonly unreadiness: () => string | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface Agent {
  /** As `http://ADDRESS:PORT`, in the order of the addresses. */
  readonly urls: readonly string[]
  readonly healthUrl: string
  close(): Promise<void>
}
