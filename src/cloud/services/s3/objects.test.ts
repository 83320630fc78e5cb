import { createHash } from 'node:crypto'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../../core/index.ts'
import { CHECKSUMS } from '../../../standards/checksums/index.ts'
import { LARGEST_INLINE } from './object-files.ts'
import { LARGEST_OBJECT } from './receive.ts'
import { openS3, readAll, type S3UnderTest, START, type Way } from './testing/s3-under-test.ts'

let s3: S3UnderTest
beforeEach(async () => {
  s3 = await openS3()
  await s3.ask('CreateBucket', { Bucket: 'first' })
})
afterEach(() => s3.close())

const put = (Key: string, body: Way['body'], input: object = {}, way: Way = {}) =>
  s3.ask('PutObject', { Bucket: 'first', Key, ...input }, { ...(body === undefined ? {} : { body }), ...way })
const get = (Key: string, input: object = {}, way: Way = {}) =>
  s3.ask('GetObject', { Bucket: 'first', Key, ...input }, way)
const textOf = async (Key: string, input: object = {}) => (await readAll((await get(Key, input)).Body)).toString()
const files = () => readdir(join(s3.directory, 'objects'))
const md5 = (body: string | Uint8Array, form: 'hex' | 'base64' = 'hex') => createHash('md5').update(body).digest(form)
const big = Buffer.alloc(LARGEST_INLINE * 3 + 1, 'abcdefg')

function* inPieces(body: Buffer, size = 1000) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

describe('an object', () => {
  it.each([
    ['empty', Buffer.alloc(0), 0],
    ['small', Buffer.from('hello'), 0],
    ['as large as fits its row', Buffer.alloc(LARGEST_INLINE, 'x'), 0],
    ['one byte larger', Buffer.alloc(LARGEST_INLINE + 1, 'x'), 1],
    ['large', big, 1],
  ])('comes back as it was put: %s', async (_, body, fileCount) => {
    expect(await put('k', Readable.from(inPieces(body)))).toEqual({ ETag: `"${md5(body)}"` })
    expect((await s3.bytesOf('first', 'k')).equals(body)).toBe(true)
    expect(await files()).toHaveLength(fileCount)
    expect(await s3.ask('HeadObject', { Bucket: 'first', Key: 'k' })).toEqual({
      AcceptRanges: 'bytes',
      LastModified: START,
      ETag: `"${md5(body)}"`,
      ContentLength: body.length,
      ContentType: 'binary/octet-stream',
    })
  })

  it('brings its headers and metadata back', async () => {
    const kept = {
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentLanguage: 'de',
      ContentType: 'text/plain; charset=utf-8',
      WebsiteRedirectLocation: '/x',
      StorageClass: 'STANDARD_IA',
      Metadata: { colour: 'grün', __proto__x: '1' },
    }
    await put('k', 'x', { ...kept, ContentEncoding: 'aws-chunked,gzip', Expires: new Date(START) })
    expect(await get('k')).toMatchObject({ ...kept, ContentEncoding: 'gzip', Expires: START })
    await put('k', 'x', { ContentEncoding: 'aws-chunked' })
    expect(await get('k')).not.toHaveProperty('ContentEncoding')
    expect(await get('k')).not.toHaveProperty('Metadata')
  })

  it('replaces the one before whole, and frees its file', async () => {
    await put('k', big)
    const [before] = await files()
    await put('k', Buffer.concat([big, big]))
    expect(await files()).toHaveLength(1)
    expect(await files()).not.toContain(before)
    await put('k', 'small')
    expect(await files()).toEqual([])
    expect(await textOf('k')).toBe('small')
  })

  it('is read to its end although it is replaced meanwhile', async () => {
    await put('k', big)
    const { Body } = await get('k')
    await put('k', 'other')
    expect((await readAll(Body)).equals(big)).toBe(true)
  })

  it('lies in a file of 0600 in a directory of 0700, under a name that nobody chose', async () => {
    await put('../../etc/passwd', big)
    const [name = ''] = await files()
    expect(name).toMatch(/^[0-9a-f]{32}$/)
    expect((await stat(join(s3.directory, 'objects', name))).mode & 0o777).toBe(0o600)
    expect((await stat(join(s3.directory, 'objects'))).mode & 0o777).toBe(0o700)
    expect(await readdir(s3.directory)).toEqual(['objects'])
  })

  it('is there after a restart, and what a crash left is not', async () => {
    await put('k', big)
    const [kept = ''] = await files()
    await writeFile(join(s3.directory, 'objects', 'f'.repeat(32)), 'no row names this')
    await writeFile(join(s3.directory, 'objects', `${'e'.repeat(32)}.tmp`), 'half')
    const again = await s3.restart()
    expect(await files()).toEqual([kept])
    expect((await again.bytesOf('first', 'k')).equals(big)).toBe(true)
  })

  it('deleted is gone, with its file, and may be deleted again', async () => {
    await put('k', big)
    await s3.ask('DeleteObject', { Bucket: 'first', Key: 'k' })
    expect(await files()).toEqual([])
    await expect(get('k')).rejects.toMatchObject({ code: 'NoSuchKey', httpStatus: 404, members: { Key: 'k' } })
    expect(await s3.ask('DeleteObject', { Bucket: 'first', Key: 'k' })).toEqual({})
  })
})

