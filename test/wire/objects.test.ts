import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECKSUMS } from '../../src/standards/checksums/index.ts'
import { readVectors } from '../conformance/oidc/vectors.ts'
import {
  type Answer,
  dial,
  presigned,
  renderHead,
  send,
  sendSigned,
  signed,
  statusOf,
  type ToSign,
} from './bare-http.ts'
import {
  applyServiceAccounts,
  createProvider,
  createRole,
  explained,
  mint,
  POD,
  ROLE,
  session,
  subjectOf,
  trust,
} from './circle.ts'
import { type Clients, clientsOf, refusalOf } from './clients.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'

const Bucket = 'objects'
let at: InstallationUnderTest
let s3: Clients['s3']

beforeAll(async () => {
  at = await openInstallation()
  s3 = clientsOf(at).s3
  await s3.send(new CreateBucketCommand({ Bucket }))
})
afterAll(() => at.close())

const read = async (Key: string): Promise<Buffer> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}
const ask = (wanted: Partial<ToSign>): Promise<Answer> =>
  sendSigned(at, { service: 's3', credentials: at.administrator(), ...wanted })
/** Neither the object nor anything of its bytes is there. */
async function nothingOf(Key: string): Promise<void> {
  expect((await refusalOf(s3.send(new HeadObjectCommand({ Bucket, Key })))).status).toBe(404)
  expect(readdirSync(join(at.directory, 'objects')).filter((name) => name.endsWith('.tmp'))).toEqual([])
}
const filesKept = (): number => readdirSync(join(at.directory, 'objects')).length

describe('what the SDK uploads is what it reads back', () => {
  const big = randomBytes(300_000)

  it.each([
    ['text', 'text.txt', 'grüße aus dem Bucket', Buffer.from('grüße aus dem Bucket')],
    ['nothing', 'empty', '', Buffer.alloc(0)],
    ['few bytes', 'few.bin', big.subarray(0, 10), big.subarray(0, 10)],
    ['many bytes', 'many.bin', big, big],
  ])('%s', async (_what, Key, Body, wanted) => {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
    expect(put.ETag).toMatch(/^"[0-9a-f]{32}"$/)
    expect((await read(Key)).equals(wanted)).toBe(true)
  })

  it('a stream of known length, in unsigned chunks with a trailer', async () => {
    const Body = Readable.from([big.subarray(0, 100_000), big.subarray(100_000)])
    await s3.send(new PutObjectCommand({ Bucket, Key: 'stream.bin', Body, ContentLength: big.length }))
    expect((await read('stream.bin')).equals(big)).toBe(true)
  })

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
    'with the checksum %s, which is kept',
    async (ChecksumAlgorithm) => {
      const Key = `sum-${ChecksumAlgorithm}`
      const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'checked', ChecksumAlgorithm }))
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
      const name = `Checksum${ChecksumAlgorithm}` as const
      expect(put[name]).toMatch(/^[A-Za-z0-9+/]+=*$/)
      expect(head[name]).toBe(put[name])
    },
  )

  it('metadata and content headers', async () => {
    const Metadata = { owner: 'orders', note: 'two words' }
    const more = { ContentType: 'text/html', CacheControl: 'no-store', ContentDisposition: 'attachment', Metadata }
    await s3.send(new PutObjectCommand({ Bucket, Key: 'meta', Body: '<p>', ...more }))
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'meta' }))).toMatchObject({ ...more, ContentLength: 3 })
  })
})

