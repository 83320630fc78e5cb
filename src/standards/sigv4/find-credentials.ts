import type { HttpHead, SignatureFacts } from '../../core/index.ts'
import {
  parseAuthorization,
  parseCredential,
  parseSignature,
  parseSignedHeaders,
  requireParts,
} from './authorization-header.ts'
import { parseQuery, type QueryPair } from './canonical-query.ts'
import { ALGORITHM, duplicateHeader, incomplete, malformed, missing, unsupported } from './errors.ts'
import type { PresentedCredentials } from './model.ts'
import { parsePayloadHash, payloadOfQueryForm } from './payload-hash.ts'
import { decode } from './percent.ts'
import { basicDateOfHeader, parseBasicDate } from './times.ts'

/**
 * The credentials that a request presents, in its headers or its query; undefined when it carries none at all.
 * Half a signature, two of them, or one of another kind is never taken for none.
 * UNVERIFIED: use them for nothing but finding the key to verify with.
 * @throws SignatureError `incomplete`, `malformed`, `unsupported`, `missing`, `scope-mismatch` (terminator)
 */
export function findCredentials(head: HttpHead): PresentedCredentials | undefined {
  const headers = readHeaders(head)
  const parameters = readParameters(head.query)
  if (headers.authorization === undefined) {
    if (parameters !== undefined) return fromQuery(parameters, headers)
    if (headers['x-amz-security-token'] !== undefined) throw missing()
    return undefined
  }
  if (parameters !== undefined) throw malformed('credentials in header and query at once')
  return fromHeader(headers.authorization, headers)
}

interface SignatureHeaders {
  authorization: string | undefined
  date: string | undefined
  'x-amz-date': string | undefined
  'x-amz-security-token': string | undefined
  'x-amz-content-sha256': string | undefined
}

function readHeaders(head: HttpHead): Readonly<SignatureHeaders> {
  const found: SignatureHeaders = {
    authorization: undefined,
    date: undefined,
    'x-amz-date': undefined,
    'x-amz-security-token': undefined,
    'x-amz-content-sha256': undefined,
  }
  for (const [rawName, value] of head.headers) {
    const name = rawName.toLowerCase()
    switch (name) {
      case 'authorization':
      case 'date':
      case 'x-amz-date':
      case 'x-amz-security-token':
      case 'x-amz-content-sha256':
        if (found[name] !== undefined) throw duplicateHeader(name)
        found[name] = value
        break
      default:
    }
  }
  return found
}

function fromHeader(authorization: string, headers: SignatureHeaders): PresentedCredentials {
  const parts = parseAuthorization(authorization)
  const { accessKeyId, scope } = parseCredential(parts.credential)
  const requestDate = dateOfHeaders(headers, { accessKeyId })
  const facts: SignatureFacts = { accessKeyId, requestDate }
  const sha256 = headers['x-amz-content-sha256']
  return {
    form: 'header',
    accessKeyId,
    scope,
    signedHeaders: parseSignedHeaders(parts.signedHeaders, facts),
    signature: parseSignature(parts.signature, facts),
    requestDate,
    payloadHash: sha256 === undefined ? { kind: 'absent' } : parsePayloadHash(sha256, facts),
    sessionToken: headers['x-amz-security-token'],
  }
}

function dateOfHeaders(headers: SignatureHeaders, facts: SignatureFacts): string {
  const given = headers['x-amz-date']
  if (given !== undefined) {
    if (parseBasicDate(given) === undefined) throw malformed('`x-amz-date` must be `YYYYMMDDTHHMMSSZ`', facts)
    return given
  }
  if (headers.date === undefined) throw incomplete(['x-amz-date'], facts)
  const date = basicDateOfHeader(headers.date)
  if (date === undefined) throw malformed('`Date` is no date', facts)
  return date
}

/** Parameters of the query form by their exact names. */
const PARAMETERS = {
  'X-Amz-Algorithm': true,
  'X-Amz-Credential': true,
  'X-Amz-Date': true,
  'X-Amz-Expires': true,
  'X-Amz-SignedHeaders': true,
  'X-Amz-Signature': true,
  'X-Amz-Security-Token': true,
  'X-Amz-Content-Sha256': true,
} as const

