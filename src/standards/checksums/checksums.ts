import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' | 'SHA512' | 'MD5'

/** Takes bytes, then gives the checksum once. */
export interface ChecksumSink {
  update(chunk: Uint8Array): void
  digest(): Buffer
}

interface Row {
  /** Bytes of the checksum. */
  readonly length: number
  create(): ChecksumSink
}

/** One row an algorithm. */
export const CHECKSUMS = {
  CRC32: { length: 4, create: crc32Sink },
  CRC32C: { length: 4, create: crc32cSink },
  CRC64NVME: { length: 8, create: crc64NvmeSink },
  SHA1: { length: 20, create: () => hashSink('sha1') },
  SHA256: { length: 32, create: () => hashSink('sha256') },
  SHA512: { length: 64, create: () => hashSink('sha512') },
  MD5: { length: 16, create: () => hashSink('md5') },
} as const satisfies Record<ChecksumAlgorithm, Row>

/** Is this one of the algorithms that S3 names, in its capitals? */
export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return Object.hasOwn(CHECKSUMS, name)
}

function hashSink(name: string): ChecksumSink {
  const hash = createHash(name)
  return {
    update: (chunk) => {
      hash.update(chunk)
    },
    digest: () => hash.digest(),
  }
}

function crc32Sink(): ChecksumSink {
  let value = 0
  return {
    update: (chunk) => {
      value = crc32(chunk, value)
    },
    digest: () => bigEndian(value),
  }
}

function bigEndian(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 4)
  for (const [at, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, at * 4)
  return bytes
}

// SPEC: Castagnoli's polynomial, reflected (RFC 3720 appendix B.4).
const CRC32C_POLYNOMIAL = 0x82f63b78
// SPEC: CRC-64/NVME (NVM Express NVM command set), reflected 0x9a6c9329ac4bc9b5, in two halves: JavaScript's operators have 32 bits.
const CRC64_POLYNOMIAL_HIGH = 0x9a6c9329
const CRC64_POLYNOMIAL_LOW = 0xac4bc9b5

let crc32cTable: Uint32Array | undefined
let crc64Tables: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined

function makeCrc32cTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1
    return value
  })
}

function crc32cSink(): ChecksumSink {
  crc32cTable ??= makeCrc32cTable()
  const table = crc32cTable
  let value = -1
  return {
    update: (chunk) => {
      let crc = value
      for (let at = 0; at < chunk.length; at += 1) crc = (crc >>> 8) ^ (table[(crc ^ (chunk[at] ?? 0)) & 0xff] ?? 0)
      value = crc
    },
    digest: () => bigEndian(~value),
  }
}

function makeCrc64Tables(): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const high = new Uint32Array(256)
  const low = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte += 1) {
    let h = 0
    let l = byte
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (l & 1) === 1
      l = (l >>> 1) | (h << 31)
      h >>>= 1
      if (isOdd) {
        h ^= CRC64_POLYNOMIAL_HIGH
        l ^= CRC64_POLYNOMIAL_LOW
      }
    }
    high[byte] = h
    low[byte] = l
  }
  return { high, low }
}

function crc64NvmeSink(): ChecksumSink {
  crc64Tables ??= makeCrc64Tables()
  const tables = crc64Tables
  let high = -1
  let low = -1
  return {
    update: (chunk) => {
      let h = high
      let l = low
      for (let at = 0; at < chunk.length; at += 1) {
        const index = (l ^ (chunk[at] ?? 0)) & 0xff
        l = ((l >>> 8) | (h << 24)) ^ (tables.low[index] ?? 0)
        h = (h >>> 8) ^ (tables.high[index] ?? 0)
      }
      high = h
      low = l
    },
    digest: () => bigEndian(~high, ~low),
  }
}
