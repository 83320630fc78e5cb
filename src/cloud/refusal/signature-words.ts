import { ApiError, type SignatureError, type SignatureFacts, type SignatureReason } from '../../core/index.ts'

/** How one wire family says each reason; exhaustive, so that a new reason does not compile until it has words. */
export type SignatureWords = Readonly<Record<SignatureReason, Words>>

interface Words {
  readonly code: string
  /** Where a signature in the query string has a code of its own. */
  readonly codeInQuery?: string
  readonly status: number
  text(facts: SignatureFacts, form: Form): string
  members?(facts: SignatureFacts): Readonly<Record<string, string>>
}

type Form = 'header' | 'query'

/** The error for a refused signature, in the words of `table`. */
export function signatureRefused(table: SignatureWords, error: SignatureError, form: Form): ApiError {
  const { code, codeInQuery = code, status, text, members } = table[error.reason]
  return new ApiError(
    form === 'query' ? codeInQuery : code,
    status,
    text(error.facts, form),
    members?.(error.facts) ?? {},
    { cause: error },
  )
}

const words = (code: string, status: number, text: string | Words['text'], members?: Words['members']): Words => ({
  code,
  status,
  text: typeof text === 'string' ? () => text : text,
  ...(members === undefined ? {} : { members }),
})

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const INVALID_TOKEN = 'The security token included in the request is invalid.'
const EXPIRED_TOKEN = 'The security token included in the request is expired'
const UNSIGNED_HEADER = 'There were headers present in the request which were not signed'
const NONCONFORMING = 'The request signature does not conform to AWS standards.'
/** Clocks may differ by this much. */
const SKEW_MINUTES = 15

/** STS and IAM. */
export const querySignatureWords = {
  missing: words('MissingAuthenticationToken', 403, 'Request is missing Authentication Token'),
  incomplete: words('IncompleteSignature', 400, NONCONFORMING),
  malformed: words('IncompleteSignature', 400, NONCONFORMING),
  unsupported: words('IncompleteSignature', 400, NONCONFORMING),
  'scope-mismatch': words('SignatureDoesNotMatch', 403, scopeText),
  'skewed-clock': words('SignatureDoesNotMatch', 403, skewText),
  'request-expired': words('SignatureDoesNotMatch', 403, expiredText),
  'unsigned-header': words('SignatureDoesNotMatch', 403, UNSIGNED_HEADER),
  'payload-mismatch': words('SignatureDoesNotMatch', 403, MISMATCH),
  mismatch: words('SignatureDoesNotMatch', 403, MISMATCH),
  'unknown-key': words('InvalidClientTokenId', 403, INVALID_TOKEN),
  'inactive-key': words('InvalidClientTokenId', 403, INVALID_TOKEN),
  'session-expired': words('ExpiredToken', 403, EXPIRED_TOKEN),
  'session-unopenable': words('InvalidClientTokenId', 403, INVALID_TOKEN),
  'session-revoked': words('InvalidClientTokenId', 403, INVALID_TOKEN),
} as const satisfies SignatureWords

/** The JSON services; `status` is 400 for awsJson, 403 for restJson. */
export const jsonSignatureWords = (status: 400 | 403): SignatureWords => ({
  missing: words('MissingAuthenticationTokenException', status, 'Missing Authentication Token'),
  incomplete: words('IncompleteSignatureException', status, NONCONFORMING),
  malformed: words('IncompleteSignatureException', status, NONCONFORMING),
  unsupported: words('IncompleteSignatureException', status, NONCONFORMING),
  'scope-mismatch': words('InvalidSignatureException', status, scopeText),
  'skewed-clock': words('InvalidSignatureException', status, skewText),
  'request-expired': words('InvalidSignatureException', status, expiredText),
  'unsigned-header': words('InvalidSignatureException', status, UNSIGNED_HEADER),
  'payload-mismatch': words('InvalidSignatureException', status, MISMATCH),
  mismatch: words('InvalidSignatureException', status, MISMATCH),
  'unknown-key': words('UnrecognizedClientException', status, INVALID_TOKEN),
  'inactive-key': words('UnrecognizedClientException', status, INVALID_TOKEN),
  'session-expired': words('ExpiredTokenException', status, EXPIRED_TOKEN),
  'session-unopenable': words('UnrecognizedClientException', status, INVALID_TOKEN),
  'session-revoked': words('UnrecognizedClientException', status, INVALID_TOKEN),
})

const S3_BAD_TOKEN = words('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.')
const S3_UNKNOWN_KEY = words(
  'InvalidAccessKeyId',
  403,
  'The AWS Access Key Id you provided does not exist in our records.',
  ({ accessKeyId }) => present({ AWSAccessKeyId: accessKeyId }),
)