describe('objects', () => {
  it('are read in ranges', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'range', Body: '0123456789' }))
    const part = async (Range: string) => {
      const { Body, ContentRange, $metadata } = await s3.send(new GetObjectCommand({ Bucket, Key: 'range', Range }))
      return [$metadata.httpStatusCode, ContentRange, await Body?.transformToString()]
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=8-')).toEqual([206, 'bytes 8-9/10', '89'])
    const beyond = s3.send(new GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=10-' }))
    expect(await refusalOf(beyond)).toMatchObject({ status: 416, code: 'InvalidRange' })
  })

  it('are copied, listed page by page and deleted', async () => {
    for (const Key of ['list/a', 'list/b', 'list/c/d'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, Metadata: { from: 'here' } }))
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'list/copy', CopySource: `${Bucket}/list/a` }))
    expect((await read('list/copy')).toString()).toBe('list/a')
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'list/copy' }))).Metadata).toEqual({ from: 'here' })
    const first = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 2 }))
    const ContinuationToken = first.NextContinuationToken ?? ''
    const rest = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', ContinuationToken }))
    expect([...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key }) => Key)).toEqual([
      'list/a',
      'list/b',
      'list/copy',
    ])
    expect(rest.CommonPrefixes).toEqual([{ Prefix: 'list/c/' }])
    const Objects = ['list/a', 'list/b', 'list/none'].map((Key) => ({ Key }))
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['list/a', 'list/b', 'list/none'])
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'list/copy' }))
    const left = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/' }))
    expect(left.Contents?.map(({ Key }) => Key)).toEqual(['list/c/d'])
  })

  it('are written and read upon conditions', async () => {
    const Key = 'condition'
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'one', IfNoneMatch: '*' }))
    const again = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'two', IfNoneMatch: '*' }))
    expect(await refusalOf(again)).toMatchObject({ status: 412, code: 'PreconditionFailed' })
    expect((await read(Key)).toString()).toBe('one')
    const same = s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: ETag }))
    expect((await refusalOf(same)).status).toBe(304)
    const other = s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: '"0"' }))
    expect((await refusalOf(other)).status).toBe(412)
  })

  it('may be fetched by whoever has a presigned URL, until it expires', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'shared', Body: 'shared' }))
    const target = `/${Bucket}/shared?response-content-type=text%2Fcsv`
    const request = presigned(at, { service: 's3', credentials: at.administrator(), target, expiresSeconds: 60 })
    const answer = await send(at, request)
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, 'shared', 'text/csv'])
  })

  it('answer with no header line that a caller made up', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'lines', Body: 'x' }))
    for (const value of ['a%0D%0ASet-Cookie:%20b=c', '%E2%82%AC', '%00', 'a%0Ab'])
      for (const name of [
        'content-disposition',
        'content-type',
        'cache-control',
        'content-language',
        'content-encoding',
      ]) {
        const answer = await ask({ target: `/${Bucket}/lines?response-${name}=${value}` })
        expect([200, 400]).toContain(answer.status)
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
  })
})

