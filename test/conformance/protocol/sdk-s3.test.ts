import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, expect, test } from 'vitest'
import { ApiError } from '../../../src/core/index.ts'
import { startLoopback } from './loopback.ts'

const server = await startLoopback('s3')
const s3 = new S3Client({
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
  endpoint: server.endpoint,
})
const AT = new Date('2026-01-02T03:04:05Z')
const KEY = 'a//b/../c d+é&<x>\n'

afterAll(async () => {
  s3.destroy()
  await server.close()
})

test('an object is put with its headers, its key exact and its body left to the stream', async () => {
  server.answer({ ETag: '"e"', VersionId: 'v' })
  const input = {
    Bucket: 'b',
    Key: KEY,
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { colour: 'blue' },
    StorageClass: 'STANDARD' as const,
    IfNoneMatch: '*',
    Tagging: 'a=b',
  }
  expect(await s3.send(new PutObjectCommand({ ...input, Body: 'hello' }))).toMatchObject({
    ETag: '"e"',
    VersionId: 'v',
  })
  const seen = server.seen.at(-1)
  expect(seen).toMatchObject({ operation: 'PutObject', input })
  expect(seen?.input).not.toHaveProperty('Body')
  expect(seen?.body.toString()).toBe('hello')
})

test('an object is got as a stream, whole or in part', async () => {
  const facts = {
    ContentLength: 5,
    ContentType: 'text/plain',
    ETag: '"e"',
    LastModified: AT,
    Metadata: { colour: 'bläu' },
  }
  server.answer({
    ...facts,
    Metadata: { colour: 'blue' },
    Body: Readable.from([Buffer.from('hel'), Buffer.from('lo')]),
  })
  const whole = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: KEY, VersionId: 'v', IfModifiedSince: AT }))
  expect(await whole.Body?.transformToString()).toBe('hello')
  expect(whole).toMatchObject({ ContentLength: 5, ETag: '"e"', LastModified: AT, Metadata: { colour: 'blue' } })
  expect(server.seen.at(-1)?.input).toMatchObject({ Bucket: 'b', Key: KEY, VersionId: 'v', IfModifiedSince: AT })
  server.answer({ ...facts, ContentLength: 2, ContentRange: 'bytes 0-1/5', Body: Buffer.from('he') })
  const part = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k', Range: 'bytes=0-1' }))
  expect(part.$metadata.httpStatusCode).toBe(206)
  expect(part.ContentRange).toBe('bytes 0-1/5')
  expect(await part.Body?.transformToString()).toBe('he')
  expect(part.Metadata?.colour).toBe('=?UTF-8?B?YmzDpHU=?=')
})

test('objects are listed', async () => {
  const output = {
    Name: 'b',
    Prefix: 'p/',
    KeyCount: 1,
    MaxKeys: 5,
    IsTruncated: true,
    NextContinuationToken: 't',
    Contents: [{ Key: 'p/<k>&', LastModified: AT, ETag: '"e"', Size: 5, StorageClass: 'STANDARD' as const }],
    CommonPrefixes: [{ Prefix: 'p/q/' }, { Prefix: 'p/r/' }],
  }
  server.answer(output)
  const input = { Bucket: 'b', Prefix: 'p/', Delimiter: '/', MaxKeys: 5 }
  expect(await s3.send(new ListObjectsV2Command(input))).toMatchObject(output)
  expect(server.seen.at(-1)).toMatchObject({ operation: 'ListObjectsV2', input })
  server.answer({ Buckets: [{ Name: 'b', CreationDate: AT }], Owner: { ID: 'o' } })
  expect(await s3.send(new ListBucketsCommand({}))).toMatchObject({ Buckets: [{ Name: 'b', CreationDate: AT }] })
})

test('XML bodies of requests become their input', async () => {
  const Delete = { Objects: [{ Key: ' a&<b> ' }, { Key: 'c', VersionId: 'v' }], Quiet: true }
  server.answer({ Deleted: [{ Key: 'c' }], Errors: [{ Key: 'a', Code: 'AccessDenied', Message: 'Access Denied' }] })
  const answer = await s3.send(new DeleteObjectsCommand({ Bucket: 'b', Delete }))
  expect(answer).toMatchObject({ Deleted: [{ Key: 'c' }], Errors: [{ Code: 'AccessDenied' }] })
  expect(server.seen.at(-1)).toMatchObject({ operation: 'DeleteObjects', input: { Bucket: 'b', Delete } })
  server.answer({})
  const Tagging = { TagSet: [{ Key: 'k', Value: '' }] }
  await s3.send(new PutObjectTaggingCommand({ Bucket: 'b', Key: 'k', Tagging }))
  expect(server.seen.at(-1)).toMatchObject({ operation: 'PutObjectTagging', input: { Tagging } })
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } }))
  expect(server.seen.at(-1)?.input).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } })
})

test('copy, delete, location and policy have answers of their own forms', async () => {
  server.answer({ CopyObjectResult: { ETag: '"e"', LastModified: AT } })
  const copied = await s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 's/k%20x' }))
  expect(copied.CopyObjectResult).toEqual({ ETag: '"e"', LastModified: AT })
  expect(server.seen.at(-1)).toMatchObject({ operation: 'CopyObject', input: { CopySource: 's/k%20x' } })
  server.answer({})
  expect((await s3.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'k' }))).$metadata.httpStatusCode).toBe(204)
  server.answer({ LocationConstraint: 'eu-west-1' })
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'b' }))).LocationConstraint).toBe('eu-west-1')
  server.answer({ Policy: '{"Version":"2012-10-17"}' })
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket: 'b' }))).Policy).toBe('{"Version":"2012-10-17"}')
})

test('errors are S3’s, and a HEAD has none but its status', async () => {
  server.answer(new ApiError('NoSuchKey', 404, 'The specified key does not exist.', { Key: 'k' }))
  const error = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(NoSuchKey)
  expect(error).toMatchObject({ message: 'The specified key does not exist.', Key: 'k' })
  await expect(s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toBeInstanceOf(NotFound)
  server.answer({ ContentLength: 5, ETag: '"e"', LastModified: AT })
  expect(await s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).toMatchObject({
    ContentLength: 5,
    ETag: '"e"',
  })
})
