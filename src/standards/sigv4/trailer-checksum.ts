import { CHECKSUMS, isChecksumAlgorithm } from '../checksums/index.ts'
import { malformedTrailer } from './chunk-reader.ts'
import { ChunkedBodyError } from './errors.ts'

/** Takes the bytes of a body, then its trailer. */
export interface TrailerChecksum {
  update(piece: Uint8Array): void
  /** @throws ChunkedBodyError `malformed-trailer`, `checksum-mismatch` */
  check(line: string): void
}

const PREFIX = 'x-amz-checksum-'

/** For the trailer that `x-amz-trailer` announces. @throws ChunkedBodyError `unsupported-trailer` */
export function createTrailerChecksum(trailerName: string): TrailerChecksum {
  const name = trailerName.toLowerCase()
  const algorithm = name.startsWith(PREFIX) ? name.slice(PREFIX.length).toUpperCase() : ''
  if (!isChecksumAlgorithm(algorithm)) {
    throw new ChunkedBodyError('unsupported-trailer', 'unsupported trailer: `x-amz-trailer` must name one checksum')
  }
  const { length, create } = CHECKSUMS[algorithm]
  const sink = create()
  return {
    update: (piece) => sink.update(piece),
    check: (line) => {
      const colon = line.indexOf(':')
      if (colon < 0 || line.slice(0, colon).toLowerCase() !== name) throw malformedTrailer()
      const value = line.slice(colon + 1).trim()
      const given = Buffer.from(value, 'base64')
      if (given.length !== length || given.toString('base64') !== value) throw malformedTrailer()
      if (!given.equals(sink.digest())) {
        throw new ChunkedBodyError('checksum-mismatch', `checksum mismatch: the ${algorithm} of the trailer is another`)
      }
    },
  }
}
