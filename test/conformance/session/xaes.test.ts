import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createXaesKey } from '../../../src/cloud/session/xaes.ts'
import { Secret } from '../../../src/core/index.ts'

interface Vector {
  readonly key: string
  readonly nonce_ascii: string
  readonly pt_ascii: string
  readonly aad_ascii: string
  readonly ct: string
}

const { vectors, accumulated } = JSON.parse(
  readFileSync(new URL('../../vectors/xaes/vectors.json', import.meta.url), 'utf8'),
) as { readonly vectors: readonly Vector[]; readonly accumulated: Readonly<Record<string, string>> }

const messageOf = ({ nonce_ascii, aad_ascii }: Vector) => ({
  nonce: Buffer.from(nonce_ascii),
  aad: Buffer.from(aad_ascii),
})

it('has every vector of the specification', () => {
  expect(vectors).toHaveLength(2)
})

it.each(vectors)('seals and opens the vector of the specification: $aad_ascii', (vector) => {
  const xaes = createXaesKey(new Secret(Buffer.from(vector.key, 'hex')))
  const plaintext = Buffer.from(vector.pt_ascii)
  expect(xaes.seal({ ...messageOf(vector), plaintext }).toString('hex')).toBe(vector.ct)
  expect(xaes.open({ ...messageOf(vector), sealed: Buffer.from(vector.ct, 'hex') })).toEqual(plaintext)
})

it('seals ten thousand random messages as the specification does', () => {
  const messages = 10_000
  const most = 32 + 24 + 256 + 256
  const random = createHash('shake128', { outputLength: messages * most }).digest()
  let at = 0
  const take = (count: number): Buffer => {
    at += count
    return random.subarray(at - count, at)
  }
  const takeText = (): Buffer => take(take(1)[0] ?? 0)
  const all = createHash('shake128', { outputLength: 32 })
  for (let count = 0; count < messages; count += 1) {
    const xaes = createXaesKey(new Secret(take(32)))
    const nonce = take(24)
    const plaintext = takeText()
    const aad = takeText()
    const sealed = xaes.seal({ nonce, plaintext, aad })
    all.update(sealed)
    if (count % 100 === 0) expect(xaes.open({ nonce, sealed, aad })).toEqual(plaintext)
  }
  expect(all.digest('hex')).toBe(accumulated[messages])
})

it('derives another key from each first half of a nonce', () => {
  const xaes = createXaesKey(new Secret(Buffer.alloc(32, 7)))
  const aad = Buffer.alloc(0)
  const plaintext = Buffer.alloc(64)
  const seal = (seed: string) => {
    const first = createHmac('sha256', seed).digest().subarray(0, 12)
    return xaes.seal({ nonce: Buffer.concat([first, Buffer.alloc(12)]), plaintext, aad }).toString('hex')
  }
  expect(seal('a')).not.toBe(seal('b'))
})

it('refuses keys and nonces of another length, and opens nothing that is shorter than a tag', () => {
  expect(() => createXaesKey(new Secret(Buffer.alloc(31)))).toThrow(RangeError)
  const xaes = createXaesKey(new Secret(Buffer.alloc(32)))
  const aad = Buffer.alloc(0)
  expect(() => xaes.seal({ nonce: Buffer.alloc(12), plaintext: aad, aad })).toThrow(RangeError)
  expect(xaes.open({ nonce: Buffer.alloc(24), sealed: Buffer.alloc(15), aad })).toBeUndefined()
})
