import {
  type JsonObject,
  type JsonValue,
  parseStrictJson,
  type Randomness,
  Secret,
  StrictJsonError,
} from '../../core/index.ts'
import { SealKeyRingError } from './errors.ts'
import type { SealKey, SealKeyRing } from './model.ts'

const VERSION = 1
const ROOT_BYTES = 32
const KEY_ID_BYTES = 4

/** The ring that an installation begins with: one active key. */
export function createSealKeyRing(randomness: Randomness): SealKeyRing {
  return { keys: [newKey(randomness, 'active', [])] }
}

/** A ring with one more key that opens and does not seal yet: rotation's first step, taken on every node before the second. */
export function addSealKey(ring: SealKeyRing, randomness: Randomness): SealKeyRing {
  return { keys: [...ring.keys, newKey(randomness, 'pending', ring.keys)] }
}

/** From now on this key seals; the one before only opens. @throws SealKeyRingError for a key that is not pending */
export function activateSealKey(ring: SealKeyRing, keyId: string): SealKeyRing {
  if (!ring.keys.some((key) => key.keyId === keyId && key.state === 'pending')) {
    throw new SealKeyRingError(`there is no pending seal key \`${keyId}\``)
  }
  return {
    keys: ring.keys.map((key) => {
      if (key.state === 'destroyed') return key
      if (key.keyId === keyId) return { ...key, state: 'active' }
      return key.state === 'active' ? { ...key, state: 'verify-only' } : key
    }),
  }
}

/** Forgets a key and with it every session that it sealed. @throws SealKeyRingError for the active key, or none */
export function destroySealKey(ring: SealKeyRing, keyId: string): SealKeyRing {
  const found = ring.keys.find((key) => key.keyId === keyId)
  if (found === undefined || found.state === 'active') {
    throw new SealKeyRingError(`there is no seal key \`${keyId}\` that can be destroyed`, {
      hint: 'activate another key first, if this one is active',
    })
  }
  return { keys: ring.keys.map((key) => (key === found ? { keyId, state: 'destroyed' } : key)) }
}

function newKey(randomness: Randomness, state: 'active' | 'pending', others: readonly SealKey[]): SealKey {
  const keyId = Buffer.from(randomness.bytes(KEY_ID_BYTES)).toString('hex')
  if (others.some((key) => key.keyId === keyId)) return newKey(randomness, state, others)
  return { keyId, state, root: new Secret(randomness.bytes(ROOT_BYTES)) }
}

/** The ring as JSON: the text is a secret. `readSealKeyRing` reads it back. */
export function renderSealKeyRing({ keys }: SealKeyRing): string {
  const rows = keys.map((key) =>
    key.state === 'destroyed' ? key : { ...key, root: Buffer.from(key.root.reveal()).toString('base64url') },
  )
  return JSON.stringify({ version: VERSION, keys: rows }, undefined, 2)
}

/** Reads what `renderSealKeyRing` wrote. @throws SealKeyRingError when the text is no ring; the message holds nothing of the keys */
export function readSealKeyRing(text: string): SealKeyRing {
  const document = readDocument(text)
  if (!isObject(document) || document.version !== VERSION || !Array.isArray(document.keys)) {
    throw new SealKeyRingError(`the seal keys are not in the form of version ${VERSION}`)
  }
  const keys = (document.keys as readonly JsonValue[]).map(readKey)
  if (new Set(keys.map(({ keyId }) => keyId)).size < keys.length)
    throw new SealKeyRingError('a seal key id occurs twice')
  const active = keys.filter(({ state }) => state === 'active').length
  if (active !== 1) throw new SealKeyRingError(`one seal key must be active, ${active} are`)
  return { keys }
}

function readDocument(text: string): JsonValue {
  try {
    return parseStrictJson(text)
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause
    throw new SealKeyRingError(`the seal keys are not JSON: ${cause.message}`, { cause })
  }
}

function readKey(row: JsonValue, index: number): SealKey {
  const where = `keys[${index}]`
  if (!isObject(row) || typeof row.keyId !== 'string' || !/^[0-9a-f]{8}$/.test(row.keyId)) {
    throw new SealKeyRingError(`\`${where}.keyId\` must be eight hex digits`)
  }
  const { keyId, state } = row
  if (state === 'destroyed') return { keyId, state }
  if (state !== 'pending' && state !== 'active' && state !== 'verify-only') {
    throw new SealKeyRingError(`\`${where}.state\` must be pending, active, verify-only or destroyed`)
  }
  const root = typeof row.root === 'string' ? Buffer.from(row.root, 'base64url') : Buffer.alloc(0)
  if (root.length !== ROOT_BYTES || root.toString('base64url') !== row.root) {
    throw new SealKeyRingError(`\`${where}.root\` must be ${ROOT_BYTES} bytes in base64url`)
  }
  return { keyId, state, root: new Secret(root) }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
