import { createPublicKey, type KeyObject } from 'node:crypto'
import { KeyRingError, parseSigningKey } from '../../cluster/issuer/index.ts'
import { ConfigError } from '../../core/index.ts'
import {
  keyIdOf,
  parseJwkSet,
  renderJwkSet,
  type SigningAlgorithm,
  type SigningKey,
} from '../../standards/oidc/index.ts'

/** Keys out of a file of the cluster. */
export interface ExistingKeys {
  /** Those that sign are first; the others have no private half. */
  readonly signing: readonly SigningKey[]
  readonly verifying: readonly {
    readonly keyId: string
    readonly algorithm: SigningAlgorithm
    readonly publicKey: KeyObject
  }[]
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g

/**
 * Reads what kube-apiserver takes with `--service-account-key-file`: PEM blocks, private or public.
 * @param file its name, for the errors; they hold nothing of the text
 * @throws ConfigError
 */
export function readExistingKeys(text: string, file: string): ExistingKeys {
  const blocks = [...text.matchAll(BLOCK)].map(([block, kind = '']) => ({ block, kind }))
  if (blocks.length === 0) {
    throw new ConfigError(`\`${file}\` holds no key in PEM`, {
      hint: 'give the file of `--service-account-signing-key-file`, or of `--service-account-key-file`',
    })
  }
  const signing = blocks
    .filter(({ kind }) => kind.endsWith('PRIVATE KEY'))
    .map(({ block }) => signingKeyOf(block, file))
  const verifying = blocks
    .filter(({ kind }) => kind.endsWith('PUBLIC KEY'))
    .map(({ block }) => verifyingKeyOf(block, file))
  if (signing.length + verifying.length < blocks.length)
    throw new ConfigError(`\`${file}\` holds something beside keys`, { hint: 'give a file of keys alone' })
  return { signing, verifying }
}

function signingKeyOf(pem: string, file: string): SigningKey {
  try {
    return parseSigningKey(pem)
  } catch (cause) {
    if (!(cause instanceof KeyRingError)) throw cause
    throw new ConfigError(`\`${file}\`: ${cause.message}`, cause.hint === undefined ? {} : { hint: cause.hint })
  }
}

function verifyingKeyOf(pem: string, file: string) {
  const publicKey = importPublicKey(pem, file)
  const keyId = keyIdOf(publicKey)
  for (const algorithm of ['RS256', 'ES256', 'ES384', 'ES512'] as const) {
    // Our own strict reader says what the key can verify.
    if (parseJwkSet(renderSafely({ keyId, algorithm, publicKey })).keys.has(keyId))
      return { keyId, algorithm, publicKey }
  }
  throw new ConfigError(`\`${file}\`: a public key in it is too weak, or of a type that AWS STS does not accept`, {
    hint: 'use RSA of 2048 to 8192 bits, or P-256, P-384, P-521',
  })
}

function renderSafely(key: Parameters<typeof renderJwkSet>[0][number]): string {
  try {
    return renderJwkSet([key])
  } catch {
    return '{"keys":[]}'
  }
}

function importPublicKey(pem: string, file: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch {
    throw new ConfigError(`\`${file}\`: a public key in it cannot be read`, { hint: 'give a file in PEM' })
  }
}
