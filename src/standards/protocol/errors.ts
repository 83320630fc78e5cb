import { createHash } from 'node:crypto'
import type { ApiError, HttpHead, RawHeaders } from '../../core/index.ts'
import type { WireAnswer } from './model.ts'
import type { ServiceTable } from './table.ts'
import { escapeXml } from './xml-shape.ts'

const NOTHING = new Uint8Array(0)
const FAULT_NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09'

/** True when the caller wants the JSON variant of the query protocol; aws-iam-authenticator does. */
export function wantsJson(head: HttpHead): boolean {
  return head.headers.some(
    ([name, value]) => name.toLowerCase() === 'accept' && value.toLowerCase().includes('application/json'),
  )
}

/** The headers that carry the request's id in the service's own spelling. */
export function idHeaders(table: ServiceTable, requestId: string): RawHeaders {
  if (table.protocol !== 'restXml') return [['x-amzn-RequestId', requestId]]
  return [
    ['x-amz-request-id', requestId],
    ['x-amz-id-2', hostId(requestId)],
  ]
}

/** S3's second id names a host; ours is derived from the first, so that both lead to the same record. */
function hostId(requestId: string): string {
  return createHash('sha512').update(`host ${requestId}`).digest('base64').slice(0, 76)
}

interface Failure {
  readonly table: ServiceTable
  readonly head: HttpHead
  readonly error: ApiError
  readonly requestId: string
}

/** An error in the protocol's own form. A HEAD request and a 304 get no body. */
export function renderError(table: ServiceTable, head: HttpHead, error: ApiError, requestId: string): WireAnswer {
  const failure: Failure = { table, head, error, requestId }
  const { type, text, headers = [] } = RENDERERS[table.protocol](failure)
  const isBare = head.method === 'HEAD' || error.httpStatus === 304 || error.httpStatus === 204
  return {
    status: error.httpStatus,
    headers: [...(isBare ? [] : [['Content-Type', type] as const]), ...idHeaders(table, requestId), ...headers],
    body: isBare ? NOTHING : Buffer.from(text, 'utf8'),
  }
}

interface Rendered {
  readonly type: string
  readonly text: string
  readonly headers?: RawHeaders
}

const RENDERERS = {
  awsQuery: queryError,
  awsJson1_0: (failure: Failure) => jsonError(failure, 'application/x-amz-json-1.0'),
  awsJson1_1: (failure: Failure) => jsonError(failure, 'application/x-amz-json-1.1'),
  restJson: restJsonError,
  restXml: s3Error,
} as const satisfies Record<ServiceTable['protocol'], (failure: Failure) => Rendered>

function queryError({ table, head, error, requestId }: Failure): Rendered {
  if (wantsJson(head)) {
    const body = { Error: { Code: error.code, Message: error.message, Type: error.fault }, RequestId: requestId }
    return { type: 'application/json', text: JSON.stringify(body) }
  }
  const namespace = error.code === 'InvalidAction' ? FAULT_NAMESPACE : (table.xmlNamespace ?? '')
  const lines = [
    `<ErrorResponse xmlns="${namespace}">`,
    '  <Error>',
    `    <Type>${error.fault}</Type>`,
    `    <Code>${escapeXml(error.code)}</Code>`,
    `    <Message>${escapeXml(error.message)}</Message>`,
    '  </Error>',
    `  <RequestId>${escapeXml(requestId)}</RequestId>`,
    '</ErrorResponse>',
    '',
  ]
  return { type: 'text/xml', text: lines.join('\n') }
}

function jsonError(failure: Failure, type: string): Rendered {
  return { type, text: JSON.stringify({ __type: failure.error.code, ...messageAndMembers(failure) }) }
}

function restJsonError(failure: Failure): Rendered {
  return {
    type: 'application/json',
    text: JSON.stringify(messageAndMembers(failure)),
    headers: [['x-amzn-ErrorType', failure.error.code]],
  }
}

/** The message under the name that the error's own model has, then its further members. */
function messageAndMembers({ table, error }: Failure): Record<string, string> {
  const spelling = table.errors[error.code]?.members.find((name) => name.toLowerCase() === 'message') ?? 'message'
  return { [spelling]: error.message, ...error.members }
}

function s3Error({ head, error, requestId }: Failure): Rendered {
  const members = { ...error.members }
  members.Resource ??= head.path
  const inner = Object.entries({
    Code: error.code,
    Message: error.message,
    ...members,
    RequestId: requestId,
    HostId: hostId(requestId),
  })
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('')
  return { type: 'application/xml', text: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>` }
}
