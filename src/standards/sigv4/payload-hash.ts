import type { SignatureFacts } from '../../core/index.ts'
import { malformed, unsupported } from './errors.ts'
import type { PayloadHash } from './model.ts'

/** Stands in `x-amz-content-sha256` for a body that the signature does not cover. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'
/** SHA-256 of nothing. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/**
 * Bodies in chunks, by their `x-amz-content-sha256`. `decoded`: by which function of this room; undefined: by none, answer NotImplemented.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export const STREAMING_PAYLOADS = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': 'unsigned-trailer',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': 'signed',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': 'signed-trailer',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD': undefined,
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER': undefined,
} as const

/** A word of `STREAMING_PAYLOADS`. */
export type StreamingPayload = keyof typeof STREAMING_PAYLOADS

const SHA256 = /^[0-9a-f]{64}$/

/** @throws SignatureError `malformed` when it is no hash and no known word */
export function parsePayloadHash(text: string, facts: SignatureFacts): PayloadHash {
  if (text === UNSIGNED_PAYLOAD) return { kind: 'unsigned' }
  if (SHA256.test(text)) return { kind: 'literal', sha256: text }
  if (Object.hasOwn(STREAMING_PAYLOADS, text)) return { kind: 'streaming', value: text }
  throw malformed('`x-amz-content-sha256` must be a SHA-256 in lower-case hex or a word that is known', facts)
}

/**
 * What a presigned request says of its body: in the query, in a header that it signs, or not at all, which to S3 means unsigned.
 * @throws SignatureError `malformed`, `unsupported`
 */
export function payloadOfQueryForm(
  given: { readonly parameter: string | undefined; readonly header: string | undefined },
  service: string,
  facts: SignatureFacts,
): PayloadHash {
  const { parameter, header } = given
  if (parameter !== undefined && header !== undefined && parameter !== header)
    throw malformed('`X-Amz-Content-Sha256` of query and header differ', facts)
  const text = parameter ?? header
  if (text === undefined) return { kind: service === 's3' ? 'unsigned' : 'absent' }
  const payload = parsePayloadHash(text, facts)
  if (payload.kind === 'streaming') throw unsupported('a presigned request cannot have a body in signed chunks')
  return payload
}
