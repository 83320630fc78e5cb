import { type ErrorDetails, OpenirsaError } from '../../core/index.ts'

/**
 * Why nothing was signed: `malformed`: the request cannot be read or says what no token of ours says; `not-ready`: no key may sign now.
 * INVARIANT: messages hold nothing of the claims but names.
 */
export class SigningRefused extends OpenirsaError {
  readonly code = 'SIGNING'
  readonly reason: 'malformed' | 'not-ready'

  constructor(reason: SigningRefused['reason'], message: string, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
  }
}
