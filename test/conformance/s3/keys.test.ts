import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3, type S3UnderTest } from '../../../src/cloud/services/s3/testing/s3-under-test.ts'

// The keys come in as they would over the wire: percent-encoded in the path, decoded once by the protocol.
const vectors = JSON.parse(readFileSync(new URL('../../vectors/s3-keys/s3-keys.json', import.meta.url), 'utf8')) as {
  store: string[]
  reject: string[]
  bucketReject: string[]
}

let s3: S3UnderTest
beforeAll(async () => {
  s3 = await openS3()
  await s3.ask('CreateBucket', { Bucket: 'keys' })
})
afterAll(() => s3.close())

const contentOf = (key: string) => Buffer.concat([Buffer.alloc(5000, 0x2e), Buffer.from(key)])

function recognise(method: string, key: string) {
  const path = `/keys/${encodeURIComponent(key)}`
  const found = s3.service.model.recognise({ method, path, query: '', headers: [['Host', '127.0.0.1']] }, undefined)
  return { name: found?.name ?? '', labels: found?.labels ?? {} }
}

async function listAll(): Promise<string[]> {
  const { Contents } = await s3.ask('ListObjectsV2', { Bucket: 'keys' })
  return (Contents as { Key: string }[]).map(({ Key }) => Key)
}

describe.each(vectors.store)('the key %j', (key) => {
  it('is stored, authorised, read, listed once and deleted under exactly these bytes', async () => {
    const { name, labels } = recognise('PUT', key)
    expect(name).toBe('PutObject')
    expect(labels).toEqual({ Bucket: 'keys', Key: key })
    const body = contentOf(key)
    await s3.ask('PutObject', labels, { body })
    expect(await s3.requirements('GetObject', labels)).toMatchObject([{ resource: `arn:aws:s3:::keys/${key}` }])
    expect((await s3.bytesOf('keys', key)).equals(body)).toBe(true)
    expect(await listAll()).toEqual([key])
    expect(readdirSync(s3.directory)).toEqual(['objects'])
    expect(readdirSync(`${s3.directory}/objects`).every((file) => /^[0-9a-f]{32}$/.test(file))).toBe(true)
    await s3.ask('DeleteObject', labels)
    expect(await listAll()).toEqual([])
    expect(readdirSync(`${s3.directory}/objects`)).toEqual([])
  })
})

it('all keys live beside each other, none standing for another, listed in the order of their bytes', async () => {
  for (const key of vectors.store) await s3.ask('PutObject', { Bucket: 'keys', Key: key }, { body: contentOf(key) })
  const inOrder = vectors.store.toSorted((a, b) => Buffer.from(a).compare(Buffer.from(b)))
  expect(await listAll()).toEqual(inOrder)
  for (const key of vectors.store) expect((await s3.bytesOf('keys', key)).equals(contentOf(key))).toBe(true)
  const Objects = vectors.store.map((Key) => ({ Key }))
  expect(await s3.ask('DeleteObjects', { Bucket: 'keys', Delete: { Objects } })).toMatchObject({ Errors: [] })
  expect(await listAll()).toEqual([])
})

it.each(vectors.reject)('the key %j is refused and nothing is stored', async (key) => {
  const labels = { Bucket: 'keys', Key: key }
  for (const operation of ['PutObject', 'GetObject', 'DeleteObject'])
    await expect(s3.ask(operation, labels, { body: 'x' })).rejects.toMatchObject({ httpStatus: 400 })
  expect(await listAll()).toEqual([])
})

it.each(vectors.bucketReject)('the bucket %j is refused', async (Bucket) => {
  await expect(s3.ask('CreateBucket', { Bucket })).rejects.toMatchObject({ code: 'InvalidBucketName', httpStatus: 400 })
  expect(await s3.ask('ListBuckets', {})).toMatchObject({ Buckets: [{ Name: 'keys' }] })
})
