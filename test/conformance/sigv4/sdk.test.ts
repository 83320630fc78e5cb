import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { DescribeNodegroupCommand, EKSClient } from '@aws-sdk/client-eks'
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, describe, expect, it } from 'vitest'
import { headerValue, instant, Secret, seconds } from '../../../src/core/index.ts'
import {
  decodeUnsignedTrailerChunks,
  deriveSigningKey,
  findCredentials,
  type PresentedCredentials,
  verifySignature,
} from '../../../src/standards/sigv4/index.ts'
import { type Recorded, startRecorder } from './recorder.ts'

const credentials = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2Vj/+abc==',
}
const xml = await startRecorder({ type: 'text/xml', body: '<Answer/>' })
const json = await startRecorder({ type: 'application/json', body: '{}' })
const common = { region: 'eu-central-1', credentials, maxAttempts: 1 }
const s3 = new S3Client({ ...common, endpoint: xml.endpoint })
const sts = new STSClient({ ...common, endpoint: xml.endpoint })
const iam = new IAMClient({ ...common, endpoint: xml.endpoint })
const eks = new EKSClient({ ...common, endpoint: json.endpoint })
const cloudtrail = new CloudTrailClient({ ...common, endpoint: json.endpoint })

afterAll(async () => {
  for (const client of [s3, sts, iam, eks, cloudtrail]) client.destroy()
  await Promise.all([xml.close(), json.close()])
})

/** Verifies what the SDK sent, and that it would not be so with another secret. */
function verify({ head, body }: Recorded, service: string): PresentedCredentials {
  const presented = findCredentials(head) ?? expect.unreachable()
  const expectations = {
    now: instant(Date.now()),
    ...(presented.payloadHash.kind === 'streaming'
      ? {}
      : { bodySha256: createHash('sha256').update(body).digest('hex') }),
    pathStyle: service === 's3' ? ('s3' as const) : ('normalized' as const),
    maxSkewSeconds: seconds(900),
    services: [service],
    regions: (region: string) => region === 'eu-central-1',
  }
  const keyOf = (secret: string) => deriveSigningKey(new Secret(secret), presented.scope)
  verifySignature(head, presented, { ...expectations, signingKey: keyOf(credentials.secretAccessKey) })
  expect(() => verifySignature(head, presented, { ...expectations, signingKey: keyOf('other') })).toThrow(/mismatch/)
  expect(presented).toMatchObject({ accessKeyId: credentials.accessKeyId, sessionToken: credentials.sessionToken })
  return presented
}

describe('what the AWS SDK signs is accepted', () => {
  it('of STS', async () => {
    await sts.send(new GetCallerIdentityCommand()).catch(() => undefined)
    expect(verify(xml.last(), 'sts').form).toBe('header')
  })

  it('of IAM', async () => {
    await iam.send(new ListRolesCommand({ PathPrefix: '/a b/é+&=/' })).catch(() => undefined)
    verify(xml.last(), 'iam')
  })

  it('of EKS, with a path that needs encoding twice', async () => {
    const input = { clusterName: 'a b/c', nodegroupName: 'é+:%2F' }
    await eks.send(new DescribeNodegroupCommand(input)).catch(() => undefined)
    expect(json.last().head.path).toContain('%20')
    verify(json.last(), 'eks')
  })

  it('of CloudTrail', async () => {
    await cloudtrail.send(new LookupEventsCommand({ MaxResults: 1 })).catch(() => undefined)
    expect(headerValue(json.last().head.headers, 'x-amz-target')).toContain('LookupEvents')
    verify(json.last(), 'cloudtrail')
  })

  it.each([
    'plain',
    'a//b/../c/./d',
    'a b+c&d=e?f#g%h',
    'é/日本/🦊',
    "!*'()~;:@,$[]",
    '%2F%2e%00',
    '.',
    '..',
    '/leading',
    'trailing/',
    '<x>\n\t"',
  ])('of S3 for the key %j', async (Key) => {
    await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key, VersionId: 'a b/+=' })).catch(() => undefined)
    verify(xml.last(), 's3')
    await s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key })).catch(() => undefined)
    verify(xml.last(), 's3')
  })

  it('of S3 with lists, copies and metadata', async () => {
    const list = { Bucket: 'bucket', Prefix: 'a b+/é', Delimiter: '/', StartAfter: '&=?', ContinuationToken: 'x/+==' }
    await s3.send(new ListObjectsV2Command(list)).catch(() => undefined)
    verify(xml.last(), 's3')
    const copy = { Bucket: 'b', Key: 'k', UploadId: 'u/+', PartNumber: 2, CopySource: encodeURI('/b/é k?versionId=1') }
    await s3.send(new UploadPartCopyCommand(copy)).catch(() => undefined)
    verify(xml.last(), 's3')
    const put = {
      Bucket: 'b',
      Key: 'k',
      Body: 'hello',
      Metadata: { a: '  two  blanks ', 'b-c': 'x,y' },
      Tagging: 'a=b&c=d',
    }
    await s3.send(new PutObjectCommand(put)).catch(() => undefined)
    expect(verify(xml.last(), 's3').payloadHash.kind).toBe('literal')
    const deletion = { Bucket: 'b', Delete: { Objects: [{ Key: 'a' }, { Key: 'b' }] } }
    await s3.send(new DeleteObjectsCommand(deletion)).catch(() => undefined)
    verify(xml.last(), 's3')
  })
})

/** What the SDK makes of a stream that comes in pieces of that size, and what we make of that. */
async function upload(
  client: S3Client,
  {
    content,
    pieceSize,
    algorithm,
  }: { content: Buffer; pieceSize: number; algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' },
): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(content.length / pieceSize) }, (_, at) =>
    content.subarray(at * pieceSize, (at + 1) * pieceSize),
  )
  const Body = Readable.from(pieces, { objectMode: false })
  const input = { Bucket: 'b', Key: 'k', Body, ContentLength: content.length, ChecksumAlgorithm: algorithm }
  await client.send(new PutObjectCommand(input))
  const { head, body } = xml.last()
  const { payloadHash } = verify(xml.last(), 's3')
  expect(payloadHash).toEqual({ kind: 'streaming', value: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' })
  const decoded = decodeUnsignedTrailerChunks(Readable.from([body]), {
    decodedLength: Number(headerValue(head.headers, 'x-amz-decoded-content-length')),
    trailerName: headerValue(head.headers, 'x-amz-trailer') ?? '',
  })
  const parts: Uint8Array[] = []
  for await (const part of decoded) parts.push(part)
  return Buffer.concat(parts)
}

describe('what the AWS SDK streams is decoded', () => {
  const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const

  it.each(algorithms.flatMap((algorithm) => [0, 1, 100_000].map((length) => ({ algorithm, length }))))(
    '$length bytes with $algorithm',
    async ({ algorithm, length }) => {
      const content = Buffer.alloc(length, 'content ')
      expect((await upload(s3, { content, pieceSize: 16_384, algorithm })).equals(content)).toBe(true)
    },
  )

  it('but, as by AWS, not in small pieces, unless the SDK puts them together', async () => {
    const input = { content: Buffer.alloc(30_000, 'content '), pieceSize: 1000, algorithm: 'CRC32' } as const
    await expect(upload(s3, input)).rejects.toMatchObject({ reason: 'small-chunk' })
    const buffering = new S3Client({ ...common, endpoint: xml.endpoint, requestStreamBufferSize: 65_536 })
    expect((await upload(buffering, input)).equals(input.content)).toBe(true)
    buffering.destroy()
  })
})
