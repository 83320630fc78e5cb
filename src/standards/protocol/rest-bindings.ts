import { ApiError, type HttpHead, headerValue, type RawHeaders } from '../../core/index.ts'
import type { RecognisedOperation } from './model.ts'
import { readText, UnreadableText, writeText } from './scalars.ts'
import { emptyRecord, isRecord, memberOf, resolveShape, type SimpleType } from './shapes.ts'
import type { MemberTraits, ServiceTable, ShapeRef, StructureShape } from './table.ts'
import { type QueryParameters, readQuery } from './uri.ts'

/** True for a member that does not stand in the body. */
export function isBound(traits: MemberTraits): boolean {
  return (
    traits.label === true ||
    traits.header !== undefined ||
    traits.query !== undefined ||
    traits.prefixHeaders !== undefined
  )
}

interface Source {
  readonly table: ServiceTable
  readonly operation: RecognisedOperation
  readonly head: HttpHead
  readonly query: QueryParameters
  /** Presigning clients move `x-amz-…` headers into the query, where the signature covers them. */
  readonly isPresigned: boolean
}

/** Input members out of path labels, query and headers. @throws ApiError InvalidArgument (S3) or SerializationException */
export function readBindings(
  table: ServiceTable,
  {
    operation,
    head,
    shape,
  }: { readonly operation: RecognisedOperation; readonly head: HttpHead; readonly shape: StructureShape },
): Record<string, unknown> {
  const query = readQuery(head.query)
  const source: Source = { table, operation, head, query, isPresigned: query.has('X-Amz-Signature') }
  const out: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(shape.members)) {
    const { ref, traits } = memberOf(row)
    const value = readBound(source, { name, ref, traits })
    if (value !== undefined) out[name] = value
  }
  return out
}

interface Target {
  readonly name: string
  readonly ref: ShapeRef
  readonly traits: MemberTraits
}

function readBound(source: Source, target: Target): unknown {
  const { name, traits } = target
  if (traits.label === true) return readAs(source, target, source.operation.labels[name])
  if (traits.query !== undefined) return readQueryMember(source, target, traits.query)
  if (traits.header !== undefined) return readAs(source, target, headerOrHoisted(source, traits.header.toLowerCase()))
  if (traits.prefixHeaders !== undefined) return readPrefixed(source, traits.prefixHeaders)
  return undefined
}

function readQueryMember(source: Source, target: Target, key: string): unknown {
  const given = source.query.get(key)
  if (given === undefined) return undefined
  const shape = resolveShape(source.table, target.ref)
  if (shape.kind === 'list')
    return given.map((text) => readAs(source, { ...target, ref: memberOf(shape.item).ref }, text))
  if (given.length > 1) throw wrongArgument(source.table, target, given.join(', '), 'given more than once')
  return readAs(source, target, given[0])
}

function readAs(source: Source, target: Target, text: string | undefined): unknown {
  if (text === undefined) return undefined
  const shape = resolveShape(source.table, target.ref)
  try {
    if (shape.kind === 'list') return text.split(',').map((part) => part.trim())
    return shape.kind === 'simple' ? readText(text, shape.type) : undefined
  } catch (cause) {
    if (!(cause instanceof UnreadableText)) throw cause
    // SPEC: RFC 9110 §13.1.3: a conditional date that cannot be read is ignored, not refused.
    if (target.traits.header?.startsWith('If-') === true || target.traits.header === 'Expires') return undefined
    throw wrongArgument(source.table, target, text, `not a valid ${cause.wanted}`)
  }
}

function wrongArgument(table: ServiceTable, { name, traits }: Target, value: string, why: string): ApiError {
  const argument = traits.query ?? traits.header ?? name
  if (table.protocol !== 'restXml')
    return new ApiError('SerializationException', 400, `Value at '${argument}' is ${why}`)
  const members =
    traits.sensitive === true
      ? { ArgumentName: argument }
      : { ArgumentName: argument, ArgumentValue: value.slice(0, 200) }
  return new ApiError('InvalidArgument', 400, `Provided ${argument} is ${why}`, members)
}

/** Checksums that a presigning client hoisted are those of an empty body, and S3 ignores them. */
const NEVER_HOISTED = [
  'x-amz-checksum-',
  'x-amz-sdk-checksum-',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-date',
]

function headerOrHoisted(source: Source, lowerCaseName: string): string | undefined {
  const header = headerValue(source.head.headers, lowerCaseName)
  if (header !== undefined) return readHeaderText(header)
  if (!source.isPresigned || !isHoistable(lowerCaseName)) return undefined
  for (const [key, values] of source.query) if (key.toLowerCase() === lowerCaseName) return values[0]
  return undefined
}

function isHoistable(name: string): boolean {
  return name.startsWith('x-amz-') && !NEVER_HOISTED.some((prefix) => name.startsWith(prefix))
}

function readPrefixed(source: Source, prefix: string): Record<string, unknown> | undefined {
  const out = emptyRecord()
  for (const [name, value] of source.head.headers) {
    const lower = name.toLowerCase()
    if (lower.startsWith(prefix)) out[lower.slice(prefix.length)] = readHeaderText(value)
  }
  for (const [key, values] of source.isPresigned ? source.query : []) {
    const lower = key.toLowerCase()
    if (lower.startsWith(prefix)) out[lower.slice(prefix.length)] ??= values[0] ?? ''
  }
  return Object.keys(out).length === 0 ? undefined : out
}

/** Header bytes as UTF-8 where they are UTF-8, else as the latin1 that they came as. */
function readHeaderText(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? value : text
}

/** Header lines for the members of an output that are bound to headers. */
export function writeBindings(table: ServiceTable, shape: StructureShape, output: Record<string, unknown>): RawHeaders {
  const lines: [string, string][] = []
  for (const [name, row] of Object.entries(shape.members)) {
    const { ref, traits } = memberOf(row)
    const value = output[name]
    if (value === undefined || value === null) continue
    const found = resolveShape(table, ref)
    if (traits.header !== undefined)
      lines.push([traits.header, headerText(value, found.kind === 'simple' ? found.type : 'string')])
    if (traits.prefixHeaders !== undefined && isRecord(value)) {
      for (const [key, text] of Object.entries(value))
        lines.push([traits.prefixHeaders + key, headerText(text, 'string')])
    }
  }
  return lines
}

// What is not printable ASCII goes out as an RFC 2047 encoded word, as S3 does for metadata; no value can end the header line.
function headerText(value: unknown, type: SimpleType): string {
  const text = Array.isArray(value) ? value.join(',') : writeText(value, type, 'httpdate')
  return /^[\t\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`
}