type ParameterName = keyof typeof PARAMETERS
type Parameters = Partial<Record<ParameterName, string>>

const IN_LOWER_CASE: ReadonlySet<string> = new Set(Object.keys(PARAMETERS).map((name) => name.toLowerCase()))
/** Signature version 2 in a query. */
const OLD_FORM = 'AWSAccessKeyId'

/** Those that are there, decoded; undefined when there is none. */
function readParameters(query: string): Parameters | undefined {
  if (query === '') return undefined
  let found: Parameters | undefined
  for (const pair of parseQuery(query)) {
    const name = parameterName(pair)
    if (name === undefined) continue
    found ??= {}
    if (found[name] !== undefined) throw malformed(`the parameter \`${name}\` came more than once`)
    found[name] = decode(pair[1])
  }
  return found
}

function parameterName([name]: QueryPair): ParameterName | undefined {
  if (name === OLD_FORM) throw unsupported('signature version 2')
  if (Object.hasOwn(PARAMETERS, name)) return name as ParameterName
  // Another spelling would not be seen as a signature here, and might be by what stands before us.
  if (IN_LOWER_CASE.has(name.toLowerCase())) throw malformed(`the parameter \`${name}\` is spelled in another case`)
  return undefined
}

function fromQuery(parameters: Parameters, headers: SignatureHeaders): PresentedCredentials {
  const algorithm = parameters['X-Amz-Algorithm']
  if (algorithm !== undefined && algorithm !== ALGORITHM) throw unsupported('`X-Amz-Algorithm` is another one')
  const needed = {
    'X-Amz-Algorithm': algorithm ?? '',
    'X-Amz-Credential': parameters['X-Amz-Credential'] ?? '',
    'X-Amz-Date': parameters['X-Amz-Date'] ?? '',
    'X-Amz-SignedHeaders': parameters['X-Amz-SignedHeaders'] ?? '',
    'X-Amz-Signature': parameters['X-Amz-Signature'] ?? '',
  }
  requireParts(needed)
  const requestDate = needed['X-Amz-Date']
  const { accessKeyId, scope } = parseCredential(needed['X-Amz-Credential'])
  if (parseBasicDate(requestDate) === undefined)
    throw malformed('`X-Amz-Date` must be `YYYYMMDDTHHMMSSZ`', { accessKeyId })
  const facts: SignatureFacts = { accessKeyId, requestDate }
  if (headers['x-amz-security-token'] !== undefined)
    throw malformed('a presigned request has its session token in the query', facts)
  const expiresSeconds = expiryOf(parameters['X-Amz-Expires'], scope.service, facts)
  const sessionToken = parameters['X-Amz-Security-Token']
  const sha256 = { parameter: parameters['X-Amz-Content-Sha256'], header: headers['x-amz-content-sha256'] }
  return {
    form: 'query',
    accessKeyId,
    scope,
    signedHeaders: parseSignedHeaders(needed['X-Amz-SignedHeaders'], facts),
    signature: parseSignature(needed['X-Amz-Signature'], facts),
    requestDate,
    payloadHash: payloadOfQueryForm(sha256, scope.service, facts),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
  }
}

const EXPIRES = /^\d{1,6}$/
export const LONGEST_EXPIRY_SECONDS = 604_800

/** SPEC: S3 demands it; elsewhere a presigned request without it is good for as long as a signed one. */
function expiryOf(text: string | undefined, service: string, facts: SignatureFacts): number | undefined {
  if (text === undefined) {
    if (service === 's3') throw incomplete(['X-Amz-Expires'], facts)
    return undefined
  }
  const count = EXPIRES.test(text) ? Number(text) : 0
  if (count < 1 || count > LONGEST_EXPIRY_SECONDS)
    throw malformed(`\`X-Amz-Expires\` must be 1 to ${LONGEST_EXPIRY_SECONDS} seconds`, facts)
  return count
}
