import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { JwkSetError } from './errors.ts'
import { findKey, parseJwkSet, renderJwkSet } from './jwk-set.ts'
import { keyIdOf } from './key-id.ts'

const rsaPair = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' })
const setOf = (...keys: unknown[]) => parseJwkSet(JSON.stringify({ keys })).keys

let rsa: ReturnType<typeof rsaPair>
let rsaJwk: JsonWebKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecJwk = jwkOf(ec.publicKey)

beforeAll(() => {
  rsa = rsaPair(2048)
  rsaJwk = jwkOf(rsa.publicKey)
})

describe('a JWKS', () => {
  it('gives keys by their ids, each with the algorithms it may verify', () => {
    const keys = setOf(
      { ...rsaJwk, kid: 'r' },
      { ...rsaJwk, kid: 'r512', alg: 'RS512', use: 'sig' },
      { ...ecJwk, kid: 'e', key_ops: ['verify'] },
    )
    expect([...keys].map(([keyId, { algorithms }]) => [keyId, algorithms])).toEqual([
      ['r', ['RS256', 'RS384', 'RS512']],
      ['r512', ['RS512']],
      ['e', ['ES256']],
    ])
  })

  it.each<[string, () => unknown]>([
    ['a symmetric key', () => ({ kty: 'oct', k: 'AAAA', kid: 'k' })],
    ['an Ed25519 key', () => ({ ...jwkOf(generateKeyPairSync('ed25519').publicKey), kid: 'k' })],
    ['an ML-DSA key', () => ({ kty: 'AKP', alg: 'ML-DSA-65', pub: 'AAAA', kid: 'k' })],
    ['RSA of 1024 bits', () => ({ ...jwkOf(rsaPair(1024).publicKey), kid: 'k' })],
    ['RSA of 2040 bits', () => ({ ...jwkOf(rsaPair(2040).publicKey), kid: 'k' })],
    ['RSA of 8200 bits', () => ({ ...rsaJwk, n: `${Buffer.alloc(1025, 0xff).toString('base64url')}`, kid: 'k' })],
    ['the exponent 1', () => ({ ...rsaJwk, e: 'AQ', kid: 'k' })],
    ['an even exponent', () => ({ ...rsaJwk, e: 'AQAA', kid: 'k' })],
    ['a huge exponent', () => ({ ...rsaJwk, e: 'AQAAAAAB', kid: 'k' })],
    ['an even modulus', () => ({ ...rsaJwk, n: Buffer.alloc(256, 0xfe).toString('base64url'), kid: 'k' })],
    ['a modulus with padding', () => ({ ...rsaJwk, n: `${rsaJwk.n}=`, kid: 'k' })],
    ['a modulus that is no text', () => ({ ...rsaJwk, n: 5, kid: 'k' })],
    ['a key for encryption', () => ({ ...rsaJwk, use: 'enc', kid: 'k' })],
    ['key_ops without verify', () => ({ ...rsaJwk, key_ops: ['encrypt'], kid: 'k' })],
    ['an algorithm of another type', () => ({ ...rsaJwk, alg: 'ES256', kid: 'k' })],
    ['RSA-PSS', () => ({ ...rsaJwk, alg: 'PS256', kid: 'k' })],
    ['HS256', () => ({ ...rsaJwk, alg: 'HS256', kid: 'k' })],
    ['an algorithm out of the prototype', () => ({ ...rsaJwk, alg: 'constructor', kid: 'k' })],
    ['a key id that is no text', () => ({ ...rsaJwk, kid: ['k'] })],
    ['a point off the curve', () => ({ ...ecJwk, y: ecJwk.x, kid: 'k' })],
    ['a curve that is not the point’s', () => ({ ...ecJwk, crv: 'P-384', kid: 'k' })],
    ['secp256k1', () => ({ ...jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), kid: 'k' })],
  ])('drops %s and keeps the others', (_, bad) => {
    expect([...setOf(bad(), { ...ecJwk, kid: 'good' }).keys()]).toEqual(['good'])
  })

  it('takes only the public half of a private key', () => {
    const key = setOf({ ...jwkOf(rsa.privateKey), kid: 'k' }).get('k')
    expect(key?.key.type).toBe('public')
  })

  it('has no use for a key id that occurs twice, also when one of the two is unusable', () => {
    expect(setOf({ ...rsaJwk, kid: 'k' }, { ...ecJwk, kid: 'k' }).size).toBe(0)
    expect(setOf({ ...rsaJwk, kid: 'k' }, { ...ecJwk, use: 'enc', kid: 'k' }).size).toBe(0)
    expect(setOf({ ...rsaJwk, use: 'enc', kid: 'k' }, { ...ecJwk, kid: 'k' }).size).toBe(0)
    expect(setOf(...Array.from({ length: 3 }, () => ({ ...ecJwk, kid: 'k' }))).size).toBe(0)
  })

  it('is not disturbed by a symmetric key of the same id', () => {
    expect(setOf({ kty: 'oct', k: 'AAAA', kid: 'k' }, { ...ecJwk, kid: 'k' }).get('k')?.algorithms).toEqual(['ES256'])
  })

  it('keeps __proto__ as an ordinary key id', () => {
    const set = parseJwkSet(`{"keys":[${JSON.stringify({ ...ecJwk, kid: '__proto__' })}]}`)
    expect(findKey(set, '__proto__')?.algorithms).toEqual(['ES256'])
    expect(findKey(set, 'constructor')).toBeUndefined()
  })

  it.each(['', 'null', '[]', '{}', '{"keys":{}}', '{"keys":[],"keys":[]}', '<html>', '\ufeff{"keys":[]}'])(
    '`%s` is none',
    (text) => {
      expect(() => parseJwkSet(text)).toThrow(JwkSetError)
    },
  )

  it('of more than 100 keys of a type is refused', () => {
    const many = (count: number) =>
      JSON.stringify({ keys: Array.from({ length: count }, (_, index) => ({ ...ecJwk, kid: `${index}` })) })
    expect(parseJwkSet(many(100)).keys.size).toBe(100)
    expect(() => parseJwkSet(many(101))).toThrow('at most 100')
  })
})

