import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECKSUMS, type ChecksumAlgorithm } from '../checksums/index.ts'
import { decodeUnsignedTrailerChunks } from './decode-unsigned-chunks.ts'
import { ChunkedBodyError } from './errors.ts'

const TRAILER = 'x-amz-checksum-crc32'

function sum(bytes: Uint8Array, algorithm: ChecksumAlgorithm = 'CRC32'): string {
  const sink = CHECKSUMS[algorithm].create()
  sink.update(bytes)
  return sink.digest().toString('base64')
}

const chunk = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
const ending = (bytes: Uint8Array, algorithm: ChecksumAlgorithm = 'CRC32') =>
  Buffer.from(`0\r\nx-amz-checksum-${algorithm.toLowerCase()}:${sum(bytes, algorithm)}\r\n\r\n`)
/** A body of one chunk. */
const encode = (content: Uint8Array) =>
  Buffer.concat([...(content.length > 0 ? [chunk(content)] : []), ending(content)])

async function* inPieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

async function decode(
  body: Uint8Array,
  decodedLength: number,
  { trailerName = TRAILER, size = 1000 } = {},
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  const decoded = decodeUnsignedTrailerChunks(inPieces(body, size), { decodedLength, trailerName })
  for await (const part of decoded) parts.push(part)
  return Buffer.concat(parts)
}

const CONTENT = Buffer.from('hello, world')

