import { createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import {
  keyIdOf,
  parseJwkSet,
  renderJwkSet,
  type SigningAlgorithm,
  type SigningKey,
} from '../../standards/oidc/index.ts'
import { KeyRingError } from './errors.ts'
import type { NewKeyAlgorithm } from './model.ts'

/** A new key. Its randomness is OpenSSL's own: a key pair from a seed is nothing that tests need. */
export function generateSigningKey(algorithm: NewKeyAlgorithm = 'RS256'): SigningKey {
  return signingKeyOf(generators[algorithm]())
}

/** The same for RS256, made on another thread: nobody else waits for it. */
export async function makeSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', RSA)
  return signingKeyOf(privateKey)
}

const RSA = { modulusLength: 2048, publicExponent: 65_537 } as const

const generators = {
  RS256: () => generateKeyPairSync('rsa', RSA).privateKey,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
} as const satisfies Record<NewKeyAlgorithm, () => KeyObject>

/** The private key as PKCS#8 in PEM: a secret. */
export function renderSigningKey({ privateKey }: SigningKey): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/**
 * Reads a private key in PEM (PKCS#8; PKCS#1 and SEC1, which kube-apiserver's key files often are, too).
 * @throws KeyRingError when it is none, or one that no verifier should trust; the message holds nothing of it
 */
export function parseSigningKey(pem: string): SigningKey {
  return signingKeyOf(importPrivateKey(pem))
}

function importPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem' })
  } catch (failure) {
    // OpenSSL's words may quote the input: only that it failed goes on.
    if (failure instanceof Error) throw new KeyRingError('the key is no private key in PEM without a passphrase')
    throw failure
  }
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const algorithm = algorithmOf(privateKey)
  const publicKey = createPublicKey(privateKey)
  const key: SigningKey = { keyId: keyIdOf(publicKey), algorithm, privateKey, publicKey }
  // INVARIANT: what we sign with, our own strict reader takes back: size, exponent, curve and known weaknesses are judged there.
  if (!parseJwkSet(renderJwkSet([key])).keys.has(key.keyId)) {
    throw new KeyRingError('the key is too weak or malformed', {
      hint: 'use RSA of 2048 to 8192 bits with exponent 65537, or P-256',
    })
  }
  return key
}

const EC_ALGORITHMS: ReadonlyMap<string, SigningAlgorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
])

/** As kube-apiserver chooses: RSA of any size signs RS256, a curve what belongs to it. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningAlgorithm {
  const algorithm =
    asymmetricKeyType === 'rsa'
      ? 'RS256'
      : asymmetricKeyType === 'ec'
        ? EC_ALGORITHMS.get(asymmetricKeyDetails?.namedCurve ?? '')
        : undefined
  if (algorithm !== undefined) return algorithm
  throw new KeyRingError('the key is of a type that AWS STS does not accept', {
    hint: 'use RSA, or the curves P-256, P-384, P-521',
  })
}
