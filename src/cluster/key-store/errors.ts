import { OpenirsaError } from '../../core/index.ts'

/** The issuer's directory is missing, damaged, in use, or not fit for what is wanted of it. */
export class KeyStoreError extends OpenirsaError {
  readonly code = 'KEY_STORE'
}

/** Understood, and refused: a key may not sign, or may not go, yet. */
export class RotationRefused extends OpenirsaError {
  readonly code = 'ROTATION'
}