/** S3, which has codes of its own and tells the caller what it signed. */
export const s3SignatureWords = {
  missing: words('AccessDenied', 403, 'Access Denied'),
  incomplete: {
    ...words('AuthorizationHeaderMalformed', 400, (_, form) => S3_INCOMPLETE[form]),
    codeInQuery: 'AuthorizationQueryParametersError',
  },
  malformed: {
    ...words('AuthorizationHeaderMalformed', 400, (_, form) => S3_MALFORMED[form]),
    codeInQuery: 'AuthorizationQueryParametersError',
  },
  unsupported: words(
    'InvalidRequest',
    400,
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  ),
  'scope-mismatch': {
    ...words('AuthorizationHeaderMalformed', 400, s3ScopeText, ({ part, wanted }) =>
      part === 'region' ? present({ Region: wanted }) : {},
    ),
    codeInQuery: 'AuthorizationQueryParametersError',
  },
  'skewed-clock': words(
    'RequestTimeTooSkewed',
    403,
    'The difference between the request time and the current time is too large.',
    ({ requestDate, judgedAt }) => ({
      ...present({ RequestTime: requestDate, ServerTime: isoOf(judgedAt) }),
      MaxAllowedSkewMilliseconds: String(SKEW_MINUTES * 60_000),
    }),
  ),
  'request-expired': words('AccessDenied', 403, 'Request has expired.', s3Expiry),
  'unsigned-header': words('AccessDenied', 403, UNSIGNED_HEADER, ({ headers }) =>
    present({ HeadersNotSigned: headers?.join(', ') }),
  ),
  'payload-mismatch': words(
    'XAmzContentSHA256Mismatch',
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ),
  mismatch: words(
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    s3Mismatch,
  ),
  'unknown-key': S3_UNKNOWN_KEY,
  'inactive-key': S3_UNKNOWN_KEY,
  'session-expired': words('ExpiredToken', 400, 'The provided token has expired.'),
  'session-unopenable': S3_BAD_TOKEN,
  'session-revoked': S3_BAD_TOKEN,
} as const satisfies SignatureWords

const S3_INCOMPLETE = {
  header: 'The authorization header is malformed; the Credential, SignedHeaders and Signature components are required.',
  query:
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
} as const satisfies Record<Form, string>

const S3_MALFORMED = {
  header: 'The authorization header is malformed.',
  query: 'Error parsing the X-Amz-Credential, X-Amz-Date or X-Amz-Expires parameter of query-string authentication.',
} as const satisfies Record<Form, string>

function scopeText({ part, found = '', wanted = '', requestDate = '' }: SignatureFacts): string {
  const texts = {
    service: `Credential should be scoped to correct service: '${wanted}'.`,
    region: 'Credential should be scoped to a valid region.',
    terminator: `Credential should be scoped with a valid terminator: '${wanted}', not '${found}'.`,
    date: `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${found}' != '${wanted}', from '${requestDate}'.`,
  } as const satisfies Record<NonNullable<SignatureFacts['part']>, string>
  return part === undefined ? MISMATCH : texts[part]
}

function s3ScopeText({ part, found = '', wanted = '' }: SignatureFacts): string {
  const texts = {
    service: `incorrect service "${found}". This endpoint belongs to "${wanted}".`,
    region: `the region "${found}" is wrong; expecting "${wanted}"`,
    terminator: `incorrect terminal "${found}". This endpoint uses "${wanted}".`,
    date: 'Invalid credential date. Date is not the same as X-Amz-Date.',
  } as const satisfies Record<NonNullable<SignatureFacts['part']>, string>
  return `The authorization header is malformed${part === undefined ? '.' : `; ${texts[part]}`}`
}

/** Both directions: too old, or from the future. */
function skewText({ requestDate = '', judgedAt = '' }: SignatureFacts): string {
  return requestDate <= judgedAt
    ? `Signature expired: ${requestDate} is now earlier than ${shifted(judgedAt, -SKEW_MINUTES)} (${judgedAt} - ${SKEW_MINUTES} min.)`
    : `Signature not yet current: ${requestDate} is still later than ${shifted(judgedAt, SKEW_MINUTES)} (${judgedAt} + ${SKEW_MINUTES} min.)`
}

function expiredText({ requestDate = '', judgedAt = '', expiresSeconds = 0 }: SignatureFacts): string {
  const minutes = Math.ceil(expiresSeconds / 60)
  return `Signature expired: ${requestDate} is now earlier than ${shifted(judgedAt, -expiresSeconds / 60)} (${judgedAt} - ${minutes} min.)`
}

function s3Expiry({ requestDate, judgedAt, expiresSeconds = 0 }: SignatureFacts): Readonly<Record<string, string>> {
  const expires = requestDate === undefined ? undefined : isoOf(shifted(requestDate, expiresSeconds / 60))
  return present({ 'X-Amz-Expires': String(expiresSeconds), Expires: expires, ServerTime: isoOf(judgedAt) })
}

// As AWS, this gives the caller what it can compute itself; never the signature that was expected.
function s3Mismatch(facts: SignatureFacts): Readonly<Record<string, string>> {
  const { accessKeyId, stringToSign, signatureProvided, canonicalRequest } = facts
  return present({
    AWSAccessKeyId: accessKeyId,
    StringToSign: stringToSign,
    SignatureProvided: signatureProvided,
    StringToSignBytes: hexOf(stringToSign),
    CanonicalRequest: canonicalRequest,
    CanonicalRequestBytes: hexOf(canonicalRequest),
  })
}

function present(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

function hexOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (Buffer.from(text, 'latin1').toString('hex').match(/../g) ?? []).join(' ')
}

/** `YYYYMMDDTHHMMSSZ` moved by minutes; a text that is no date stays what it is. */
function shifted(basic: string, minutes: number): string {
  const at = Date.parse(isoOf(basic) ?? '')
  if (Number.isNaN(at)) return basic
  return new Date(at + minutes * 60_000).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** `YYYYMMDDTHHMMSSZ` with its separators. */
function isoOf(basic: string | undefined): string | undefined {
  return basic?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
}
