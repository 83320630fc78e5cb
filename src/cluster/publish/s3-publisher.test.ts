import { expect, test } from 'vitest'
import type { ObjectStore, StoredObject } from '../../io/object-store/index.ts'
import { testPublisher } from './publisher.contract.ts'
import { createS3Publisher, parseS3Target } from './s3-publisher.ts'

/** Objects in memory: what S3 keeps of them. The same suite runs over the wire against our own S3. */
function memoryStore(): ObjectStore {
  const objects = new Map<string, StoredObject>()
  return {
    read: async ({ bucket, key }) => objects.get(`${bucket}/${key}`),
    write: async ({ bucket, key }, object) => void objects.set(`${bucket}/${key}`, object),
  }
}

testPublisher('objects under a prefix', async () => ({
  publisher: createS3Publisher({ bucket: 'issuers', prefix: 'one' }, memoryStore()),
  close: async () => undefined,
}))

test.each([
  ['s3://my-issuers', { bucket: 'my-issuers', prefix: '' }],
  ['s3://my-issuers/', { bucket: 'my-issuers', prefix: '' }],
  ['s3://my.issuers/a/b', { bucket: 'my.issuers', prefix: 'a/b' }],
  ['s3://My-issuers', undefined],
  ['s3://a', undefined],
  ['s3://', undefined],
  ['s3://my-issuers//a', undefined],
  ['https://my-issuers', undefined],
])('%s is read as a place in S3, or refused', (text, place) => {
  expect(parseS3Target(text)).toEqual(place)
})
