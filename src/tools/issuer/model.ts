import type { Clock } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { Network } from '../../io/http/index.ts'

/** What the tools of an issuer need of the machine. */
export interface IssuerHost {
  readonly clock: Clock
}

/** The same, for those who fetch. */
export interface FetchingHost extends IssuerHost {
  readonly network: Network
}

/** The same, for those who stay. */
export interface ServingHost extends IssuerHost {
  readonly log: Log
}