/** A body in chunks as SDKs frame it: `hex CRLF bytes CRLF … 0 CRLF trailer CRLF CRLF`. */
function chunked(content: Buffer, { sizes, trailer }: { sizes?: readonly number[]; trailer?: string } = {}): Buffer {
  const parts: Buffer[] = []
  let from = 0
  for (const size of sizes ?? [content.length]) {
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), content.subarray(from, from + size), Buffer.from('\r\n'))
    from += size
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer ?? `x-amz-checksum-crc32:${crc32(content)}`}\r\n\r\n`)])
}

function crc32(content: Buffer): string {
  const sink = CHECKSUMS.CRC32.create()
  sink.update(content)
  return sink.digest().toString('base64')
}

describe('a body in unsigned chunks', () => {
  const content = randomBytes(40_000)

  const upload = (Key: string, body: Buffer, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask({
      method: 'PUT',
      target: `/${Bucket}/${Key}`,
      payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      headers: Object.entries({
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': String(content.length),
        'x-amz-trailer': 'x-amz-checksum-crc32',
        ...more,
      }).filter(([, value]) => value !== ''),
      body,
    })

  it('is put together again, and its framing is not kept', async () => {
    const answer = await upload('chunks', chunked(content, { sizes: [16_384, 16_384, 7232] }), {
      'content-encoding': 'aws-chunked,gzip',
    })
    expect(answer.status).toBe(200)
    const { ContentEncoding } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'chunks' }))
    expect([(await read('chunks')).equals(content), ContentEncoding]).toEqual([true, 'gzip'])
  })

  const wrong: Readonly<Record<string, readonly [code: string, ask: () => Promise<Answer>]>> = {
    'whose checksum is another': [
      'BadDigest',
      () => upload('bad', chunked(content, { trailer: 'x-amz-checksum-crc32:AAAAAA==' })),
    ],
    'whose checksum is none': [
      'MalformedTrailerError',
      () => upload('bad', chunked(content, { trailer: 'x-amz-checksum-crc32:zz' })),
    ],
    'with another trailer than announced': [
      'MalformedTrailerError',
      () => upload('bad', chunked(content, { trailer: 'x-amz-checksum-sha1:AAAA' })),
    ],
    'without a trailer': ['MalformedTrailerError', () => upload('bad', chunked(content, { trailer: '' }))],
    'shorter than announced': [
      'IncompleteBody',
      () => upload('bad', chunked(content), { 'x-amz-decoded-content-length': '40001' }),
    ],
    'longer than announced': [
      'IncompleteBody',
      () => upload('bad', chunked(content), { 'x-amz-decoded-content-length': '39999' }),
    ],
    'cut in the middle': ['IncompleteBody', () => upload('bad', chunked(content).subarray(0, 20_000))],
    'with small chunks before the last': [
      'InvalidChunkSizeError',
      () => upload('bad', chunked(content, { sizes: [100, 39_900] })),
    ],
    'that is not in chunks': ['InvalidRequest', () => upload('bad', content)],
    'with signed chunks in it': [
      'InvalidRequest',
      () =>
        upload(
          'bad',
          Buffer.concat([Buffer.from(`9c40;chunk-signature=${'a'.repeat(64)}\r\n`), chunked(content).subarray(6)]),
        ),
    ],
    'whose trailer is no checksum': [
      'InvalidRequest',
      () => upload('bad', chunked(content), { 'x-amz-trailer': 'x-amz-meta-a' }),
    ],
    'that says nothing of its length': [
      'MissingContentLength',
      () => upload('bad', chunked(content), { 'x-amz-decoded-content-length': '' }),
    ],
  }

  it.each(Object.entries(wrong))('%s is refused, and nothing of it is kept', async (_what, [code, attempt]) => {
    const files = filesKept()
    const answer = await attempt()
    expect([answer.status >= 400 && answer.status < 500, answer.code]).toEqual([true, code])
    await nothingOf('bad')
    expect(filesKept()).toBe(files)
  })

  it.each([
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
  ])('of another kind is not implemented: %s', async (payload) => {
    const answer = await ask({ method: 'PUT', target: `/${Bucket}/bad`, payload, body: chunked(content) })
    expect([answer.status, answer.code]).toEqual([501, 'NotImplemented'])
    await nothingOf('bad')
  })

  it('belongs to uploads alone', async () => {
    const payload = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
    const answer = await ask({ method: 'PUT', target: `/${Bucket}?policy`, payload, body: chunked(content) })
    expect([answer.status, answer.code]).toEqual([501, 'NotImplemented'])
  })
})

describe('a body that is not the one that was signed', () => {
  const put = (Key: string, more: Partial<ToSign>) => ask({ method: 'PUT', target: `/${Bucket}/${Key}`, ...more })

  it('is refused, and nothing of it is kept, however long it is', async () => {
    for (const body of [Buffer.from('small'), randomBytes(100_000)]) {
      const request = signed(at, {
        service: 's3',
        credentials: at.administrator(),
        method: 'PUT',
        target: `/${Bucket}/forged`,
        body,
      })
      const other = Buffer.from(body)
      other[0] = (other[0] ?? 0) ^ 1
      const answer = await send(at, { ...request, body: other })
      expect([answer.status, answer.code]).toEqual([400, 'XAmzContentSHA256Mismatch'])
      expect(await explained(at, answer)).toMatchObject({ name: 'payload-mismatch', rung: 'signature' })
      await nothingOf('forged')
    }
  })

  it('does not replace what was there', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'the old one' }))
    const answer = await put('kept', { body: 'the new one', payload: '0'.repeat(64) })
    expect(answer.code).toBe('XAmzContentSHA256Mismatch')
    expect((await read('kept')).toString()).toBe('the old one')
  })

  it.each([
    ['content-md5', 'AAAAAAAAAAAAAAAAAAAAAA==', 'BadDigest'],
    ['content-md5', 'nonsense', 'InvalidDigest'],
    ['x-amz-checksum-crc32', 'AAAAAA==', 'BadDigest'],
    ['x-amz-checksum-sha256', 'zz', 'InvalidRequest'],
  ])('%s: %s is %s', async (name, value, code) => {
    const answer = await put('sum', { body: 'body', headers: [[name, value]] })
    expect([answer.status, answer.code]).toEqual([400, code])
    await nothingOf('sum')
  })

  it('without a hash is refused', async () => {
    const request = signed(at, {
      service: 's3',
      credentials: at.administrator(),
      method: 'PUT',
      target: `/${Bucket}/x`,
      body: 'x',
    })
    const headers = (request.headers ?? []).filter(([name]) => name !== 'x-amz-content-sha256')
    const answer = await send(at, { ...request, headers })
    expect([answer.status >= 400 && answer.status < 500, answer.code]).toEqual([true, 'InvalidRequest'])
  })

  it('in chunks of HTTP has no length and is refused', async () => {
    const answer = await put('x', { body: 'x', headers: [['transfer-encoding', 'chunked']] })
    expect([answer.status, answer.code]).toEqual([411, 'MissingContentLength'])
    await nothingOf('x')
  })

  it('that is broken off leaves nothing behind', async () => {
    const files = filesKept()
    const request = signed(at, {
      service: 's3',
      credentials: at.administrator(),
      method: 'PUT',
      target: `/${Bucket}/broken`,
      payload: 'UNSIGNED-PAYLOAD',
    })
    const headers = [...(request.headers ?? []), ['content-length', '100000'] as const]
    const connection = await dial(at, renderHead({ ...request, headers }) + 'x'.repeat(50_000))
    await new Promise((resolve) => setTimeout(resolve, 100))
    connection.socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 200))
    await nothingOf('broken')
    expect(filesKept()).toBe(files)
  })
})

describe('a client that waits for 100 Continue', () => {
  const request = (Key: string, more: Partial<ToSign> = {}) => {
    const made = signed(at, {
      service: 's3',
      credentials: at.administrator(),
      method: 'PUT',
      target: `/${Bucket}/${Key}`,
      payload: 'UNSIGNED-PAYLOAD',
      ...more,
    })
    return renderHead({
      ...made,
      headers: [...(made.headers ?? []), ['content-length', '5'], ['expect', '100-continue']],
    })
  }

  it('gets it when it may write, and its answer after the body', async () => {
    const connection = await dial(at, request('waited'))
    expect(await connection.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    connection.socket.write('hello')
    expect(await connection.until('ETag')).toContain('HTTP/1.1 200 OK')
    connection.socket.destroy()
    expect((await read('waited')).toString()).toBe('hello')
  })

  it('is refused without it when its signature is wrong, and the connection is not used again', async () => {
    const connection = await dial(
      at,
      request('waited-2').replace(
        /Signature=(\w)/,
        (_whole, digit: string) => `Signature=${digit === '0' ? '1' : '0'}`,
      ),
    )
    const text = await connection.ended()
    expect(statusOf(text)).toBe(403)
    expect(text).toContain('SignatureDoesNotMatch')
    expect(text.toLowerCase()).toContain('connection: close')
    expect(text).not.toContain('100 Continue')
    await nothingOf('waited-2')
  })

  it('is refused without it when it may not write', async () => {
    await applyServiceAccounts(at)
    await createProvider(at, at.facts.issuer)
    await createRole(at, { name: ROLE, trust: [trust({ issuer: at.facts.issuer, subject: subjectOf(POD) })] })
    const credentials = await session(at, { token: await mint(at) })
    const connection = await dial(at, request('waited-3', { credentials }))
    const text = await connection.ended()
    expect(statusOf(text)).toBe(403)
    expect(text).toContain('is not authorized to perform: s3:PutObject')
    expect(text).not.toContain('100 Continue')
    await nothingOf('waited-3')
  })
})

describe('keys', () => {
  const vectors = readVectors<{ store: string[]; reject: string[]; bucketReject: string[] }>('s3-keys/s3-keys.json')
  // A lone surrogate is no UTF-8, but somebody may send its bytes all the same.
  const targetOf = (key: string): string => `/${Bucket}/${key === '\ud800' ? '%ED%A0%80' : encodeURIComponent(key)}`

  it('of every kind come through unchanged, none standing for another', async () => {
    for (const key of vectors.store) {
      const put = await ask({ method: 'PUT', target: targetOf(key), body: `content of ${key}` })
      expect([key, put.status]).toEqual([key, 200])
    }
    for (const key of vectors.store) {
      const got = await ask({ target: targetOf(key) })
      expect([key, got.status, got.text]).toEqual([key, 200, `content of ${key}`])
    }
    const names = new Set(readdirSync(join(at.directory, 'objects')))
    expect([...names].every((name) => /^[0-9a-f]{32}$/.test(name))).toBe(true)
    for (const key of vectors.store) expect((await ask({ method: 'DELETE', target: targetOf(key) })).status).toBe(204)
  })

  it.each(vectors.reject)('%j is refused', async (key) => {
    const answer = await ask({ method: 'PUT', target: targetOf(key), body: 'x' })
    expect([answer.status, answer.code.length > 0]).toEqual([400, true])
  })

  it.each(vectors.bucketReject.filter((name) => name !== ''))('the bucket %j is refused', async (name) => {
    const answer = await ask({ method: 'PUT', target: `/${encodeURIComponent(name)}` })
    expect([answer.status >= 400 && answer.status < 500, answer.code.length > 0]).toEqual([true, true])
  })
})
