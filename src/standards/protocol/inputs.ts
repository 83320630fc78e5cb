import { ApiError, type HttpHead } from '../../core/index.ts'
import { decodeJson } from './json-shape.ts'
import type { QueryForm, RecognisedOperation } from './model.ts'
import { decodeForm, parseQueryForm } from './query-form.ts'
import { isBound, readBindings } from './rest-bindings.ts'
import { UnreadableText } from './scalars.ts'
import { memberOf, resolveShape, structureOf } from './shapes.ts'
import type { OperationRow, ServiceTable, ShapeRef } from './table.ts'
import { readXml, type XmlElement, XmlError } from './xml-read.ts'
import { readElement } from './xml-shape.ts'

/** A request whose operation is known, before its input has been read. */
export interface Incoming {
  readonly table: ServiceTable
  readonly operation: RecognisedOperation
  readonly row: OperationRow
  readonly head: HttpHead
  readonly body: Uint8Array
  readonly form: QueryForm | undefined
}

/** Bytes to input, in the protocol of the service. @throws ApiError in the protocol's own words */
export function readInput(incoming: Incoming): Record<string, unknown> {
  return READERS[incoming.table.protocol](incoming)
}

const READERS = {
  awsQuery: readForm,
  awsJson1_0: readJson,
  awsJson1_1: readJson,
  restJson: readRestJson,
  restXml: readRestXml,
} as const satisfies Record<ServiceTable['protocol'], (incoming: Incoming) => Record<string, unknown>>

/** A presigned GET has its parameters in the query string, a POST in its body. */
function readForm({ table, row, head, form, body }: Incoming): Record<string, unknown> {
  return decodeForm(table, row.input, form ?? parseQueryForm(head.method === 'GET' ? head.query : body))
}

function readJson({ table, row, body }: Incoming): Record<string, unknown> {
  return (decodeJson(table, row.input, body) ?? {}) as Record<string, unknown>
}

function readRestJson(incoming: Incoming): Record<string, unknown> {
  const { table, operation, row, head } = incoming
  const shape = structureOf(table, row.input)
  const bound = readBindings(table, { operation, head, shape })
  // INVARIANT: what is bound to path, query or header is never taken from the body: the route has been authorised by the former.
  const body = Object.entries(readJson(incoming)).filter(
    ([name]) => !isBound(memberOf(shape.members[name] ?? '.string').traits),
  )
  return { ...Object.fromEntries(body), ...bound }
}

function readRestXml({ table, operation, row, head, body }: Incoming): Record<string, unknown> {
  const shape = structureOf(table, row.input)
  const bound = readBindings(table, { operation, head, shape })
  const payload = Object.entries(shape.members).find(([, member]) => memberOf(member).traits.payload === true)
  if (payload === undefined || body.length === 0) return bound
  const [name, member] = payload
  const value = readPayload(table, memberOf(member).ref, body)
  return value === undefined ? bound : { ...bound, [name]: value }
}

function readPayload(table: ServiceTable, ref: ShapeRef, body: Uint8Array): unknown {
  const shape = resolveShape(table, ref)
  if (shape.kind === 'simple')
    return shape.type === 'stream' ? undefined : shape.type === 'string' ? readUtf8(body) : body
  try {
    return readElement(table, ref, parseXml(body))
  } catch (cause) {
    if (!(cause instanceof UnreadableText || cause instanceof XmlError)) throw cause
    throw malformedXml(cause)
  }
}

function parseXml(body: Uint8Array): XmlElement {
  return readXml(readUtf8(body))
}

function readUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (cause) {
    throw malformedXml(cause)
  }
}

/** S3's answer to every body that is not the XML it wants. */
export function malformedXml(cause?: unknown): ApiError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema'
  return new ApiError('MalformedXML', 400, message, {}, cause === undefined ? {} : { cause })
}
