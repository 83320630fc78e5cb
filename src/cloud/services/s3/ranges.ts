import { invalidPartNumber, invalidRange, invalidRequest } from './errors.ts'

/** Offsets of the first and the last byte. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

const ONE_RANGE = /^bytes=(\d*)-(\d*)$/

/**
 * The part that a `Range` header asks for; undefined for the whole object: also for several ranges and for what is no range at all,
 * which S3 ignores (RFC 9110 §14.2 allows it).
 * @throws ApiError InvalidRange
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const found = header === undefined ? undefined : ONE_RANGE.exec(header.trim())
  if (header === undefined || found === undefined || found === null) return undefined
  const [, from = '', to = ''] = found
  if (from === '' && to === '') return undefined
  if (from === '') {
    const count = Number(to)
    if (count === 0 || size === 0) throw invalidRange(header, size)
    return { first: Math.max(0, size - count), last: size - 1 }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < first) return undefined
  if (first >= size) throw invalidRange(header, size)
  return { first, last }
}

/** `Content-Range` of an answer (RFC 9110 §14.4). */
export function renderContentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`
}

interface PartInput {
  readonly Range?: string
  readonly PartNumber?: number
}

/** The part that a call asks for, by range or by number; undefined for the whole. @throws ApiError InvalidRange, InvalidPartNumber, InvalidRequest */
export function readPart({ Range, PartNumber }: PartInput, size: number): ByteRange | undefined {
  if (PartNumber === undefined) return readRange(Range, size)
  if (Range !== undefined) throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  // SPEC: an object that came in one piece has one part, which is all of it.
  if (PartNumber !== 1) throw invalidPartNumber(PartNumber)
  return size === 0 ? undefined : { first: 0, last: size - 1 }
}
