import { ApiError, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { dateOf, readBase64, readTimestamp, UnreadableText } from './scalars.ts'
import { emptyRecord, isRecord, memberOf, resolveShape, type SimpleType } from './shapes.ts'
import type { MemberRow, ServiceTable, ShapeRef, StructureShape } from './table.ts'

/** JSON text to a value of the shape; an empty body is the empty object. @throws ApiError SerializationException */
export function decodeJson(table: ServiceTable, ref: ShapeRef, body: Uint8Array): unknown {
  if (body.length === 0) return {}
  return fromJson(table, ref, parse(body))
}

function parse(body: Uint8Array): JsonValue {
  try {
    return parseStrictJson(body)
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause
    throw new ApiError(
      'SerializationException',
      400,
      'The request body is not readable JSON.',
      {},
      { cause, detail: cause.message },
    )
  }
}

function fromJson(table: ServiceTable, ref: ShapeRef, value: JsonValue): unknown {
  if (value === null) return undefined
  const shape = resolveShape(table, ref)
  switch (shape.kind) {
    case 'simple':
      return simpleFromJson(shape.type, value)
    case 'structure':
      if (!isRecord(value)) throw misplaced(value, 'structure or map')
      return structureFromJson(table, shape, value as Record<string, JsonValue>)
    case 'list':
      if (!Array.isArray(value)) throw misplaced(value, 'list')
      return (value as readonly JsonValue[]).map((item) => fromJson(table, memberOf(shape.item).ref, item))
    case 'map':
      if (!isRecord(value)) throw misplaced(value, 'structure or map')
      return mapFromJson(table, shape.value, value as Record<string, JsonValue>)
  }
}

/** Members that stand in the body, by the names of AWS's API. */
function structureFromJson(
  table: ServiceTable,
  shape: StructureShape,
  value: Record<string, JsonValue>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(shape.members)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given === undefined) continue
    const read = fromJson(table, memberOf(row).ref, given)
    if (read !== undefined) out[name] = read
  }
  return out
}

function mapFromJson(table: ServiceTable, row: MemberRow, value: Record<string, JsonValue>): Record<string, unknown> {
  const out = emptyRecord()
  for (const [key, entry] of Object.entries(value)) out[key] = fromJson(table, memberOf(row).ref, entry)
  return out
}

const WANTED: Readonly<Partial<Record<SimpleType, string>>> = {
  string: 'String',
  number: 'Integer',
  boolean: 'Boolean',
  blob: 'Blob',
}

function simpleFromJson(type: SimpleType, value: JsonValue): unknown {
  if (type === 'document') return value
  if (type === 'string' && typeof value === 'string') return value
  if (type === 'boolean' && typeof value === 'boolean') return value
  if (type === 'number' && typeof value === 'number') return value
  try {
    if ((type === 'blob' || type === 'stream') && typeof value === 'string') return readBase64(value)
    if (isTime(type) && (typeof value === 'string' || typeof value === 'number')) return readTimestamp(String(value))
  } catch (cause) {
    if (!(cause instanceof UnreadableText)) throw cause
    throw new ApiError(
      'SerializationException',
      400,
      `STRING_VALUE can not be converted to ${WANTED[type] ?? 'Date'}`,
      {},
      { cause },
    )
  }
  throw misplaced(value, WANTED[type] ?? 'Date')
}

function isTime(type: SimpleType): boolean {
  return type === 'timestamp' || type === 'epoch' || type === 'datetime' || type === 'httpdate'
}

/** AWS's words for JSON of the wrong kind. */
function misplaced(value: JsonValue, wanted: string): ApiError {
  if (Array.isArray(value)) return serialization('Start of list found where not expected')
  if (typeof value === 'object') return serialization('Start of structure or map found where not expected.')
  if (wanted === 'list' || wanted === 'structure or map') return serialization('Unexpected field type')
  const kind =
    typeof value === 'boolean' ? `${String(value).toUpperCase()}_VALUE` : `${typeof value}_value`.toUpperCase()
  return serialization(`${kind} can not be converted to ${wanted}`)
}

function serialization(message: string): ApiError {
  return new ApiError('SerializationException', 400, message)
}

/** A value of the shape as JSON data: timestamps as epoch seconds, bytes in base64, members that are not there left out. */
export function toJson(table: ServiceTable, ref: ShapeRef, value: unknown): unknown {
  if (value === undefined || value === null) return undefined
  const shape = resolveShape(table, ref)
  switch (shape.kind) {
    case 'simple':
      return simpleToJson(shape.type, value)
    case 'structure':
      return isRecord(value) ? membersToJson(table, shape, value) : undefined
    case 'list':
      return Array.isArray(value)
        ? value.map((item) => toJson(table, memberOf(shape.item).ref, item) ?? null)
        : undefined
    case 'map':
      return isRecord(value) ? entriesToJson(table, shape.value, value) : undefined
  }
}

function membersToJson(
  table: ServiceTable,
  shape: StructureShape,
  value: Record<string, unknown>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(shape.members)) {
    const { ref, traits } = memberOf(row)
    if (traits.header !== undefined) continue
    const written = toJson(table, ref, value[name])
    if (written !== undefined) out[name] = written
  }
  return out
}

function entriesToJson(table: ServiceTable, row: MemberRow, value: Record<string, unknown>): Record<string, unknown> {
  const out = emptyRecord()
  for (const [key, entry] of Object.entries(value)) out[key] = toJson(table, memberOf(row).ref, entry) ?? null
  return out
}

function simpleToJson(type: SimpleType, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (type === 'timestamp' || type === 'epoch') return dateOf(value).getTime() / 1000
  if (type === 'datetime') return `${dateOf(value).toISOString().slice(0, 19)}Z`
  if (type === 'number') return Number(value)
  return type === 'string' ? String(value) : value
}
