import { createByteReader } from './byte-reader.ts'
import { malformedChunk, malformedTrailer, readChunks, readTrailer } from './chunk-reader.ts'
import { createTrailerChecksum } from './trailer-checksum.ts'

/** What the headers of a request say of its body in chunks. */
export interface ChunkedBody {
  /** `x-amz-decoded-content-length` */
  readonly decodedLength: number
  /** `x-amz-trailer`, one name such as `x-amz-checksum-crc32`. */
  readonly trailerName: string
}

/**
 * The content of a body whose `x-amz-content-sha256` is `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. It ends only when length and checksum hold:
 * until then nothing of it is proved, and nothing may be kept.
 * @throws ChunkedBodyError `unsupported-trailer`, `incomplete`, `malformed-chunk`, `small-chunk`, `length-mismatch`, `malformed-trailer`,
 * `checksum-mismatch`
 */
export async function* decodeUnsignedTrailerChunks(
  source: AsyncIterable<Uint8Array>,
  { decodedLength, trailerName }: ChunkedBody,
): AsyncGenerator<Uint8Array, void, undefined> {
  const checksum = createTrailerChecksum(trailerName)
  const iterator = source[Symbol.asyncIterator]()
  const reader = createByteReader(iterator)
  try {
    yield* readChunks(reader, decodedLength, {
      head: (extension) => {
        if (extension !== '') throw malformedChunk()
      },
      bytes: checksum.update,
      end: () => {},
    })
    const [line] = await readTrailer(reader, 1)
    if (line === undefined) throw malformedTrailer()
    checksum.check(line)
  } finally {
    // Whoever stops early, or is refused, lets go of the source.
    await iterator.return?.()
  }
}
