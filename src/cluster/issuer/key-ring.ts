import { instant, type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import type { SigningKey, VerificationKeySet } from '../../standards/oidc/index.ts'
import { parseJwkSet, renderJwkSet } from '../../standards/oidc/index.ts'
import { KeyRingError } from './errors.ts'
import type { KeyRing, NewKeyAlgorithm, RetiringKey } from './model.ts'
import { generateSigningKey, makeSigningKey, parseSigningKey, renderSigningKey } from './signing-key.ts'

/** The ring that an issuer begins with: one active key. */
export function createKeyRing(algorithm: NewKeyAlgorithm = 'RS256'): KeyRing {
  return { active: generateSigningKey(algorithm), retiring: [] }
}

/** The same, in the background: for a process that serves others meanwhile. */
export async function makeKeyRing(): Promise<KeyRing> {
  return { active: await makeSigningKey(), retiring: [] }
}

/** Every key that tokens may still be verified with. */
export function publishedKeys({ active, next, retiring }: KeyRing): readonly SigningKey[] {
  return [active, ...(next === undefined ? [] : [next]), ...retiring.map(({ key }) => key)]
}

/** The public halves, as a verifier would read them out of the JWKS. */
export function publicKeySet(ring: KeyRing): VerificationKeySet {
  return parseJwkSet(renderJwkSet(publishedKeys(ring)))
}

const VERSION = 1

/** The ring as JSON, with the private keys: the text is a secret. `parseKeyRing` reads it back. */
export function renderKeyRing({ active, next, retiring }: KeyRing): string {
  return JSON.stringify(
    {
      version: VERSION,
      active: renderSigningKey(active),
      ...(next === undefined ? {} : { next: renderSigningKey(next) }),
      retiring: retiring.map(({ key, publishUntil }) => ({ key: renderSigningKey(key), publishUntil })),
    },
    undefined,
    2,
  )
}

/** @throws KeyRingError when the text is no ring, or a key in it is weak; the message holds nothing of the keys */
export function parseKeyRing(text: string): KeyRing {
  const document = parseDocument(text)
  if (!isObject(document) || document.version !== VERSION) {
    throw new KeyRingError(`the keys are not in the form of version ${VERSION}`)
  }
  const { active, next, retiring } = document
  if (!Array.isArray(retiring)) throw new KeyRingError('`retiring` must be a list')
  const ring: KeyRing = {
    active: readKey(active, 'active'),
    ...(next === undefined ? {} : { next: readKey(next, 'next') }),
    retiring: (retiring as readonly JsonValue[]).map(readRetiring),
  }
  const ids = publishedKeys(ring).map(({ keyId }) => keyId)
  if (new Set(ids).size < ids.length) throw new KeyRingError('a key occurs twice')
  return ring
}

function parseDocument(text: string): JsonValue {
  try {
    return parseStrictJson(text)
  } catch (cause) {
    if (cause instanceof StrictJsonError) throw new KeyRingError(`the keys are not JSON: ${cause.message}`, { cause })
    throw cause
  }
}

function readRetiring(entry: JsonValue, index: number): RetiringKey {
  const where = `retiring[${index}]`
  if (!isObject(entry) || typeof entry.publishUntil !== 'number') {
    throw new KeyRingError(`\`${where}\` must have \`key\` and \`publishUntil\``)
  }
  return { key: readKey(entry.key, `${where}.key`), publishUntil: instant(entry.publishUntil) }
}

function readKey(pem: JsonValue | undefined, where: string): SigningKey {
  if (typeof pem !== 'string') throw new KeyRingError(`\`${where}\` must be a private key in PEM`)
  try {
    return parseSigningKey(pem)
  } catch (cause) {
    if (!(cause instanceof KeyRingError)) throw cause
    throw new KeyRingError(`\`${where}\`: ${cause.message}`, cause.hint === undefined ? {} : { hint: cause.hint })
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
