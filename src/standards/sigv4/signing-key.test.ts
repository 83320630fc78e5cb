import { expect, it } from 'vitest'
import { Secret } from '../../core/index.ts'
import { createSigningKeyCache, deriveSigningKey } from './signing-key.ts'

const scope = { date: '20150830', region: 'us-east-1', service: 'iam' }
const secret = new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')

it('a signing key is the one that AWS derives in its documentation', () => {
  const key = deriveSigningKey(secret, scope).export().toString('hex')
  expect(key).toBe('c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9')
})

it('a key is derived once, and again for another secret, day, region, service or id', () => {
  const cache = createSigningKeyCache()
  const wanted = { accessKeyId: 'AKIA', secret, scope }
  const key = cache.get(wanted)
  expect(cache.get({ ...wanted, secret: new Secret(secret.reveal()) })).toBe(key)
  expect(cache.get({ ...wanted, accessKeyId: 'AKIB' })).not.toBe(key)
  for (const other of [{ date: '20150831' }, { region: 'us-east-2' }, { service: 'sts' }])
    expect(cache.get({ ...wanted, scope: { ...scope, ...other } }).equals(key)).toBe(false)
  const replaced = cache.get({ ...wanted, secret: new Secret('other') })
  expect(replaced.equals(key)).toBe(false)
  expect(replaced.equals(deriveSigningKey(new Secret('other'), scope))).toBe(true)
})

it('the cache keeps no more than it may, and what was used last', () => {
  const cache = createSigningKeyCache({ capacity: 2 })
  const get = (accessKeyId: string) => cache.get({ accessKeyId, secret, scope })
  const first = get('A')
  const second = get('B')
  get('A')
  get('C')
  expect(cache.size).toBe(2)
  expect(get('A')).toBe(first)
  expect(get('B')).not.toBe(second)
  expect(() => createSigningKeyCache({ capacity: 0 })).toThrow(RangeError)
})