describe('a body that does not hold', () => {
  const refused = new ApiError('XAmzContentSHA256Mismatch', 400, 'no')
  async function* failingAtItsEnd(body: Buffer) {
    yield* inPieces(body)
    throw refused
  }

  it.each([
    ['small', Buffer.from('x')],
    ['large', big],
  ])('publishes nothing and leaves nothing: %s', async (_, body) => {
    await put('k', 'before')
    await expect(put('k', Readable.from(failingAtItsEnd(body)))).rejects.toBe(refused)
    expect(await textOf('k')).toBe('before')
    expect(await files()).toEqual([])
  })

  it.each([
    ['the MD5 of another body', { ContentMD5: md5('other', 'base64') }, {}, 'BadDigest'],
    ['no MD5', { ContentMD5: 'x' }, {}, 'InvalidDigest'],
    ['an MD5 of 15 bytes', { ContentMD5: Buffer.alloc(15).toString('base64') }, {}, 'InvalidDigest'],
    ['another CRC32', { ChecksumCRC32: 'AAAAAA==' }, {}, 'BadDigest'],
    ['another SHA256', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }, {}, 'BadDigest'],
    ['a CRC32 of 3 bytes', { ChecksumCRC32: 'AAAA' }, {}, 'InvalidRequest'],
    ['two checksums', { ChecksumCRC32: 'AAAAAA==', ChecksumCRC32C: 'AAAAAA==' }, {}, 'InvalidRequest'],
    ['an algorithm without a value', { ChecksumAlgorithm: 'CRC32' }, {}, 'InvalidRequest'],
    ['a checksum that is not here', { ChecksumXXHASH64: 'AAAA' }, {}, 'NotImplemented'],
    ['fewer bytes than announced', {}, { bodyLength: big.length + 1 }, 'IncompleteBody'],
    ['more than 5 GiB', {}, { bodyLength: LARGEST_OBJECT + 1 }, 'EntityTooLarge'],
    ['metadata of more than 2 KB', { Metadata: { a: 'x'.repeat(2048) } }, {}, 'MetadataTooLarge'],
    ['a storage class that there is not', { StorageClass: 'CARDBOARD' }, {}, 'InvalidStorageClass'],
    ['a storage class that needs a restore', { StorageClass: 'GLACIER' }, {}, 'NotImplemented'],
    ['tags', { Tagging: 'a=b' }, {}, 'NotImplemented'],
    ['encryption with KMS', { ServerSideEncryption: 'aws:kms' }, {}, 'NotImplemented'],
    ['encryption with a key of its own', { SSECustomerAlgorithm: 'AES256' }, {}, 'NotImplemented'],
    ['object lock', { ObjectLockMode: 'GOVERNANCE' }, {}, 'InvalidRequest'],
    ['a public ACL', { ACL: 'public-read' }, {}, 'AccessControlListNotSupported'],
    ['an ETag that must not be there', { IfNoneMatch: '"abc"' }, {}, 'NotImplemented'],
  ])('is refused: %s', async (_, input, way, code) => {
    await expect(put('k', Readable.from(inPieces(big)), input, way)).rejects.toMatchObject({ code })
    await expect(get('k')).rejects.toMatchObject({ code: 'NoSuchKey' })
    expect(await files()).toEqual([])
  })

  it('goes when the bucket has gone meanwhile', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    async function* slow() {
      yield big
      await gate
      yield big
    }
    const writing = put('k', Readable.from(slow()))
    await s3.ask('DeleteBucket', { Bucket: 'first' })
    release()
    await expect(writing).rejects.toMatchObject({ code: 'NoSuchBucket' })
    expect(await files()).toEqual([])
  })
})

