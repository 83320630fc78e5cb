import { readText, type TimestampForm, UnreadableText, writeText } from './scalars.ts'
import { emptyRecord, isRecord, memberOf, membersOf, resolveShape, type SimpleType } from './shapes.ts'
import type { ListShape, MapShape, MemberRow, MemberTraits, ServiceTable, ShapeRef, StructureShape } from './table.ts'
import type { XmlElement } from './xml-read.ts'

/** Query answers and S3 bodies both write `2019-11-09T13:34:41Z`. */
const FORM: TimestampForm = 'datetime'

/** Text for between tags; control characters by number, so that no reader normalises them away. */
export function escapeXml(text: string): string {
  if (!ESCAPED.test(text)) return text
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(CONTROLS, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones to escape
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u0085\u2028]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones to escape
const ESCAPED = /[&<>"\u0000-\u0008\u000b-\u001f\u0085\u2028]/

/** The members of a structure, in the order of the model, without the element around them. */
export function writeMembers(table: ServiceTable, shape: StructureShape, value: Record<string, unknown>): string {
  let out = ''
  for (const { name, written, row, traits } of membersOf(shape)) {
    if (traits.attribute !== true) out += writeMember(table, { name: written, row }, value[name])
  }
  return out
}

interface Named {
  readonly name: string
  readonly row: MemberRow
}

/** One element with a value of the given shape; the empty string for a value that is not there. */
export function writeMember(table: ServiceTable, { name, row }: Named, value: unknown): string {
  if (value === undefined || value === null) return ''
  const { ref, traits } = memberOf(row)
  const shape = resolveShape(table, ref)
  switch (shape.kind) {
    case 'simple':
      return element(name, '', escapeXml(writeText(value, shape.type, FORM)))
    case 'structure':
      return isRecord(value) ? element(name, attributesOf(shape, value), writeMembers(table, shape, value)) : ''
    case 'list':
      return Array.isArray(value) ? writeList(table, { name, shape, traits }, value) : ''
    case 'map':
      return isRecord(value) ? writeMap(table, { name, shape, traits }, value) : ''
  }
}

function element(name: string, attributes: string, inner: string): string {
  return inner === '' && attributes === '' ? `<${name}/>` : `<${name}${attributes}>${inner}</${name}>`
}

// SPEC: the one attribute of our models is `xsi:type` of S3's Grantee, whose namespace stands on the same element.
function attributesOf(shape: StructureShape, value: Record<string, unknown>): string {
  let out = ''
  for (const { name, written, traits } of membersOf(shape)) {
    if (traits.attribute !== true || value[name] === undefined) continue
    if (written.startsWith('xsi:')) out += ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    out += ` ${written}="${escapeXml(String(value[name]))}"`
  }
  return out
}

interface Collection<S> {
  readonly name: string
  readonly shape: S
  readonly traits: MemberTraits
}

function writeList(
  table: ServiceTable,
  { name, shape, traits }: Collection<ListShape>,
  items: readonly unknown[],
): string {
  const itemName = memberOf(shape.item).traits.xmlName ?? 'member'
  const inner = items
    .map((item) => writeMember(table, { name: traits.flattened === true ? name : itemName, row: shape.item }, item))
    .join('')
  return traits.flattened === true ? inner : element(name, '', inner)
}

function writeMap(
  table: ServiceTable,
  { name, shape, traits }: Collection<MapShape>,
  entries: Record<string, unknown>,
): string {
  const inner = Object.entries(entries)
    .map(([key, value]) => {
      const pair = `<key>${escapeXml(key)}</key>${writeMember(table, { name: 'value', row: shape.value }, value)}`
      return traits.flattened === true ? `<${name}>${pair}</${name}>` : `<entry>${pair}</entry>`
    })
    .join('')
  return traits.flattened === true ? inner : element(name, '', inner)
}

/** An element to a value of the given shape; elements that the shape does not know are ignored. @throws UnreadableText */
export function readElement(table: ServiceTable, ref: ShapeRef, source: XmlElement): unknown {
  const shape = resolveShape(table, ref)
  switch (shape.kind) {
    case 'simple':
      return readSimple(source, shape.type)
    case 'structure':
      return readStructure(table, shape, source)
    case 'list':
      return readItems(table, shape.item, source.children)
    case 'map':
      return readEntries(table, shape.value, source.children)
  }
}

function readSimple(source: XmlElement, type: SimpleType): unknown {
  return readText(type === 'string' ? source.text : source.text.trim(), type)
}

function readStructure(table: ServiceTable, shape: StructureShape, source: XmlElement): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const { name, written, ref, traits } of membersOf(shape)) {
    const value =
      traits.attribute === true ? source.attributes.get(written) : readMember(table, { name, ref, traits }, source)
    if (value !== undefined) out[name] = value
  }
  return out
}

function readMember(
  table: ServiceTable,
  { name, ref, traits }: { readonly name: string; readonly ref: ShapeRef; readonly traits: MemberTraits },
  source: XmlElement,
): unknown {
  const wanted = traits.xmlName ?? name
  const found = source.children.filter((child) => child.name === wanted)
  const [first] = found
  if (first === undefined) return undefined
  const shape = resolveShape(table, ref)
  if (traits.flattened === true && shape.kind === 'list') return readItems(table, shape.item, found)
  if (traits.flattened === true && shape.kind === 'map') return readEntries(table, shape.value, found)
  // Two of what stands once: readers would disagree about which one counts.
  if (found.length > 1) throw new UnreadableText(`single ${wanted}`)
  return readElement(table, ref, first)
}

function readItems(table: ServiceTable, item: MemberRow, elements: readonly XmlElement[]): readonly unknown[] {
  return elements.map((child) => readElement(table, memberOf(item).ref, child))
}

function readEntries(table: ServiceTable, value: MemberRow, elements: readonly XmlElement[]): Record<string, unknown> {
  const out = emptyRecord()
  for (const entry of elements) {
    const key = entry.children.find((child) => child.name === 'key')
    const found = entry.children.find((child) => child.name === 'value')
    if (key !== undefined && found !== undefined) out[key.text] = readElement(table, memberOf(value).ref, found)
  }
  return out
}
