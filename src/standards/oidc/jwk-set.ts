import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { algorithms, parseAlgorithm, RSA_ALGORITHMS } from './algorithms.ts'
import { decodeBase64Url } from './base64url.ts'
import { JwkSetError } from './errors.ts'
import { isJsonObject } from './jws.ts'
import { keyIdOf } from './key-id.ts'
import type { SigningAlgorithm, VerificationKey, VerificationKeySet } from './model.ts'
import { hasRocaMark } from './roca.ts'

/** SPEC: IAM User Guide, quotas of OIDC providers: at most 100 RSA and 100 EC keys. */
const MAX_KEYS_OF_A_TYPE = 100
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 8192

/**
 * Reads a JWKS (RFC 7517 §5). Keys that cannot verify a token, or should not, are dropped; the others stay.
 * @throws JwkSetError when it is no JWKS, or one of more keys than AWS takes
 */
export function parseJwkSet(source: string | Uint8Array): VerificationKeySet {
  const members = membersOf(source)
  for (const type of ['RSA', 'EC']) {
    const count = members.filter((member) => member.kty === type).length
    if (count > MAX_KEYS_OF_A_TYPE)
      throw new JwkSetError(`the JWKS has ${count} keys of type ${type}, at most ${MAX_KEYS_OF_A_TYPE} are read`)
  }
  const keys = new Map<string, VerificationKey>()
  const seen = new Set<string>()
  for (const member of members) {
    const keyId = keyIdOfMember(member)
    if (keyId === undefined) continue
    // A key ID that occurs twice says nothing any more, also when one of the two is unusable.
    if (seen.has(keyId)) keys.delete(keyId)
    else {
      const key = readKey(member, keyId)
      if (key !== undefined) keys.set(keyId, key)
    }
    seen.add(keyId)
  }
  return { keys }
}

/**
 * The key that a token names. A token without key ID (the empty string) has one only where no choice is left:
 * when the set holds one key, under whatever names.
 */
export function findKey({ keys }: VerificationKeySet, keyId: string): VerificationKey | undefined {
  if (keyId !== '') return keys.get(keyId)
  const distinct = new Map([...keys.values()].map((key) => [keyIdOf(key.key), key]))
  const [only, ...more] = distinct.values()
  return more.length === 0 ? only : undefined
}

/** A public key to be published. */
export interface PublishedKey {
  readonly keyId: string
  readonly algorithm: SigningAlgorithm
  readonly publicKey: KeyObject
}

/**
 * A JWKS as kube-apiserver writes it.
 * INVARIANT: only public members ever: they are picked by name out of the public half of each key.
 */
export function renderJwkSet(keys: readonly PublishedKey[]): string {
  return JSON.stringify({ keys: keys.map(renderKey) })
}

function renderKey({ keyId, algorithm, publicKey }: PublishedKey): Record<string, unknown> {
  const half = publicKey.type === 'private' ? createPublicKey(publicKey) : publicKey
  const jwk = half.export({ format: 'jwk' })
  const common = { use: 'sig', kty: jwk.kty, kid: keyId }
  return jwk.kty === 'RSA'
    ? { ...common, alg: algorithm, n: jwk.n, e: jwk.e }
    : { ...common, crv: jwk.crv, alg: algorithm, x: jwk.x, y: jwk.y }
}

function membersOf(source: string | Uint8Array): readonly JsonObject[] {
  const document = parseDocument(source)
  const list = isJsonObject(document) ? document.keys : undefined
  if (!Array.isArray(list)) throw new JwkSetError('the JWKS has no list `keys`')
  return (list as readonly JsonValue[]).filter(isJsonObject)
}

function parseDocument(source: string | Uint8Array): JsonValue {
  try {
    return parseStrictJson(source)
  } catch (cause) {
    if (cause instanceof StrictJsonError) throw new JwkSetError(`the JWKS is not JSON: ${cause.message}`, { cause })
    throw cause
  }
}

/** Undefined for members that are no public key at all: those do not even occupy a key ID. */
function keyIdOfMember({ kty, kid }: JsonObject): string | undefined {
  if (kty !== 'RSA' && kty !== 'EC') return undefined
  if (kid === undefined) return ''
  return typeof kid === 'string' ? kid : undefined
}

function readKey(member: JsonObject, keyId: string): VerificationKey | undefined {
  if (!isForVerifying(member)) return undefined
  const publicMembers = member.kty === 'RSA' ? rsaMembers(member) : ecMembers(member)
  if (publicMembers === undefined) return undefined
  const usable =
    member.alg === undefined ? publicMembers.algorithms : publicMembers.algorithms.filter((name) => name === member.alg)
  const key = usable.length === 0 ? undefined : importKey(publicMembers.jwk)
  return key === undefined ? undefined : { keyId, algorithms: usable, key }
}

/** SPEC: RFC 7517 §4.2, §4.3: `use` and `key_ops`, where present, must allow verifying. */
function isForVerifying(member: JsonObject): boolean {
  const { use, alg } = member
  const operations = member.key_ops
  if (use !== undefined && use !== 'sig') return false
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return false
  return alg === undefined || (typeof alg === 'string' && parseAlgorithm(alg) !== undefined)
}

interface PublicMembers {
  readonly algorithms: readonly SigningAlgorithm[]
  readonly jwk: JsonWebKey
}

function rsaMembers({ n, e }: JsonObject): PublicMembers | undefined {
  const modulus = integerOf(n)
  const exponent = integerOf(e)
  if (modulus === undefined || exponent === undefined || typeof n !== 'string' || typeof e !== 'string')
    return undefined
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || !isOdd(modulus)) return undefined
  // An exponent of 1 verifies everything, an even one nothing, one of more than 32 bits only takes time.
  if (exponent.length > 4 || !isOdd(exponent) || (exponent.length === 1 && exponent[0] === 1)) return undefined
  if (hasRocaMark(modulus)) return undefined
  return { algorithms: RSA_ALGORITHMS, jwk: { kty: 'RSA', n, e } }
}

function isOdd(bytes: Uint8Array): boolean {
  return ((bytes.at(-1) ?? 0) & 1) === 1
}

/** SPEC: RFC 7518 §2, Base64urlUInt; leading zero octets, which some producers write, are dropped. */
function integerOf(value: JsonValue | undefined): Uint8Array | undefined {
  const bytes = typeof value === 'string' ? decodeBase64Url(value) : undefined
  const first = bytes?.findIndex((byte) => byte !== 0) ?? -1
  return first < 0 ? undefined : bytes?.subarray(first)
}

function ecMembers({ crv, x, y }: JsonObject): PublicMembers | undefined {
  for (const [algorithm, facts] of Object.entries(algorithms)) {
    if (facts.kind !== 'ec' || facts.crv !== crv || typeof x !== 'string' || typeof y !== 'string') continue
    const isWhole = [x, y].every((coordinate) => decodeBase64Url(coordinate)?.length === facts.coordinateBytes)
    return isWhole ? { algorithms: [algorithm as SigningAlgorithm], jwk: { kty: 'EC', crv, x, y } } : undefined
  }
  return undefined
}

/** Undefined for a point that is not on its curve, and whatever else OpenSSL does not take: such a key is dropped like any unusable one. */
function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure) return undefined
    throw failure
  }
}
