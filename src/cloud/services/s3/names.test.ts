import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseCopySource } from './copy-source.ts'
import { checkKey, isBucketName } from './names.ts'

const { store, reject, bucketReject } = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/s3-keys/s3-keys.json', import.meta.url), 'utf8'),
) as { store: string[]; reject: string[]; bucketReject: string[] }

it.each(bucketReject)('%j names no bucket', (name) => {
  expect(isBucketName(name)).toBe(false)
})

it.each(['abc', 'my-bucket', 'my.bucket.2', 'a1b', '1.2.3', '123', 'x'.repeat(63)])('%s names a bucket', (name) => {
  expect(isBucketName(name)).toBe(true)
})

it.each(['Abc', 'a_b', 'a*', '*', 'a?c', 'ab\n', 'amzn-s3-demo-x', 'a--ol-s3', 'a.mrap', 'a--x-s3', 'é--', '10.0.0.1'])(
  '%j names no bucket either',
  (name) => {
    expect(isBucketName(name)).toBe(false)
  },
)

it('all legal keys pass and the illegal ones do not', () => {
  for (const key of store) expect(() => checkKey(key)).not.toThrow()
  for (const key of reject) expect(() => checkKey(key)).toThrow()
  expect(() => checkKey('x'.repeat(1025))).toThrow('Your key is too long')
  expect(() => checkKey('')).toThrow()
})

it.each([
  ['/b/k', { bucket: 'b', key: 'k' }],
  ['b/k', { bucket: 'b', key: 'k' }],
  ['b/a%2Fb//c', { bucket: 'b', key: 'a/b//c' }],
  ['b/a+b%2Bc', { bucket: 'b', key: 'a b+c' }],
  ['b/%C3%A9?versionId=null', { bucket: 'b', key: 'é', versionId: 'null' }],
  ['b/k%3FversionId=1', { bucket: 'b', key: 'k?versionId=1' }],
  ['b/%252e', { bucket: 'b', key: '%2e' }],
])('the copy source %s is read', (header, wanted) => {
  expect(parseCopySource(header)).toEqual(wanted)
})

it.each(['', '/', 'b', 'b/', '//k', 'b/%ff', 'b/k?versionId='])('the copy source %j is refused', (header) => {
  expect(() => parseCopySource(header)).toThrow('Invalid copy source')
})
