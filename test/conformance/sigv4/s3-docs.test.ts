import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type HttpHead, instant, Secret, seconds } from '../../../src/core/index.ts'
import {
  decodeSignedChunks,
  deriveSigningKey,
  findCredentials,
  type PresentedCredentials,
  presignRequest,
  signRequest,
  verifySignature,
} from '../../../src/standards/sigv4/index.ts'

const read = (file: string) => JSON.parse(readFileSync(new URL(`../../vectors/sigv4/${file}`, import.meta.url), 'utf8'))
const docs = read('s3-docs-and-chunked.json')
const chunked = read('chunked/chunked.json')

const NOW = instant(Date.parse('2013-05-24T00:00:00Z'))
const secret = new Secret<string>(docs.credentials.secretAccessKey)
const credentials = { accessKeyId: docs.credentials.accessKeyId as string, secretAccessKey: secret }
const scope = { region: 'us-east-1', service: 's3' }
const DATE = '20130524T000000Z'
const fullScope = { ...scope, date: '20130524' }
const signingKey = deriveSigningKey(secret, fullScope)

interface Documented {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly payloadHash: string
  readonly expectedSignature: string
}

const requests: readonly Documented[] = docs.requests
const linesOf = (headers: Documented['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]))

/** The request as it is sent, with the signature that the documentation prints. */
function sent({ method, path, query, headers, expectedSignature }: Documented): HttpHead {
  const lines = linesOf(headers)
  if (query.includes('X-Amz-Algorithm'))
    return { method, path, query: `${query}&X-Amz-Signature=${expectedSignature}`, headers: lines }
  const names = lines.map(([name]) => name).sort()
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names.join(';')},Signature=${expectedSignature}`
  return { method, path, query, headers: [...lines, ['Authorization', authorization]] }
}

function verify(head: HttpHead): PresentedCredentials {
  const presented = findCredentials(head)
  if (presented === undefined) throw new Error('no credentials found')
  verifySignature(head, presented, {
    signingKey,
    now: NOW,
    pathStyle: 's3',
    maxSkewSeconds: seconds(900),
    services: ['s3'],
  })
  return presented
}

describe('the requests in the documentation of S3', () => {
  it('are five', () => {
    expect(requests.length).toBe(5)
  })

  it.each(requests)('$name is accepted', (request) => {
    expect(verify(sent(request)).signature).toBe(request.expectedSignature)
  })

  it.each(requests)('$name is signed by us the same way', (request) => {
    const head: HttpHead = { ...request, headers: linesOf(request.headers) }
    if (!request.query.includes('X-Amz-Algorithm')) {
      const signed = signRequest(head, { credentials, scope, now: NOW, bodySha256: request.payloadHash })
      expect(signed.at(-1)?.[1]).toContain(`Signature=${request.expectedSignature}`)
    } else {
      const query = presignRequest({ ...head, query: '' }, { credentials, scope, now: NOW, expiresSeconds: 86400 })
      expect(query).toBe(`${request.query}&X-Amz-Signature=${request.expectedSignature}`)
    }
  })
})

/** The upload of the documentation, taken from its canonical request, and how its body is cut. */
const uploads = [
  { name: 'signed chunks', value: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', vector: chunked.plain },
  { name: 'signed chunks and trailer', value: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', vector: chunked.trailer },
] as const

function headOf(canonical: string, signature: string): HttpHead {
  const [method = '', path = '', query = '', ...rest] = canonical.split('\n')
  const lines = rest.slice(0, rest.indexOf(''))
  const headers = lines.map((line): [string, string] => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1),
  ])
  const names = headers.map(([name]) => name).join(';')
  const authorization = `AWS4-HMAC-SHA256 Credential=${chunked.accessKeyId}/20130524/us-east-1/s3/aws4_request, SignedHeaders=${names}, Signature=${signature}`
  return { method, path, query, headers: [...headers, ['authorization', authorization]] }
}

function bodyOf({ signatures, trailerHeader }: { signatures: string[]; trailerHeader?: string }): Buffer {
  const [, ...links] = signatures
  const chunks = (chunked.chunkSizes as number[]).map(
    (size, at) => `${size.toString(16)};chunk-signature=${links[at]}\r\n${'a'.repeat(size)}${size === 0 ? '' : '\r\n'}`,
  )
  const trailer = trailerHeader === undefined ? '' : `${trailerHeader}\r\nx-amz-trailer-signature:${links.at(-1)}\r\n`
  return Buffer.from(`${chunks.join('')}${trailer}\r\n`)
}

async function* inPieces(body: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

async function decode(
  body: Buffer,
  presented: PresentedCredentials,
  trailerName?: string,
  size = 4099,
): Promise<Buffer> {
  const options = { decodedLength: 66560, presented, signingKey, ...(trailerName === undefined ? {} : { trailerName }) }
  const parts: Uint8Array[] = []
  for await (const part of decodeSignedChunks(inPieces(body, size), options)) parts.push(part)
  return Buffer.concat(parts)
}

describe.each(uploads)('the upload in $name', ({ value, vector }) => {
  const presented = verify(headOf(vector.canonicalRequest, vector.signatures[0]))
  const trailerName = value.endsWith('TRAILER') ? 'x-amz-checksum-crc32c' : undefined
  const body = bodyOf(vector)

  it('has the seed signature that the documentation prints', () => {
    expect(presented.payloadHash).toEqual({ kind: 'streaming', value })
    expect(presented.requestDate).toBe(DATE)
  })

  it.each([1, 7, 4099, 1_000_000])('is decoded whole, in pieces of %i bytes', async (size) => {
    const decoded = await decode(body, presented, trailerName, size)
    expect(createHash('sha256').update(decoded).digest('hex')).toBe(
      createHash('sha256').update('a'.repeat(66560)).digest('hex'),
    )
  })

  it('is refused when any byte is another', async () => {
    const places = [
      0,
      6,
      22,
      90,
      88 + 30_000,
      65_630,
      65_640,
      66_000,
      ...Array.from({ length: 180 }, (_, at) => body.length - 1 - at),
    ]
    for (const place of places) {
      const changed = Buffer.from(body)
      changed[place] = (changed[place] ?? 0) ^ 0x01
      await expect(decode(changed, presented, trailerName), `byte ${place}`).rejects.toMatchObject({
        code: 'CHUNKED_BODY',
      })
    }
  })

  it('is refused when it is cut anywhere', async () => {
    for (const length of [
      0,
      1,
      50,
      87,
      30_000,
      65_623,
      65_700,
      66_750,
      body.length - 100,
      body.length - 3,
      body.length - 1,
    ]) {
      await expect(decode(body.subarray(0, length), presented, trailerName)).rejects.toMatchObject({
        reason: 'incomplete',
      })
    }
  })

  it('is refused with something behind it, with its chunks swapped away, or on top of another signature', async () => {
    await expect(decode(Buffer.concat([body, Buffer.from('x')]), presented, trailerName)).rejects.toMatchObject({
      reason: 'malformed-trailer',
    })
    const other = { ...presented, signature: presented.signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
    await expect(decode(body, other, trailerName)).rejects.toMatchObject({ reason: 'signature-mismatch' })
  })
})