describe('a body in unsigned chunks', () => {
  it.each(Object.keys(CHECKSUMS) as ChecksumAlgorithm[])('with the %s of its content ends well', async (algorithm) => {
    const body = Buffer.concat([chunk(CONTENT), ending(CONTENT, algorithm)])
    const trailerName = `X-Amz-Checksum-${algorithm}`
    expect(await decode(body, CONTENT.length, { trailerName })).toEqual(CONTENT)
  })

  it('may be empty', async () => {
    expect(await decode(encode(Buffer.alloc(0)), 0)).toEqual(Buffer.alloc(0))
  })

  it('does not mind how it is cut on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 8192, maxLength: 9000 }), { maxLength: 3 }),
        fc.uint8Array({ maxLength: 100 }),
        fc.integer({ min: 1, max: 10_000 }),
        async (chunks, last, size) => {
          const content = Buffer.concat([...chunks, last])
          const rest = last.length > 0 ? [chunk(last)] : []
          const body = Buffer.concat([...chunks.map(chunk), ...rest, ending(content)])
          expect((await decode(body, content.length, { size })).equals(content)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('gives its bytes as they come and ends only when they are proved', async () => {
    const wrong = encode(CONTENT).toString('latin1').replace('hello', 'jello')
    const seen: string[] = []
    const decoded = decodeUnsignedTrailerChunks(inPieces(Buffer.from(wrong), 20), {
      decodedLength: 12,
      trailerName: TRAILER,
    })
    const all = async () => {
      for await (const part of decoded) seen.push(Buffer.from(part).toString())
    }
    await expect(all()).rejects.toMatchObject({ reason: 'checksum-mismatch' })
    expect(seen.join('')).toBe('jello, world')
  })

  it('cut anywhere is incomplete', async () => {
    const body = encode(CONTENT)
    for (let length = 0; length < body.length; length += 1)
      await expect(decode(body.subarray(0, length), CONTENT.length)).rejects.toMatchObject({ reason: 'incomplete' })
  })

  it('with any bit changed is refused, but for the case of names and digits', async () => {
    const body = encode(CONTENT)
    for (let at = 0; at < body.length * 8; at += 1) {
      const changed = Buffer.from(body)
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7))
      if (
        changed.toString('latin1').toLowerCase() === body.toString('latin1').toLowerCase() &&
        at >> 3 < body.indexOf(':')
      ) {
        const isContent = at >> 3 >= 3 && at >> 3 < 3 + CONTENT.length
        if (!isContent) continue
      }
      await expect(decode(changed, CONTENT.length), `bit ${at}`).rejects.toBeInstanceOf(ChunkedBodyError)
    }
  })

  it.each([
    ['fewer bytes than announced', encode(CONTENT), 13, 'length-mismatch'],
    ['more bytes than announced', encode(CONTENT), 11, 'length-mismatch'],
    ['something behind it', Buffer.concat([encode(CONTENT), Buffer.from('x')]), 12, 'malformed-trailer'],
    ['no trailer', Buffer.concat([chunk(CONTENT), Buffer.from('0\r\n\r\n')]), 12, 'malformed-trailer'],
    ['another trailer', Buffer.concat([chunk(CONTENT), ending(CONTENT, 'SHA1')]), 12, 'malformed-trailer'],
    [
      'two trailers',
      Buffer.from(encode(CONTENT).toString('latin1').replace('\r\n\r\n', `\r\n${TRAILER}:AAAAAA==\r\n\r\n`)),
      12,
      'malformed-trailer',
    ],
    ['a trailer that is no base64', Buffer.from(`0\r\n${TRAILER}:AAAA AA==\r\n\r\n`), 0, 'malformed-trailer'],
    ['a trailer of other length', Buffer.from(`0\r\n${TRAILER}:AAAA\r\n\r\n`), 0, 'malformed-trailer'],
    ['a trailer of other value', Buffer.from(`0\r\n${TRAILER}:AAAAAQ==\r\n\r\n`), 0, 'checksum-mismatch'],
    ['a signed chunk', Buffer.from(`c;chunk-signature=${'0'.repeat(64)}\r\n`), 12, 'malformed-chunk'],
    ['a size that is none', Buffer.from('0x1\r\n'), 12, 'malformed-chunk'],
    ['a negative size', Buffer.from('-1\r\n'), 12, 'malformed-chunk'],
    ['no size', Buffer.from('\r\n'), 12, 'malformed-chunk'],
    ['a size with blanks', Buffer.from(' c\r\n'), 12, 'malformed-chunk'],
    ['an enormous size', Buffer.from(`${'f'.repeat(13)}\r\n`), 12, 'malformed-chunk'],
    ['a size beyond what was announced', Buffer.from('ffffffffffff\r\n'), 12, 'length-mismatch'],
    ['a bare line feed', Buffer.from('c\nhello, world\r\n'), 12, 'malformed-chunk'],
    ['bytes beyond the chunk', Buffer.from('1\r\nab\r\n'), 12, 'malformed-chunk'],
    ['a small chunk before the last', Buffer.concat([chunk(Buffer.alloc(8191)), chunk(CONTENT)]), 8203, 'small-chunk'],
  ])('with %s is refused', async (_, body, decodedLength, reason) => {
    await expect(decode(body, decodedLength)).rejects.toMatchObject({ name: 'ChunkedBodyError', reason })
  })

  it.each([
    '',
    'x-amz-checksum-',
    'x-amz-checksum-crc16',
    'x-amz-checksum-crc32, x-amz-checksum-sha1',
    'content-md5',
    'x-amz-checksum-tostring',
  ])('whose trailer is announced as %j is refused before it is read', async (trailerName) => {
    await expect(decode(Buffer.from(''), 0, { trailerName })).rejects.toMatchObject({ reason: 'unsupported-trailer' })
  })

  it.each([
    ['head', 'malformed-chunk', ''],
    ['trailer', 'malformed-trailer', '0\r\n'],
  ])('with an endless %s is refused early', async (_, reason, before) => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(before)
      while (true) {
        given += 1
        yield Buffer.alloc(100, '0')
      }
    }
    const decoded = decodeUnsignedTrailerChunks(endless(), { decodedLength: 0, trailerName: TRAILER })
    await expect(decoded.next()).rejects.toMatchObject({ reason })
    expect(given).toBeLessThan(20)
  })

  it('lets go of its source when it is refused and when nobody wants more', async () => {
    let released = 0
    async function* source(text: string): AsyncGenerator<Uint8Array> {
      try {
        while (true) yield Buffer.from(text)
      } finally {
        released += 1
      }
    }
    const options = { decodedLength: 12, trailerName: TRAILER }
    await expect(decodeUnsignedTrailerChunks(source('?'), options).next()).rejects.toBeInstanceOf(ChunkedBodyError)
    for await (const part of decodeUnsignedTrailerChunks(source('c\r\nhello, world\r\n'), options)) {
      expect(part.length).toBe(12)
      break
    }
    expect(released).toBe(2)
  })
})
