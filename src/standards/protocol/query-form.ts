import { ApiError } from '../../core/index.ts'
import type { QueryForm } from './model.ts'
import { readText, UnreadableText } from './scalars.ts'
import { emptyRecord, memberOf, membersOf, resolveShape, type SimpleType } from './shapes.ts'
import type { ListShape, MapShape, MemberRow, ServiceTable, ShapeRef, StructureShape } from './table.ts'

/** Deepest nesting of a parameter name; AWS's own inputs need at most seven. */
const MAX_DEPTH = 16

/**
 * Reads `application/x-www-form-urlencoded` text.
 * Two spellings of one key are refused: two readers of such a request would disagree about it.
 * @throws ApiError ValidationError
 */
export function parseQueryForm(source: string | Uint8Array): QueryForm {
  const text = typeof source === 'string' ? source : decodeUtf8(source)
  const form = new Map<string, string>()
  const folded = new Set<string>()
  for (let from = 0; from < text.length; ) {
    const and = text.indexOf('&', from)
    const end = and < 0 ? text.length : and
    const pair = text.slice(from, end)
    from = end + 1
    if (pair === '') continue
    const mark = pair.indexOf('=')
    const key = decodeFormText(mark < 0 ? pair : pair.slice(0, mark))
    const fold = key.toLowerCase()
    if (folded.has(fold)) throw refused(`Parameter ${shortened(key)} is given more than once.`)
    folded.add(fold)
    form.set(key, mark < 0 ? '' : decodeFormText(pair.slice(mark + 1)))
  }
  return form
}

/** The answer to an `Action` that the service does not have. @see the fault namespace in `encodeError` */
export function invalidAction(operation: string, version: string): ApiError {
  return new ApiError(
    'InvalidAction',
    400,
    `Could not find operation ${shortened(operation)} for version ${shortened(version)}`,
  )
}

function refused(message: string): ApiError {
  return new ApiError('ValidationError', 400, message)
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new ApiError('ValidationError', 400, 'The request body is not valid UTF-8.', {}, { cause })
  }
}

function decodeFormText(text: string): string {
  // Names and tokens have neither: most text is what it says.
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new ApiError('ValidationError', 400, 'The request has a malformed percent escape.', {}, { cause })
  }
}

/** Parameter names split at their dots: a leaf has a value, a branch has children, a sloppy client may send both. */
interface FormNode {
  value?: string
  readonly children: Map<string, FormNode>
}

/** Parameters to input, by the operation's shape; parameters that the shape does not know are ignored, as AWS does. @throws ApiError */
export function decodeForm(table: ServiceTable, input: ShapeRef, form: QueryForm): Record<string, unknown> {
  const root: FormNode = { children: new Map() }
  for (const [key, value] of form) {
    const names = key.includes('.') ? key.split('.') : [key]
    if (names.length > MAX_DEPTH) throw refused(`Parameter ${shortened(key)} is nested too deeply.`)
    let node = root
    for (const name of names) {
      let next = node.children.get(name)
      if (next === undefined) {
        next = { children: new Map() }
        node.children.set(name, next)
      }
      node = next
    }
    node.value = value
  }
  return (decodeNode({ table, path: '' }, input, root) ?? {}) as Record<string, unknown>
}

interface Place {
  readonly table: ServiceTable
  readonly path: string
}

function decodeNode(place: Place, ref: ShapeRef, node: FormNode): unknown {
  const shape = resolveShape(place.table, ref)
  switch (shape.kind) {
    case 'structure':
      return decodeStructure(place, shape, node)
    case 'list':
      return decodeList(place, shape, node)
    case 'map':
      return decodeMap(place, shape, node)
    case 'simple':
      return node.value === undefined ? undefined : decodeSimple(place, shape.type, node.value)
  }
}

function decodeSimple(place: Place, type: SimpleType, text: string): unknown {
  try {
    return readText(text, type)
  } catch (cause) {
    if (!(cause instanceof UnreadableText)) throw cause
    throw new ApiError('ValidationError', 400, `Value at '${place.path}' is not a valid ${cause.wanted}`, {}, { cause })
  }
}

function decodeStructure(place: Place, shape: StructureShape, node: FormNode): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const { name, written, ref } of membersOf(shape)) {
    const child = node.children.get(written)
    if (child === undefined) continue
    const value = decodeNode(inside(place, name), ref, child)
    if (value !== undefined) out[name] = value
  }
  return out
}

function decodeList(place: Place, shape: ListShape, node: FormNode): readonly unknown[] {
  const items = node.children.get('member') ?? node
  return numbered(place, items).map(([index, child]) =>
    decodeMember(inside(place, `${index}.member`), shape.item, child),
  )
}

function decodeMap(place: Place, shape: MapShape, node: FormNode): Record<string, unknown> {
  const out = emptyRecord()
  for (const [index, entry] of numbered(place, node.children.get('entry') ?? node)) {
    const key = entry.children.get('key')?.value
    const value = entry.children.get('value')
    if (key === undefined || value === undefined)
      throw refused(`Map entry ${index} at '${place.path}' needs a key and a value.`)
    if (key in out) throw refused(`Map key ${shortened(key)} at '${place.path}' is given more than once.`)
    out[key] = decodeMember(inside(place, key), shape.value, value)
  }
  return out
}

/** A member that was named but has no readable content counts as an empty value rather than as absent. */
function decodeMember(place: Place, row: MemberRow, node: FormNode): unknown {
  return decodeNode(place, memberOf(row).ref, node) ?? ''
}

/** Children `1`, `2`, … in the order of their numbers. */
function numbered(place: Place, node: FormNode): readonly (readonly [number, FormNode])[] {
  const out: [number, FormNode][] = []
  for (const [name, child] of node.children) {
    if (!/^[1-9]\d{0,5}$/.test(name))
      throw refused(`'${shortened(name)}' at '${place.path}' is not the number of a list member.`)
    out.push([Number(name), child])
  }
  return out.sort(([one], [other]) => one - other)
}

function inside(place: Place, name: string): Place {
  const own = place.path === '' ? name.charAt(0).toLowerCase() + name.slice(1) : name
  return { table: place.table, path: place.path === '' ? own : `${place.path}.${own}` }
}