describe('checksums', () => {
  const sum = (algorithm: keyof typeof CHECKSUMS) => {
    const sink = CHECKSUMS[algorithm].create()
    sink.update(big)
    return sink.digest().toString('base64')
  }
  const algorithms = Object.keys(CHECKSUMS) as (keyof typeof CHECKSUMS)[]

  it.each(algorithms)('%s is verified, echoed, kept, and given to who asks', async (algorithm) => {
    const wanted = { [`Checksum${algorithm}`]: sum(algorithm), ChecksumType: 'FULL_OBJECT' }
    expect(await put('k', big, { [`Checksum${algorithm}`]: sum(algorithm) })).toMatchObject(wanted)
    expect(await get('k', { ChecksumMode: 'ENABLED' })).toMatchObject(wanted)
    expect(await get('k')).not.toHaveProperty('ChecksumType')
    expect(await get('k', { ChecksumMode: 'ENABLED', Range: 'bytes=0-1' })).not.toHaveProperty('ChecksumType')
  })

  it('that come in a trailer are computed and kept', async () => {
    const way: Way = { headers: [['X-Amz-Trailer', 'x-amz-checksum-crc32']] }
    expect(await put('k', big, { ChecksumAlgorithm: 'CRC32' }, way)).toMatchObject({ ChecksumCRC32: sum('CRC32') })
  })
})

describe('a part of an object', () => {
  beforeEach(async () => {
    await put('small', '0123456789')
    await put('large', big)
  })

  it('is answered with its place in the whole', async () => {
    expect(await get('small', { Range: 'bytes=2-4' })).toMatchObject({ ContentLength: 3, ContentRange: 'bytes 2-4/10' })
    expect(await textOf('small', { Range: 'bytes=2-4' })).toBe('234')
    expect(await textOf('small', { Range: 'bytes=-5' })).toBe('56789')
    expect(await textOf('large', { Range: 'bytes=7-20' })).toBe('abcdefgabcdefg')
    expect(await textOf('small', { Range: 'bytes=0-1,3-4' })).toBe('0123456789')
    expect(await get('small', { PartNumber: 1 })).toMatchObject({ ContentRange: 'bytes 0-9/10' })
  })

  it('that is not there is refused', async () => {
    await expect(get('small', { Range: 'bytes=10-' })).rejects.toMatchObject({
      code: 'InvalidRange',
      httpStatus: 416,
      members: { RangeRequested: 'bytes=10-', ActualObjectSize: '10' },
    })
  })
})

