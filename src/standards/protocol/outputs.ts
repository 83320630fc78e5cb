import { Readable } from 'node:stream'
import type { HttpHead, RawHeaders } from '../../core/index.ts'
import { idHeaders, wantsJson } from './errors.ts'
import { toJson } from './json-shape.ts'
import type { WireAnswer } from './model.ts'
import { isBound, writeBindings } from './rest-bindings.ts'
import { isRecord, memberOf, resolveShape, structureOf } from './shapes.ts'
import type { OperationRow, ServiceTable, StructureShape } from './table.ts'
import { escapeXml, writeMember, writeMembers } from './xml-shape.ts'

/** What an answer is made of. */
export interface Success {
  readonly table: ServiceTable
  readonly name: string
  readonly row: OperationRow
  readonly head: HttpHead
  readonly output: Record<string, unknown>
  readonly requestId: string
}

/** Output to bytes, or to the stream that the output brought, in the protocol of the service. */
export function renderOutput(success: Success): WireAnswer {
  return RENDERERS[success.table.protocol](success)
}

const RENDERERS = {
  awsQuery: renderQuery,
  awsJson1_0: (success: Success) => renderJson(success, 'application/x-amz-json-1.0'),
  awsJson1_1: (success: Success) => renderJson(success, 'application/x-amz-json-1.1'),
  restJson: renderRestJson,
  restXml: renderRestXml,
} as const satisfies Record<ServiceTable['protocol'], (success: Success) => WireAnswer>

function answer(
  success: Success,
  type: string | undefined,
  body: string | Uint8Array | Readable,
  more: RawHeaders = [],
): WireAnswer {
  const isTyped = type === undefined || more.some(([name]) => name.toLowerCase() === 'content-type')
  const own: RawHeaders = isTyped ? [] : [['Content-Type', type]]
  return {
    status: statusOf(success),
    headers: [...own, ...more, ...idHeaders(success.table, success.requestId)],
    body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
  }
}

// SPEC: RFC 9110 §15.3.7: a part of the representation is 206, which the model does not say.
function statusOf({ row, output }: Success): number {
  return output.ContentRange === undefined ? (row.http?.[2] ?? 200) : 206
}

function renderQuery(success: Success): WireAnswer {
  const { table, name, row, output, requestId } = success
  const hasResult = row.output !== '.unit'
  if (wantsJson(success.head)) {
    const result = hasResult ? { [`${name}Result`]: toJson(table, row.output, output) } : {}
    return answer(
      success,
      'application/json',
      JSON.stringify({ [`${name}Response`]: { ...result, ResponseMetadata: { RequestId: requestId } } }),
    )
  }
  const result = hasResult
    ? `<${name}Result>${writeMembers(table, structureOf(table, row.output), output)}</${name}Result>`
    : ''
  const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`
  return answer(
    success,
    'text/xml',
    `<${name}Response xmlns="${table.xmlNamespace ?? ''}">${result}${metadata}</${name}Response>`,
  )
}

function renderJson(success: Success, type: string): WireAnswer {
  return answer(success, type, JSON.stringify(toJson(success.table, success.row.output, success.output) ?? {}))
}

function renderRestJson(success: Success): WireAnswer {
  const { table, row, output } = success
  const lines = writeBindings(table, structureOf(table, row.output), output)
  return answer(success, 'application/json', JSON.stringify(toJson(table, row.output, output) ?? {}), lines)
}

function renderRestXml(success: Success): WireAnswer {
  const { table, row, output, head } = success
  const shape = structureOf(table, row.output)
  const lines = writeBindings(table, shape, output)
  if (head.method === 'HEAD') return answer(success, undefined, '', lines)
  const payload = Object.entries(shape.members).find(([, member]) => memberOf(member).traits.payload === true)
  if (payload !== undefined) return renderPayload(success, payload[0], lines)
  const body = bodyDocument(success, shape)
  return answer(success, body === '' ? undefined : 'application/xml', body, lines)
}

function renderPayload(success: Success, name: string, lines: RawHeaders): WireAnswer {
  const { table, row, output } = success
  const { ref, traits } = memberOf(structureOf(table, row.output).members[name] ?? '.string')
  const value = output[name]
  if (value === undefined || value === null) return answer(success, undefined, '', lines)
  if (value instanceof Readable || value instanceof Uint8Array)
    return answer(success, 'binary/octet-stream', value, lines)
  const shape = resolveShape(table, ref)
  // SPEC: the one text payload of S3 is the bucket policy, which is JSON.
  if (shape.kind !== 'structure' || !isRecord(value)) return answer(success, 'application/json', String(value), lines)
  const root = traits.xmlName ?? shape.xmlName ?? ref
  return answer(success, 'application/xml', document(table, root, writeMembers(table, shape, value)), lines)
}

/** The members that no header takes, under the root element of the output; empty when the output has no such members. */
function bodyDocument({ table, name, row, output }: Success, shape: StructureShape): string {
  const body = Object.entries(shape.members).filter(([, member]) => !isBound(memberOf(member).traits))
  if (body.length === 0) return ''
  const root = shape.xmlName ?? row.output
  // SPEC: GetBucketLocation's root element is itself the value, and empty for us-east-1.
  if (name === 'GetBucketLocation') return document(table, root, escapeXml(String(output.LocationConstraint ?? '')))
  return document(
    table,
    root,
    body
      .map(([member, row]) => writeMember(table, { name: memberOf(row).traits.xmlName ?? member, row }, output[member]))
      .join(''),
  )
}

function document(table: ServiceTable, root: string, inner: string): string {
  const open = `${root} xmlns="${table.xmlNamespace ?? ''}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${inner === '' ? `<${open}/>` : `<${open}>${inner}</${root}>`}`
}
