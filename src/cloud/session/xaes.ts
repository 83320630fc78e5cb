import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { Secret } from '../../core/index.ts'

export const XAES_KEY_BYTES = 32
export const XAES_NONCE_BYTES = 24
export const XAES_TAG_BYTES = 16

/** One key of XAES-256-GCM. */
export interface XaesKey {
  /** Ciphertext and tag. The nonce may be random: 2^80 messages a key. */
  seal(message: { readonly nonce: Uint8Array; readonly plaintext: Uint8Array; readonly aad: Uint8Array }): Buffer
  /** The plaintext, or undefined when anything of nonce, ciphertext, tag or AAD is not what was sealed. */
  open(message: {
    readonly nonce: Uint8Array
    readonly sealed: Uint8Array
    readonly aad: Uint8Array
  }): Buffer | undefined
}

const BLOCK_BYTES = 16
const HALF_NONCE = XAES_NONCE_BYTES / 2

/**
 * XAES-256-GCM: AES-256-GCM under a key that is derived from the key and the first half of a 192-bit nonce by
 * CMAC (NIST SP 800-108r1 in counter mode); the second half is GCM's nonce.
 * @see https://c2sp.org/XAES-256-GCM
 */
export function createXaesKey(key: Secret<Uint8Array>): XaesKey {
  if (key.reveal().length !== XAES_KEY_BYTES) throw new RangeError(`an XAES key has ${XAES_KEY_BYTES} bytes`)
  // ECB keeps nothing from one block to the next, so that one cipher serves every message: 4 µs less for each.
  const blocks = createCipheriv('aes-256-ecb', createSecretKey(key.reveal()), null).setAutoPadding(false)
  const subkey = new Secret(doubled(blocks.update(Buffer.alloc(BLOCK_BYTES))))
  const keyFor = (nonce: Uint8Array) => {
    if (nonce.length !== XAES_NONCE_BYTES) throw new RangeError(`an XAES nonce has ${XAES_NONCE_BYTES} bytes`)
    const input = Buffer.alloc(2 * BLOCK_BYTES)
    for (const [counter, at] of [
      [1, 0],
      [2, BLOCK_BYTES],
    ] as const) {
      input.set([0, counter, 0x58, 0], at)
      input.set(nonce.subarray(0, HALF_NONCE), at + 4)
      for (const [index, byte] of subkey.reveal().entries()) input[at + index] = (input[at + index] ?? 0) ^ byte
    }
    return blocks.update(input)
  }
  return {
    seal: ({ nonce, plaintext, aad }) => {
      const cipher = createCipheriv('aes-256-gcm', keyFor(nonce), nonce.subarray(HALF_NONCE))
      cipher.setAAD(aad)
      return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    },
    open: ({ nonce, sealed, aad }) => {
      const end = sealed.length - XAES_TAG_BYTES
      if (end < 0) return undefined
      const decipher = createDecipheriv('aes-256-gcm', keyFor(nonce), nonce.subarray(HALF_NONCE), {
        authTagLength: XAES_TAG_BYTES,
      })
      decipher.setAAD(aad).setAuthTag(sealed.subarray(end))
      const plaintext = decipher.update(sealed.subarray(0, end))
      try {
        decipher.final()
      } catch {
        // The one thing that `final` throws: the tag does not hold. Nothing of the plaintext leaves.
        return undefined
      }
      return plaintext
    },
  }
}

/** SPEC: the first subkey of CMAC (NIST SP 800-38B §6.1): doubling in GF(2^128). */
function doubled(block: Buffer): Buffer {
  const out = Buffer.alloc(BLOCK_BYTES)
  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    out[at] = (((block[at] ?? 0) << 1) | ((block[at + 1] ?? 0) >> 7)) & 0xff
  }
  if (((block[0] ?? 0) & 0x80) !== 0) out[BLOCK_BYTES - 1] = (out[BLOCK_BYTES - 1] ?? 0) ^ 0x87
  return out
}