describe('conditions', () => {
  it('hold a write back', async () => {
    const { ETag } = await put('k', 'one', { IfNoneMatch: '*' })
    await expect(put('k', 'two', { IfNoneMatch: '*' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
      httpStatus: 412,
    })
    await expect(put('k', 'two', { IfMatch: '"x"' })).rejects.toMatchObject({ code: 'PreconditionFailed' })
    await expect(put('new', 'two', { IfMatch: ETag })).rejects.toMatchObject({ code: 'NoSuchKey' })
    expect(await textOf('k')).toBe('one')
    await put('k', 'two', { IfMatch: ETag })
    expect(await textOf('k')).toBe('two')
    expect(await files()).toEqual([])
  })

  it('let one of many writers through', async () => {
    const writers = Array.from({ length: 8 }, (_, at) => put('k', `${at}${big}`, { IfNoneMatch: '*' }))
    const answers = await Promise.allSettled(writers)
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await files()).toHaveLength(1)
  })

  it('hold a deletion back', async () => {
    await put('k', 'one')
    await expect(s3.ask('DeleteObject', { Bucket: 'first', Key: 'k', IfMatch: '"x"' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
    })
    await s3.ask('DeleteObject', { Bucket: 'first', Key: 'k', IfMatch: `"${md5('one')}"` })
    await expect(get('k')).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  it('hold a read back', async () => {
    const { ETag } = await put('k', 'one')
    await expect(get('k', { IfNoneMatch: ETag })).rejects.toMatchObject({ httpStatus: 304 })
    await expect(get('k', { IfMatch: '"x"' })).rejects.toMatchObject({ httpStatus: 412 })
    expect(await get('k', { IfMatch: ETag })).toMatchObject({ ETag })
  })
})

it('the caller may choose headers of the answer, but not nobody', async () => {
  await put('k', 'x', { ContentType: 'text/plain' })
  const wish = { ResponseContentType: 'text/html', ResponseExpires: new Date(START) }
  expect(await get('k', wish)).toMatchObject({ ContentType: 'text/html', Expires: new Date(START) })
  await expect(get('k', wish, { principal: { kind: 'anonymous' } })).rejects.toMatchObject({ code: 'InvalidRequest' })
})

it('the one version is called null', async () => {
  await put('k', 'x')
  expect(await textOf('k', { VersionId: 'null' })).toBe('x')
  await expect(get('k', { VersionId: 'other' })).rejects.toMatchObject({ code: 'InvalidArgument' })
})

describe('CopyObject', () => {
  const copy = (Key: string, input: object = {}) =>
    s3.ask('CopyObject', { Bucket: 'first', Key, CopySource: 'first/a', ...input })
  beforeEach(() => put('a', big, { ContentType: 'text/plain', StorageClass: 'STANDARD_IA', Metadata: { x: '1' } }))

  it('copies bytes and metadata, but not the storage class', async () => {
    s3.clock.advanceSeconds(60)
    expect(await copy('b')).toEqual({ CopyObjectResult: { ETag: `"${md5(big)}"`, LastModified: START + 60_000 } })
    expect((await s3.bytesOf('first', 'b')).equals(big)).toBe(true)
    const copied = await get('b')
    expect(copied).toMatchObject({ ContentType: 'text/plain', Metadata: { x: '1' } })
    expect(copied).not.toHaveProperty('StorageClass')
    expect(await files()).toHaveLength(2)
  })

  it('replaces the metadata when it is told to', async () => {
    await copy('b', { MetadataDirective: 'REPLACE', Metadata: { y: '2' } })
    expect(await get('b')).toMatchObject({ ContentType: 'binary/octet-stream', Metadata: { y: '2' } })
  })

  it('copies onto itself only when something changes', async () => {
    await expect(copy('a')).rejects.toMatchObject({ code: 'InvalidRequest', message: /copy an object to itself/ })
    await copy('a', { MetadataDirective: 'REPLACE', Metadata: { y: '2' } })
    expect(await get('a')).toMatchObject({ Metadata: { y: '2' }, ContentLength: big.length })
    expect((await s3.bytesOf('first', 'a')).equals(big)).toBe(true)
  })

  it('heeds the conditions on the source', async () => {
    await expect(copy('b', { CopySourceIfMatch: '"x"' })).rejects.toMatchObject({ code: 'PreconditionFailed' })
    await expect(copy('b', { CopySourceIfNoneMatch: `"${md5(big)}"` })).rejects.toMatchObject({
      code: 'PreconditionFailed',
    })
    await copy('b', { CopySourceIfMatch: `"${md5(big)}"` })
    expect(await get('b')).toMatchObject({ ContentLength: big.length })
  })

  it('does not find what is not there', async () => {
    await expect(copy('b', { CopySource: 'first/none' })).rejects.toMatchObject({ code: 'NoSuchKey' })
    await expect(copy('b', { CopySource: 'nowhere/a' })).rejects.toMatchObject({ code: 'NoSuchBucket' })
    await expect(
      copy('b', { CopySource: 'arn:aws:s3:us-east-1:111111111111:accesspoint/x/object/a' }),
    ).rejects.toMatchObject({
      code: 'InvalidBucketName',
    })
  })
})

describe('DeleteObjects', () => {
  const remove = (Objects: object[], more: object = {}, way: Way = {}) =>
    s3.ask('DeleteObjects', { Bucket: 'first', Delete: { Objects, ...more } }, way)

  it('deletes each key that may be deleted and says which may not', async () => {
    for (const key of ['a', 'b', 'c']) await put(key, 'x')
    const allows: Way['allows'] = ({ resource }) => !resource.endsWith('/b')
    expect(await remove([{ Key: 'a' }, { Key: 'b' }, { Key: 'none' }], {}, { allows })).toEqual({
      Deleted: [{ Key: 'a' }, { Key: 'none' }],
      Errors: [
        {
          Key: 'b',
          Code: 'AccessDenied',
          Message:
            'User: arn:aws:iam::111111111111:user/alice is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::first/b" because no identity-based policy allows the s3:DeleteObject action',
        },
      ],
    })
    expect(await textOf('b')).toBe('x')
    expect(await textOf('c')).toBe('x')
    await expect(get('a')).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  it('is quiet when it is told to be', async () => {
    expect(await remove([{ Key: 'a' }], { Quiet: true })).toEqual({ Errors: [] })
  })

  it('takes a version and a tag for each key', async () => {
    await put('a', 'x')
    const answer = await remove([
      { Key: 'a', VersionId: 'other' },
      { Key: 'a', ETag: '"no"' },
    ])
    expect(answer.Errors).toMatchObject([
      { Code: 'InvalidArgument', VersionId: 'other' },
      { Code: 'PreconditionFailed' },
    ])
    expect(await remove([{ Key: 'a', VersionId: 'null' }])).toMatchObject({
      Deleted: [{ Key: 'a', VersionId: 'null' }],
    })
  })

  it('takes from one to 1,000 keys', async () => {
    await expect(remove([])).rejects.toMatchObject({ code: 'MalformedXML' })
    const keys = Array.from({ length: 1001 }, (_, at) => ({ Key: String(at) }))
    await expect(remove(keys)).rejects.toMatchObject({ code: 'MalformedXML' })
    expect((await remove(keys.slice(1))).Deleted).toHaveLength(1000)
  })

  it('tells only who may delete something that the bucket is not there', async () => {
    const way = (allowed: boolean): Way => ({ allows: () => allowed })
    const ask = (allowed: boolean) =>
      s3.ask('DeleteObjects', { Bucket: 'nowhere', Delete: { Objects: [{ Key: 'a' }] } }, way(allowed))
    await expect(ask(true)).rejects.toMatchObject({ code: 'NoSuchBucket' })
    await expect(ask(false)).rejects.toMatchObject({ code: 'AccessDenied', httpStatus: 403 })
  })
})

describe('listings', () => {
  beforeEach(async () => {
    for (const key of ['a/1', 'a/2', 'b', 'c d', 'é']) await put(key, key)
  })
  const keysOf = ({ Contents }: Record<string, unknown>) => (Contents as { Key: string }[]).map(({ Key }) => Key)
  const v2 = (input: object = {}) => s3.ask('ListObjectsV2', { Bucket: 'first', ...input })
  const v1 = (input: object = {}) => s3.ask('ListObjects', { Bucket: 'first', ...input })

  it('say of each object what clients need', async () => {
    const answer = await v2({ Prefix: 'b' })
    expect(answer).toMatchObject({ Name: 'first', Prefix: 'b', MaxKeys: 1000, KeyCount: 1, IsTruncated: false })
    expect(answer.Contents).toEqual([
      { Key: 'b', LastModified: START, ETag: `"${md5('b')}"`, Size: 1, StorageClass: 'STANDARD' },
    ])
  })

  it('go on where the page before ended', async () => {
    const first = await v2({ MaxKeys: 2, Delimiter: '/' })
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2, CommonPrefixes: [{ Prefix: 'a/' }] })
    const second = await v2({ MaxKeys: 2, Delimiter: '/', ContinuationToken: first.NextContinuationToken })
    expect(keysOf(second)).toEqual(['c d', 'é'])
    expect(second).toMatchObject({ IsTruncated: false, ContinuationToken: first.NextContinuationToken })
    expect(keysOf(await v2({ StartAfter: 'b' }))).toEqual(['c d', 'é'])
    await expect(v2({ ContinuationToken: 'x' })).rejects.toMatchObject({ code: 'InvalidArgument' })
  })

  it('of version 1 go on after a marker, which a page names only with a delimiter', async () => {
    const first = await v1({ MaxKeys: 1, Delimiter: '/' })
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a/', Marker: '' })
    expect(keysOf(await v1({ Delimiter: '/', Marker: 'a/' }))).toEqual(['b', 'c d', 'é'])
    expect(await v1({ MaxKeys: 1 })).not.toHaveProperty('NextMarker')
    expect((await v1()).Contents).toContainEqual(
      expect.objectContaining({ Owner: { ID: expect.stringMatching(/^[0-9a-f]{64}$/) } }),
    )
  })

  it('encode keys when they are asked to', async () => {
    expect(keysOf(await v2({ EncodingType: 'url' }))).toEqual(['a/1', 'a/2', 'b', 'c+d', '%C3%A9'])
  })

  it('refuse numbers and encodings that are none', async () => {
    await expect(v2({ MaxKeys: -1 })).rejects.toMatchObject({ code: 'InvalidArgument' })
    await expect(v2({ EncodingType: 'base64' })).rejects.toMatchObject({ code: 'InvalidArgument' })
    expect(await v2({ MaxKeys: 5000 })).toMatchObject({ MaxKeys: 1000 })
    expect(await v2({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
  })
})
