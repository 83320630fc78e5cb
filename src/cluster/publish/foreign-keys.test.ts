import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { keyIdOf } from '../../standards/oidc/index.ts'
import { findForeignKeys } from './foreign-keys.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicKey.export({ format: 'jwk' })
const keyId = keyIdOf(publicKey)
const known = new Set([keyId])
const found = (...keys: readonly unknown[]) => findForeignKeys(JSON.stringify({ keys }), known)

describe('a foreign key', () => {
  test('is none that is ours, whatever it is called', () => {
    expect(found({ ...jwk, kid: keyId })).toEqual([])
    expect(found({ ...jwk, kid: 'alias' })).toEqual([])
  })

  test.each([
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'mac' }, 'mac'],
    ['a key of a type that nobody knows', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA', kid: 'new' }, 'new'],
    ['a member that is no object', 'key', 'without a name'],
    ['a point that is on no curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'bad' }, 'bad'],
    ['half of one of ours', { kty: 'EC', crv: 'P-256', x: jwk.x, kid: keyId }, keyId],
  ])('is %s', (_, member, name) => {
    expect(found(member)).toEqual([name])
  })

  test.each(['', '{', '[]', 'null', '{"keys":{}}'])('is not in what is no JWKS: %j', (text) => {
    expect(findForeignKeys(text, known)).toEqual([])
  })
})
