import { OpenirsaError } from '../../core/index.ts'

/** Kubernetes would not give such a token; the message has its words. */
export class TokenRequestError extends OpenirsaError {
  readonly code = 'TOKEN_REQUEST'
}

/** A key or a file of keys that cannot be used. */
export class KeyRingError extends OpenirsaError {
  readonly code = 'KEY_RING'
}
