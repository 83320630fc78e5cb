import type { HttpHead, Instant, RawHeaders } from '../../core/index.ts'
import { canonicalHeaders } from './canonical-headers.ts'
import { canonicalRequest, renderScope, signText, stringToSign } from './canonical-request.ts'
import { ALGORITHM } from './errors.ts'
import type { CredentialScope, PathStyle, SigningCredentials } from './model.ts'
import { EMPTY_SHA256, UNSIGNED_PAYLOAD } from './payload-hash.ts'
import { encode, UNRESERVED } from './percent.ts'
import { deriveSigningKey } from './signing-key.ts'
import { renderBasicDate } from './times.ts'

/** Who signs, for which endpoint, when. */
export interface SigningOptions {
  readonly credentials: SigningCredentials
  readonly scope: { readonly region: string; readonly service: string }
  readonly now: Instant
  /** SHA-256 of the body in hex, or a word such as `UNSIGNED-PAYLOAD`. Default: of an empty body; presigned for S3: unsigned. */
  readonly bodySha256?: string
}

/** The same, and how long the result is good for: 1 to 604800 seconds. */
export interface PresigningOptions extends SigningOptions {
  readonly expiresSeconds: number
}

/** Those that are changed or added on the way. */
const NEVER_SIGNED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])

/**
 * Signs a request in its headers. All of the result is to be sent: the given headers, `x-amz-date`, `authorization` and what else the
 * signature needs. `host` must be among the given ones.
 * @throws SignatureError `malformed` when the head cannot be signed
 */
export function signRequest(head: HttpHead, options: SigningOptions): RawHeaders {
  const { credentials, now, bodySha256 = EMPTY_SHA256 } = options
  const requestDate = renderBasicDate(now)
  const own: [string, string][] = [['x-amz-date', requestDate]]
  if (credentials.sessionToken !== undefined) own.push(['x-amz-security-token', credentials.sessionToken])
  if (options.scope.service === 's3') own.push(['x-amz-content-sha256', bodySha256])
  const replaced = new Set(['authorization', ...own.map(([name]) => name)])
  const headers: RawHeaders = [...head.headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...own]
  const { signedHeaders, scope, signature } = sign({ ...head, headers }, { options, requestDate, payload: bodySha256 })
  const credential = `${credentials.accessKeyId}/${renderScope(scope)}`
  const authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  return [...headers, ['authorization', authorization]]
}

/**
 * Signs a request in its query, which is given back: whoever has it may send the request until it expires. All of the given headers are
 * signed and must be sent.
 * @throws SignatureError `malformed` when the head cannot be signed
 */
export function presignRequest(head: HttpHead, options: PresigningOptions): string {
  const { credentials, now } = options
  const isS3 = options.scope.service === 's3'
  const { bodySha256: payload = isS3 ? UNSIGNED_PAYLOAD : EMPTY_SHA256 } = options
  const requestDate = renderBasicDate(now)
  const parameters: [string, string][] = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${renderScope(scopeOf(options, requestDate))}`],
    ['X-Amz-Date', requestDate],
    ['X-Amz-Expires', String(options.expiresSeconds)],
    ['X-Amz-SignedHeaders', namesToSign(canonicalHeaders(head.headers)).join(';')],
  ]
  if (credentials.sessionToken !== undefined) parameters.push(['X-Amz-Security-Token', credentials.sessionToken])
  if (isS3 && payload !== UNSIGNED_PAYLOAD) parameters.push(['X-Amz-Content-Sha256', payload])
  const added = parameters.map(([name, value]) => `${name}=${encode(value, UNRESERVED) ?? ''}`).join('&')
  const query = head.query === '' ? added : `${head.query}&${added}`
  return `${query}&X-Amz-Signature=${sign({ ...head, query }, { options, requestDate, payload }).signature}`
}

function scopeOf({ scope }: SigningOptions, requestDate: string): CredentialScope {
  return { date: requestDate.slice(0, 8), region: scope.region, service: scope.service }
}

interface ToSign {
  readonly options: SigningOptions
  readonly requestDate: string
  readonly payload: string
}

function sign(head: HttpHead, { options, requestDate, payload }: ToSign) {
  const scope = scopeOf(options, requestDate)
  const headers = canonicalHeaders(head.headers)
  const signedHeaders = namesToSign(headers)
  const pathStyle: PathStyle = scope.service === 's3' ? 's3' : 'normalized'
  const canonical = canonicalRequest(head, { pathStyle, headers, signedHeaders, payload })
  const key = deriveSigningKey(options.credentials.secretAccessKey, scope)
  const signature = signText(key, stringToSign(requestDate, scope, canonical)).toString('hex')
  return { scope, signedHeaders, signature }
}

function namesToSign(headers: ReadonlyMap<string, string>): readonly string[] {
  return [...headers.keys()].filter((name) => !NEVER_SIGNED.has(name)).sort()
}
