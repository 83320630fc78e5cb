import { OpenirsaError } from '../../core/index.ts'

/** Policies and tags do not fit into a session token. */
export class SessionTooLargeError extends OpenirsaError {
  readonly code = 'SESSION_TOO_LARGE'
  /** Of the space that there is; always more than 100. */
  readonly percent: number
  /** What takes the larger part. */
  readonly of: 'policy' | 'tags'

  constructor(percent: number, of: SessionTooLargeError['of']) {
    super(`session too large: its ${of === 'tags' ? 'tags take' : 'policy takes'} ${percent} % of the space`, {
      hint: 'pass fewer tags, or a shorter session policy; a managed policy takes no more space than its ARN',
    })
    this.percent = percent
    this.of = of
  }
}

/** A ring of seal keys that cannot be used; the message holds nothing of the keys. */
export class SealKeyRingError extends OpenirsaError {
  readonly code = 'SEAL_KEY_RING'
}