describe('a token without key id', () => {
  it('is verified only where the set leaves no choice', () => {
    const find = (...keys: unknown[]) => findKey(parseJwkSet(JSON.stringify({ keys })), '')
    expect(find({ ...ecJwk, kid: 'a' })?.keyId).toBe('a')
    expect(find(ecJwk)?.keyId).toBe('')
    expect(find({ ...ecJwk, kid: 'a' }, { ...rsaJwk, kid: 'b' })).toBeUndefined()
    expect(find()).toBeUndefined()
  })

  it('finds the one key that is listed with its id and with an empty one', () => {
    const set = parseJwkSet(
      JSON.stringify({
        keys: [
          { ...ecJwk, kid: 'a' },
          { ...ecJwk, kid: '' },
        ],
      }),
    )
    expect(findKey(set, '')?.algorithms).toEqual(['ES256'])
  })
})

describe('the JWKS that we render', () => {
  it('holds public members only, also when it is handed private keys', () => {
    const text = renderJwkSet([
      { keyId: 'r', algorithm: 'RS256', publicKey: rsa.privateKey },
      { keyId: 'e', algorithm: 'ES256', publicKey: ec.privateKey },
    ])
    const { keys } = JSON.parse(text) as { keys: Record<string, unknown>[] }
    expect(keys.map((key) => Object.keys(key))).toEqual([
      ['use', 'kty', 'kid', 'alg', 'n', 'e'],
      ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y'],
    ])
    expect(parseJwkSet(text).keys.size).toBe(2)
  })
})

describe('a key id', () => {
  it('is the base64url of the SHA-256 of the public key in DER, whatever the key came from', () => {
    const der = ec.publicKey.export({ type: 'spki', format: 'der' })
    expect(keyIdOf(ec.publicKey)).toBe(createHash('sha256').update(der).digest('base64url'))
    expect(keyIdOf([...setOf(ecJwk).values()][0]!.key)).toBe(keyIdOf(ec.publicKey))
    expect(keyIdOf(ec.publicKey)).toHaveLength(43)
  })
})
