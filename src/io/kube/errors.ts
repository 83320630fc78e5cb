import { type ErrorDetails, OpenirsaError } from '../../core/index.ts'
import type { KubeReason } from './model.ts'

/** What the API server's `Status` said beyond the reason. */
export interface KubeFacts {
  readonly httpStatus?: number
  /** The fields it names, with its words. */
  readonly causes?: readonly { readonly field: string; readonly message: string }[]
  /** Before which it asks not to try again. */
  readonly retryAfterSeconds?: number
}

/** An API server that cannot be asked, or that refuses. Its own words may stand in the message; credentials never do. */
export class KubeError extends OpenirsaError {
  readonly code = 'KUBE'
  readonly reason: KubeReason
  readonly facts: KubeFacts

  constructor(reason: KubeReason, message: string, facts: KubeFacts = {}, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
    this.facts = facts
  }
}
