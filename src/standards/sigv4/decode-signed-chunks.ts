import { createHash, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { createByteReader } from './byte-reader.ts'
import { renderScope, signText } from './canonical-request.ts'
import { type ChunkWatcher, malformedChunk, malformedTrailer, readChunks, readTrailer } from './chunk-reader.ts'
import { ALGORITHM, ChunkedBodyError } from './errors.ts'
import type { PresentedCredentials } from './model.ts'
import { EMPTY_SHA256 } from './payload-hash.ts'
import { createTrailerChecksum } from './trailer-checksum.ts'

/** What the headers of a request say of its body in signed chunks, and what proves it. */
export interface SignedChunkedBody {
  /** `x-amz-decoded-content-length` */
  readonly decodedLength: number
  /** `x-amz-trailer`, demanded for `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER` and refused for the other. */
  readonly trailerName?: string
  /** The verified credentials of the request: each chunk is signed on top of the one before, the first on top of theirs. */
  readonly presented: PresentedCredentials
  readonly signingKey: KeyObject
}

/**
 * The content of a body whose `x-amz-content-sha256` is `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, or the same with `-TRAILER`. It ends only when
 * the whole chain of signatures, the length, and the checksum of the trailer hold: until then nothing may be kept.
 * @throws ChunkedBodyError as `decodeUnsignedTrailerChunks`, and `signature-mismatch`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeSignedChunks(
  source: AsyncIterable<Uint8Array>,
  body: SignedChunkedBody,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hasTrailer = announcesTrailer(body)
  const checksum = hasTrailer ? createTrailerChecksum(body.trailerName ?? '') : undefined
  const chain = createChain(body)
  const iterator = source[Symbol.asyncIterator]()
  const reader = createByteReader(iterator)
  try {
    yield* readChunks(reader, body.decodedLength, {
      head: chain.head,
      bytes: (piece) => {
        chain.bytes(piece)
        checksum?.update(piece)
      },
      end: chain.end,
    })
    const [line, signature] = await readTrailer(reader, hasTrailer ? 2 : 0)
    if (checksum === undefined) return
    if (line === undefined || signature === undefined) throw malformedTrailer()
    chain.trailer(line, signature)
    checksum.check(line)
  } finally {
    await iterator.return?.()
  }
}

function announcesTrailer({ presented: { payloadHash }, trailerName }: SignedChunkedBody): boolean {
  const value = payloadHash.kind === 'streaming' ? payloadHash.value : ''
  if (value === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER') return true
  if (value !== 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD') throw new TypeError('the body is not in signed chunks')
  // What was announced and is not covered by this way of signing would be taken without proof.
  if (trailerName !== undefined) throw malformedTrailer()
  return false
}

interface Chain extends ChunkWatcher {
  trailer(line: string, signature: string): void
}

const CHUNK_SIGNATURE = /^;chunk-signature=([0-9a-f]{64})$/
const TRAILER_SIGNATURE = /^x-amz-trailer-signature:([0-9a-f]{64})$/i

/** Each link signs the one before and its own bytes. */
function createChain({ presented, signingKey }: SignedChunkedBody): Chain {
  const where = `${presented.requestDate}\n${renderScope(presented.scope)}`
  let previous = presented.signature
  let claimed = ''
  let digest = createHash('sha256')

  const verifyLink = (kind: 'PAYLOAD' | 'TRAILER', content: string, signature: string): void => {
    const text = `${ALGORITHM}-${kind}\n${where}\n${previous}\n${content}`
    if (!timingSafeEqual(signText(signingKey, text), Buffer.from(signature, 'hex'))) {
      throw new ChunkedBodyError('signature-mismatch', 'signature mismatch: a chunk or the trailer was changed')
    }
    previous = signature
  }

  return {
    head: (extension) => {
      claimed = CHUNK_SIGNATURE.exec(extension)?.[1] ?? ''
      if (claimed === '') throw malformedChunk()
      digest = createHash('sha256')
    },
    bytes: (piece) => {
      digest.update(piece)
    },
    end: () => verifyLink('PAYLOAD', `${EMPTY_SHA256}\n${digest.digest('hex')}`, claimed),
    trailer: (line, signature) => {
      const given = TRAILER_SIGNATURE.exec(signature)?.[1]
      if (given === undefined) throw malformedTrailer()
      const colon = line.indexOf(':')
      const canonical = `${line.slice(0, colon).toLowerCase()}:${line.slice(colon + 1).trim()}\n`
      verifyLink('TRAILER', hash('sha256', Buffer.from(canonical, 'latin1'), 'hex'), given)
    },
  }
}
