import { createHash } from 'node:crypto'
import { ThumbprintError } from './errors.ts'
import type { Thumbprint } from './model.ts'

/** @throws ThumbprintError unless it is 40 hex digits; they come back in lower case */
export function parseThumbprint(text: string): Thumbprint {
  if (!/^[0-9a-fA-F]{40}$/.test(text)) {
    throw new ThumbprintError('a thumbprint is 40 hex digits: the SHA-1 of a certificate, without colons')
  }
  return text.toLowerCase() as Thumbprint
}

/** Thumbprint of a certificate in DER. SPEC: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider". */
export function thumbprintOf(certificateDer: Uint8Array): Thumbprint {
  return createHash('sha1').update(certificateDer).digest('hex') as Thumbprint
}
