import { createHash } from 'node:crypto'
import { headerValue, type RawHeaders } from '../../../core/index.ts'
import { CHECKSUMS, type ChecksumAlgorithm, isChecksumAlgorithm } from '../../../standards/checksums/index.ts'
import {
  badChecksum,
  badDigest,
  checksumWithoutValue,
  entityTooLarge,
  incompleteBody,
  invalidChecksum,
  invalidDigest,
  notImplemented,
  severalChecksums,
} from './errors.ts'
import type { Checksum } from './model.ts'
import type { ObjectFiles, Written } from './object-files.ts'

/** SPEC: the largest object of a single PUT or copy. */
export const LARGEST_OBJECT = 5 * 1024 ** 3

/** What a body must turn out to be. */
export interface Expectations {
  readonly length?: number
  /** 16 bytes. */
  readonly md5?: Buffer
  /** To be computed and kept; `value` is what it must come to, absent when whoever sends the body checks it (a trailer). */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value?: string }
}

export interface Received extends Written {
  /** MD5 in hex. */
  readonly etag: string
  readonly checksum?: Checksum
}

/**
 * Takes in a whole body and proves it. Nothing is left on the disk when it rejects.
 * @throws ApiError EntityTooLarge, IncompleteBody, BadDigest, or whatever the body itself fails with
 */
export async function receive(
  files: ObjectFiles,
  body: AsyncIterable<Uint8Array>,
  expectations: Expectations,
): Promise<Received> {
  const md5 = createHash('md5')
  const wanted = expectations.checksum
  const sink = wanted === undefined ? undefined : CHECKSUMS[wanted.algorithm].create()
  let size = 0
  let etag = ''
  let checksum: Checksum | undefined
  const written = await files.write(body, {
    observe: (chunk) => {
      size += chunk.length
      if (size > LARGEST_OBJECT) throw entityTooLarge(size, LARGEST_OBJECT)
      md5.update(chunk)
      sink?.update(chunk)
    },
    complete: () => {
      if (expectations.length !== undefined && size !== expectations.length) throw incompleteBody()
      etag = checkMd5(md5.digest(), expectations.md5)
      if (wanted !== undefined && sink !== undefined) checksum = checkChecksum(sink.digest(), wanted)
    },
  })
  return { ...written, etag, ...(checksum === undefined ? {} : { checksum }) }
}

function checkMd5(digest: Buffer, expected: Buffer | undefined): string {
  if (expected !== undefined && !digest.equals(expected))
    throw badDigest(expected.toString('base64'), digest.toString('base64'))
  return digest.toString('hex')
}

function checkChecksum(digest: Buffer, { algorithm, value }: NonNullable<Expectations['checksum']>): Checksum {
  const found = digest.toString('base64')
  if (value !== undefined && value !== found) throw badChecksum(algorithm)
  return { algorithm, value: found }
}

/** The members by which a client says what its body is. */
export interface IntegrityInput {
  readonly ContentMD5?: string
  readonly ChecksumAlgorithm?: string
  readonly [member: `Checksum${string}`]: string | undefined
}

const CHECKSUM_HEADER = 'x-amz-checksum-'
const UNKNOWN_CHECKSUMS = ['XXHASH64', 'XXHASH3', 'XXHASH128']

/** @throws ApiError InvalidDigest, InvalidRequest, EntityTooLarge, NotImplemented */
export function readExpectations(
  input: IntegrityInput,
  headers: RawHeaders,
  bodyLength: number | undefined,
): Expectations {
  if (bodyLength !== undefined && bodyLength > LARGEST_OBJECT) throw entityTooLarge(bodyLength, LARGEST_OBJECT)
  const checksum = readChecksum(input, headers)
  return {
    ...(bodyLength === undefined ? {} : { length: bodyLength }),
    ...(input.ContentMD5 === undefined ? {} : { md5: readMd5(input.ContentMD5) }),
    ...(checksum === undefined ? {} : { checksum }),
  }
}

function readMd5(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 16 || bytes.toString('base64') !== text) throw invalidDigest()
  return bytes
}

function readChecksum(input: IntegrityInput, headers: RawHeaders): Expectations['checksum'] {
  for (const name of UNKNOWN_CHECKSUMS)
    if (input[`Checksum${name}`] !== undefined) throw notImplemented(`${CHECKSUM_HEADER}${name.toLowerCase()}`)
  const given = Object.keys(CHECKSUMS).filter((name) => input[`Checksum${name}`] !== undefined)
  if (given.length > 1) throw severalChecksums()
  const [algorithm] = given
  if (algorithm !== undefined && isChecksumAlgorithm(algorithm))
    return { algorithm, value: readValue(algorithm, input[`Checksum${algorithm}`] ?? '') }
  const trailing = trailingAlgorithm(headers)
  if (trailing !== undefined) return { algorithm: trailing }
  if (input.ChecksumAlgorithm !== undefined) throw checksumWithoutValue()
  return undefined
}

function readValue(algorithm: ChecksumAlgorithm, text: string): string {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== CHECKSUMS[algorithm].length || bytes.toString('base64') !== text)
    throw invalidChecksum(CHECKSUM_HEADER + algorithm.toLowerCase())
  return text
}

/** The checksum comes after the body, where the decoder of the body compares it; here it is computed once more to be kept. */
function trailingAlgorithm(headers: RawHeaders): ChecksumAlgorithm | undefined {
  const name = headerValue(headers, 'x-amz-trailer')?.trim().toLowerCase()
  if (name === undefined || !name.startsWith(CHECKSUM_HEADER)) return undefined
  const algorithm = name.slice(CHECKSUM_HEADER.length).toUpperCase()
  if (!isChecksumAlgorithm(algorithm)) throw notImplemented('x-amz-trailer')
  return algorithm
}

/** Members of an answer that carry a checksum. */
export function renderChecksum(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {}
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: 'FULL_OBJECT' }
}
