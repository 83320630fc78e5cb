import { createHash, type KeyObject } from 'node:crypto'

/** `kid` as Kubernetes makes it: base64url of the SHA-256 of the SubjectPublicKeyInfo, 43 characters; not RFC 7638. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
}
