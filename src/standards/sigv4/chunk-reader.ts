import type { ByteReader } from './byte-reader.ts'
import { ChunkedBodyError } from './errors.ts'
import { hexDigit } from './percent.ts'

/** Longest head of a chunk, or line of a trailer, in bytes: a signature fits, a book does not. */
const LONGEST_LINE = 1024
/** SPEC: Amazon S3, "Signature calculations ... (chunked upload)": every chunk but the last has at least 8 KiB. */
const SMALLEST_CHUNK = 8192
/** More hex digits than any object has bytes. */
const MOST_SIZE_DIGITS = 12

/** What a decoder does with each chunk; chunks that nobody signed need none of it. */
export interface ChunkWatcher {
  /** What stands behind the size in a chunk's head, from `;` on. @throws ChunkedBodyError when it should not be there, or is not right */
  head(extension: string): void
  bytes(piece: Uint8Array): void
  /** After the last byte of a chunk, the empty one at the end too. @throws ChunkedBodyError */
  end(): void
}

/**
 * The content of a body in chunks (aws-chunked) up to and with its empty last chunk. The pieces are views of what was read.
 * @throws ChunkedBodyError `incomplete`, `malformed-chunk`, `small-chunk`, `length-mismatch`, and what the watcher throws
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* readChunks(
  reader: ByteReader,
  decodedLength: number,
  watcher: ChunkWatcher,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = decodedLength
  let isLast = false
  while (true) {
    const { size, extension } = parseHead(await reader.line(LONGEST_LINE, malformedChunk))
    watcher.head(extension)
    if (size > left) throw lengthMismatch(`more than the ${decodedLength} bytes announced`)
    if (size > 0 && isLast) throw smallChunk()
    isLast = size < SMALLEST_CHUNK
    left -= size
    for (let wanted = size; wanted > 0; ) {
      const piece = await reader.some(wanted)
      watcher.bytes(piece)
      wanted -= piece.length
      yield piece
    }
    watcher.end()
    if (size === 0) break
    if ((await reader.line(0, malformedChunk)) !== '') throw malformedChunk()
  }
  if (left > 0) throw lengthMismatch(`${left} bytes less than the ${decodedLength} announced`)
}

/** Lines of the trailer, up to the empty one and the end of the body. @throws ChunkedBodyError `malformed-trailer`, `incomplete` */
export async function readTrailer(reader: ByteReader, mostLines: number): Promise<readonly string[]> {
  const lines: string[] = []
  while (true) {
    const line = await reader.line(LONGEST_LINE, malformedTrailer)
    if (line === '') break
    if (lines.length === mostLines) throw malformedTrailer()
    lines.push(line)
  }
  if (!(await reader.isAtEnd())) throw malformedTrailer()
  return lines
}

export function malformedTrailer(): ChunkedBodyError {
  return new ChunkedBodyError('malformed-trailer', 'malformed trailer: it is not the one that was announced')
}

export function malformedChunk(): ChunkedBodyError {
  return new ChunkedBodyError('malformed-chunk', 'malformed chunk: expected its size in hex, its bytes, and line ends')
}

function lengthMismatch(why: string): ChunkedBodyError {
  return new ChunkedBodyError('length-mismatch', `length mismatch: the chunks have ${why}`)
}

function smallChunk(): ChunkedBodyError {
  return new ChunkedBodyError('small-chunk', `small chunk: all but the last have at least ${SMALLEST_CHUNK} bytes`, {
    hint: 'send bigger pieces; the AWS SDK for JavaScript does with `requestStreamBufferSize: 65536` in its S3 client',
  })
}

function parseHead(line: string): { readonly size: number; readonly extension: string } {
  const semicolon = line.indexOf(';')
  const digits = semicolon < 0 ? line : line.slice(0, semicolon)
  if (digits.length === 0 || digits.length > MOST_SIZE_DIGITS) throw malformedChunk()
  let size = 0
  for (let at = 0; at < digits.length; at += 1) {
    const digit = hexDigit(digits.charCodeAt(at))
    if (digit < 0) throw malformedChunk()
    size = size * 16 + digit
  }
  return { size, extension: line.slice(digits.length) }
}
