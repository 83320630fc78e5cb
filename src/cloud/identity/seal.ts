import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { type Randomness, Secret, StoreError } from '../../core/index.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PURPOSE = 'openirsa identity: access keys at rest, version 1'

/** Seals secret access keys for the store; each is bound to its account and key id, so that rows cannot be swapped. */
export interface KeySeal {
  seal(secret: Secret, owner: KeyOwner): Uint8Array
  /** @throws StoreError `corrupt`: another key, another row, or damage */
  open(sealed: Uint8Array, owner: KeyOwner): Secret
}

export interface KeyOwner {
  readonly account: string
  readonly accessKeyId: string
}

/** AES-256-GCM with a key of its own, derived from the store's (HKDF, RFC 5869): nonce, ciphertext, tag. */
export function createKeySeal(storeKey: Secret<Uint8Array>, randomness: Randomness): KeySeal {
  if (storeKey.reveal().length < KEY_BYTES)
    throw new StoreError('unavailable', `expected a store key of ${KEY_BYTES} bytes, found ${storeKey.reveal().length}`)
  const key = new Secret(Buffer.from(hkdfSync('sha256', storeKey.reveal(), new Uint8Array(0), PURPOSE, KEY_BYTES)))
  return {
    seal: (secret, owner) => {
      const nonce = randomness.bytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key.reveal(), nonce).setAAD(bindingOf(owner))
      const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, text, cipher.getAuthTag()])
    },
    open: (sealed, owner) => {
      const bytes = Buffer.from(sealed)
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw unopenable(owner)
      const decipher = createDecipheriv('aes-256-gcm', key.reveal(), bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(bindingOf(owner)).setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
        return new Secret(Buffer.concat([text, decipher.final()]).toString('utf8'))
      } catch (cause) {
        throw unopenable(owner, cause)
      }
    },
  }
}

const bindingOf = ({ account, accessKeyId }: KeyOwner): Buffer => Buffer.from(`${account}/${accessKeyId}`, 'utf8')

function unopenable({ accessKeyId }: KeyOwner, cause?: unknown): StoreError {
  return new StoreError('corrupt', `the secret of access key \`${accessKeyId}\` cannot be opened`, {
    hint: 'the store key is not the one that this store was written with, or the row was altered',
    ...(cause === undefined ? {} : { cause }),
  })
}
