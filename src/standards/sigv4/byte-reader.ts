import { ChunkedBodyError } from './errors.ts'

/** Reads lines and runs of bytes from a body that comes in pieces of any size. */
export interface ByteReader {
  /** The text before the next CRLF, latin1. @throws ChunkedBodyError `incomplete`, or `onLong` when it is longer than `limit` bytes */
  line(limit: number, onLong: () => ChunkedBodyError): Promise<string>
  /** At least one and at most `limit` bytes. @throws ChunkedBodyError `incomplete` */
  some(limit: number): Promise<Uint8Array>
  /** Whether the body is over. */
  isAtEnd(): Promise<boolean>
}

const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a

export function createByteReader(source: AsyncIterator<Uint8Array>): ByteReader {
  let piece: Uint8Array = new Uint8Array(0)
  let at = 0

  const isAtEnd = async (): Promise<boolean> => {
    while (at === piece.length) {
      const next = await source.next()
      if (next.done === true) return true
      piece = next.value
      at = 0
    }
    return false
  }

  const some = async (limit: number): Promise<Uint8Array> => {
    if (at === piece.length && (await isAtEnd())) throw endedEarly()
    const end = Math.min(piece.length, at + limit)
    const bytes = piece.subarray(at, end)
    at = end
    return bytes
  }

  const line = async (limit: number, onLong: () => ChunkedBodyError): Promise<string> => {
    let text = ''
    while (true) {
      if (at === piece.length && (await isAtEnd())) throw endedEarly()
      const feed = piece.indexOf(LINE_FEED, at)
      const end = feed < 0 ? piece.length : feed + 1
      // Measured before it is kept: a line without an end costs no memory.
      if (text.length + (end - at) > limit + 2) throw onLong()
      text += Buffer.from(piece.buffer, piece.byteOffset + at, end - at).toString('latin1')
      at = end
      if (feed < 0) continue
      if (text.charCodeAt(text.length - 2) !== CARRIAGE_RETURN) throw onLong()
      return text.slice(0, -2)
    }
  }

  return { line, some, isAtEnd }
}

function endedEarly(): ChunkedBodyError {
  return new ChunkedBodyError('incomplete', 'incomplete body: it ends before its last chunk and trailer')
}
