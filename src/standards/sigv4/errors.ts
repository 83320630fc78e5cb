import { type ErrorDetails, OpenirsaError, SignatureError, type SignatureFacts } from '../../core/index.ts'

export const ALGORITHM = 'AWS4-HMAC-SHA256'
export const TERMINATOR = 'aws4_request'

/** Why a body in chunks was refused. */
export type ChunkedBodyReason =
  /** It ends before it is whole. AWS: `IncompleteBody`. */
  | 'incomplete'
  /** A chunk's head or end is not well-formed. AWS: `InvalidChunkSizeError` or `InvalidRequest`. */
  | 'malformed-chunk'
  /** A chunk that is not the last has less than 8192 bytes. AWS: `InvalidChunkSizeError`. */
  | 'small-chunk'
  /** More or fewer bytes than `x-amz-decoded-content-length` says. AWS: `IncompleteBody`. */
  | 'length-mismatch'
  /** Not the trailer that was announced, or something behind it. AWS: `MalformedTrailerError`. */
  | 'malformed-trailer'
  /** `x-amz-trailer` names no checksum that is known. AWS: `InvalidRequest`. */
  | 'unsupported-trailer'
  /** AWS: `BadDigest`. */
  | 'checksum-mismatch'
  /** A chunk's or the trailer's signature does not hold. AWS: `SignatureDoesNotMatch`. */
  | 'signature-mismatch'

/** A body in chunks (aws-chunked) that does not hold. What was yielded before is not to be kept. */
export class ChunkedBodyError extends OpenirsaError {
  readonly code = 'CHUNKED_BODY'
  readonly reason: ChunkedBodyReason

  constructor(reason: ChunkedBodyReason, message: string, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
  }
}

export function malformed(why: string, facts: SignatureFacts = {}): SignatureError {
  return new SignatureError('malformed', `malformed signature: ${why}`, facts)
}

export function incomplete(missing: readonly string[], facts: SignatureFacts = {}): SignatureError {
  const names = missing.map((name) => `\`${name}\``).join(', ')
  return new SignatureError('incomplete', `incomplete signature: ${names} missing`, facts)
}

export function unsupported(what: string): SignatureError {
  return new SignatureError('unsupported', `unsupported signature: ${what}`, {}, { hint: `sign with ${ALGORITHM}` })
}

/** Parts of a signature without a signature are no anonymous request. */
export function missing(): SignatureError {
  return new SignatureError('missing', 'missing signature: the request has a session token and no signature')
}

export function duplicateHeader(name: string, facts: SignatureFacts = {}): SignatureError {
  return malformed(`the header \`${name}\` came more than once`, facts)
}

export function scopeMismatch(
  part: NonNullable<SignatureFacts['part']>,
  found: string,
  facts: SignatureFacts & { readonly wanted?: string },
): SignatureError {
  const wanted = facts.wanted === undefined ? '' : `, expected \`${facts.wanted}\``
  return new SignatureError('scope-mismatch', `scope mismatch: ${part} is \`${found}\`${wanted}`, {
    ...facts,
    part,
    found,
  })
}

export function skewedClock(facts: SignatureFacts): SignatureError {
  return new SignatureError(
    'skewed-clock',
    `skewed clock: the request is of \`${facts.requestDate ?? ''}\`, it is \`${facts.judgedAt ?? ''}\``,
    facts,
    { hint: 'set the clock of the machine that signs' },
  )
}

export function requestExpired(facts: SignatureFacts): SignatureError {
  return new SignatureError(
    'request-expired',
    `request expired: it was good for ${facts.expiresSeconds ?? 0} seconds from \`${facts.requestDate ?? ''}\``,
    facts,
    { hint: 'presign it again' },
  )
}

export function unsignedHeader(names: readonly string[], facts: SignatureFacts): SignatureError {
  const list = names.map((name) => `\`${name}\``).join(', ')
  return new SignatureError(
    'unsigned-header',
    `unsigned header: ${list}`,
    { ...facts, headers: names },
    {
      hint: 'sign every header that the client sends; with curl, give it with -H',
    },
  )
}

export function payloadMismatch(why: string, facts: SignatureFacts): SignatureError {
  return new SignatureError('payload-mismatch', `payload mismatch: ${why}`, facts)
}

export function signatureMismatch(facts: SignatureFacts): SignatureError {
  return new SignatureError(
    'mismatch',
    'signature mismatch: the request was changed, or signed with another key',
    facts,
  )
}
