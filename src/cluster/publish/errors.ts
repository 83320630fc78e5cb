import { OpenirsaError } from '../../core/index.ts'

/** The documents could not be published, or could not be read back as they were written. */
export class PublishError extends OpenirsaError {
  readonly code = 'PUBLISH'
}

/**
 * CRITICAL: the target holds a key, or an issuer, that is not ours. Whoever put it there may mint tokens for every role that trusts the
 * issuer; nothing was changed.
 */
export class ForeignKeyError extends OpenirsaError {
  readonly code = 'FOREIGN_KEY'
  readonly keyIds: readonly string[]

  constructor(target: string, keyIds: readonly string[]) {
    const names = keyIds.map((keyId) => `\`${keyId.slice(0, 60)}\``).join(', ')
    super(`CRITICAL: the JWKS at ${target} holds a key that is not of this issuer: ${names}; nothing was changed`, {
      hint: 'find out who may write there, take their access, remove the key, and look in CloudTrail for AssumeRoleWithWebIdentity since then',
    })
    this.keyIds = keyIds
  }
}
