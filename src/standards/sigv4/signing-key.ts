import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Secret } from '../../core/index.ts'
import { TERMINATOR } from './errors.ts'
import type { CredentialScope } from './model.ts'

/** The key that signs for one day, region and service. */
export function deriveSigningKey(secretAccessKey: Secret, { date, region, service }: CredentialScope): KeyObject {
  const ofDate = hmac(`AWS4${secretAccessKey.reveal()}`, date)
  return createSecretKey(hmac(hmac(hmac(ofDate, region), service), TERMINATOR))
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Signing keys that were needed lately: deriving one costs more than verifying with it. */
export interface SigningKeyCache {
  /** The key for that scope, derived when it is not at hand. Another secret under a known id gets a key of its own, never the kept one. */
  get(wanted: { readonly accessKeyId: string; readonly secret: Secret; readonly scope: CredentialScope }): KeyObject
  /** How many it holds. */
  readonly size: number
}

const CAPACITY = 4096

/** Holds `capacity` keys; the least recently used go first. */
export function createSigningKeyCache({ capacity = CAPACITY }: { readonly capacity?: number } = {}): SigningKeyCache {
  if (!(capacity >= 1)) throw new RangeError('a cache of signing keys holds at least one')
  const entries = new Map<string, { readonly secret: Secret; readonly key: KeyObject }>()
  return {
    get: ({ accessKeyId, secret, scope }) => {
      const name = `${accessKeyId}/${scope.date}/${scope.region}/${scope.service}`
      const kept = entries.get(name)
      // A map keeps the order in which names came: to come again is to go to its end.
      if (kept !== undefined) entries.delete(name)
      const isSame = kept?.secret.reveal() === secret.reveal()
      const entry = kept !== undefined && isSame ? kept : { secret, key: deriveSigningKey(secret, scope) }
      entries.set(name, entry)
      if (entries.size > capacity) dropFirst(entries)
      return entry.key
    },
    get size() {
      return entries.size
    },
  }
}

function dropFirst(entries: Map<string, unknown>): void {
  for (const name of entries.keys()) {
    entries.delete(name)
    return
  }
}
