import { type ErrorDetails, OpenirsaError } from '../../core/index.ts'

/** Why nothing could be fetched: a class, never a word of what the far end sent. */
export type FetchReason =
  | 'bad-status'
  | 'bad-url'
  | 'encoded'
  | 'forbidden-address'
  | 'redirect'
  | 'thumbprint-mismatch'
  | 'timeout'
  | 'too-large'
  | 'unreachable'
  | 'unresolvable'
  | 'untrusted'

/** INVARIANT: neither message nor detail repeats what the far end sent; it may be another service's answer. */
export class FetchError extends OpenirsaError {
  readonly code = 'FETCH'
  readonly reason: FetchReason

  constructor(reason: FetchReason, message: string, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
  }
}
