import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ApiError, headerValue, SignatureError } from '../../core/index.ts'
import {
  ChunkedBodyError,
  type ChunkedBodyReason,
  decodeUnsignedTrailerChunks,
  type PayloadHash,
} from '../../standards/sigv4/index.ts'
import type { Arrival, Recognised } from './model.ts'

const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'

/** The body of a streaming operation, and how long it will be once decoded, when that is known. */
export interface OpenedBody {
  readonly body: Readable
  readonly bodyLength?: number
}

/**
 * Refuses what no body could make right, before anything is authorised.
 * @throws ApiError NotImplemented for signed chunks, InvalidRequest for a signature without a payload hash, MissingContentLength
 */
export function checkPayload(arrival: Arrival, { presented, service, body }: Recognised): void {
  const hash = payloadHashOf(arrival, presented?.payloadHash)
  if (presented?.form === 'header' && service.model.protocol === 'restXml' && hash.kind === 'absent')
    throw new ApiError('InvalidRequest', 400, 'Missing required header for this request: x-amz-content-sha256')
  if (hash.kind === 'streaming' && (hash.value !== UNSIGNED_TRAILER || body !== undefined))
    throw new ApiError('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
      Header: 'x-amz-content-sha256',
    })
  if (body !== undefined || hash.kind === 'streaming') return
  if (headerValue(arrival.head.headers, 'transfer-encoding') !== undefined)
    throw new ApiError('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.')
}

/**
 * Opens the body of a streaming operation; a client that waits for `100 Continue` gets it now.
 * INVARIANT: the stream errors at its end unless the signed hash, or the announced checksum, holds.
 */
export function openBody(arrival: Arrival, { presented }: Recognised): OpenedBody {
  const { request, facts, head } = arrival
  facts.sendContinue()
  const hash = payloadHashOf(arrival, presented?.payloadHash)
  // A body that is refused half-way still gets its answer: the connection is not to be torn down under it.
  const source: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false })
  if (hash.kind === 'streaming') {
    const decodedLength = numberOf(headerValue(head.headers, 'x-amz-decoded-content-length'))
    if (decodedLength === undefined)
      throw new ApiError('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.')
    const trailerName = headerValue(head.headers, 'x-amz-trailer')?.trim().toLowerCase() ?? ''
    const decoded = inWords(decodeUnsignedTrailerChunks(source, { decodedLength, trailerName }))
    return { body: Readable.from(decoded, { objectMode: false }), bodyLength: decodedLength }
  }
  const bodyLength = numberOf(headerValue(head.headers, 'content-length')) ?? 0
  const checked = hash.kind === 'literal' ? hashed(source, hash.sha256) : source
  return { body: Readable.from(checked, { objectMode: false }), bodyLength }
}

/** What is wrong with a body in chunks, as S3 says it. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const CHUNK_WORDS = {
  incomplete: ['IncompleteBody', 400, 'The request body terminated unexpectedly'],
  'length-mismatch': ['IncompleteBody', 400, 'The request body terminated unexpectedly'],
  'malformed-chunk': ['InvalidRequest', 400, 'The chunks of the request body are not well-formed.'],
  'small-chunk': ['InvalidChunkSizeError', 400, 'Only the last chunk is allowed to have a size less than 8192 bytes'],
  'malformed-trailer': [
    'MalformedTrailerError',
    400,
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  ],
  'unsupported-trailer': ['InvalidRequest', 400, 'The value specified in the x-amz-trailer header is not supported'],
  'checksum-mismatch': ['BadDigest', 400, 'The checksum you specified did not match the calculated checksum.'],
  'signature-mismatch': [
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
} as const satisfies Record<ChunkedBodyReason, readonly [code: string, status: number, message: string]>

async function* inWords(decoded: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* decoded
  } catch (failure) {
    if (!(failure instanceof ChunkedBodyError)) throw failure
    const [code, status, message] = CHUNK_WORDS[failure.reason]
    throw new ApiError(code, status, message, {}, { cause: failure })
  }
}

/** Who signs nothing may still send a body in chunks. */
function payloadHashOf({ head }: Arrival, signed: PayloadHash | undefined): PayloadHash {
  if (signed !== undefined) return signed
  const value = headerValue(head.headers, 'x-amz-content-sha256')
  return value?.startsWith('STREAMING-') === true ? { kind: 'streaming', value } : { kind: 'unsigned' }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

async function* hashed(source: AsyncIterable<Uint8Array>, wanted: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of source) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== wanted)
    throw new SignatureError('payload-mismatch', 'the body is not the one that was signed')
}
