/** An element: its name without a prefix, the text between its children joined, attributes with their prefixes. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  readonly text: string
}

/** Not well-formed, or with something that is refused on purpose: a DOCTYPE, an unknown entity, nesting beyond the limit. */
export class XmlError extends Error {}

const MAX_DEPTH = 16
const NAME = /[A-Za-z_][\w.:-]*/y
const SPACE = /[ \t\r\n]*/y
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

interface Cursor {
  readonly source: string
  at: number
}

interface OpenElement {
  readonly qualified: string
  readonly attributes: Map<string, string>
  readonly children: XmlElement[]
  text: string
}

/**
 * Reads one XML document, as much of XML 1.0 as S3's bodies need: elements, attributes, text, CDATA, comments, one declaration.
 * There is no DOCTYPE and so no entity but the five predefined ones and characters by number.
 * @throws XmlError
 */
export function readXml(source: string): XmlElement {
  const cursor: Cursor = { source, at: source.charCodeAt(0) === 0xfeff ? 1 : 0 }
  const stack: OpenElement[] = []
  let root: XmlElement | undefined
  if (source.startsWith('<?xml', cursor.at)) skipPast(cursor, '?>')
  while (cursor.at < source.length) {
    const open = source.indexOf('<', cursor.at)
    addText(stack, decodeEntities(source.slice(cursor.at, open < 0 ? source.length : open)))
    if (open < 0) break
    cursor.at = open
    const done = readMarkup(cursor, stack, root !== undefined)
    if (done !== undefined) root = done
  }
  if (root === undefined || stack.length > 0) throw new XmlError('the document ends early')
  return root
}

/** One piece of markup; answers the root element when it has just been closed. */
function readMarkup(cursor: Cursor, stack: OpenElement[], isComplete: boolean): XmlElement | undefined {
  const { source, at } = cursor
  if (source.startsWith('<!--', at)) return skipPast(cursor, '-->')
  if (source.startsWith('<![CDATA[', at)) {
    const start = at + 9
    skipPast(cursor, ']]>')
    addText(stack, source.slice(start, cursor.at - 3))
    return undefined
  }
  if (source.startsWith('<!', at) || source.startsWith('<?', at)) throw new XmlError('declarations are refused')
  if (source.startsWith('</', at)) return closeElement(cursor, stack)
  if (isComplete) throw new XmlError('a second root element')
  return openElement(cursor, stack)
}

function skipPast(cursor: Cursor, end: string): undefined {
  const found = cursor.source.indexOf(end, cursor.at)
  if (found < 0) throw new XmlError('the document ends early')
  cursor.at = found + end.length
}

function addText(stack: OpenElement[], text: string): void {
  const top = stack.at(-1)
  if (top !== undefined) top.text += text
  else if (text.trim() !== '') throw new XmlError('text outside of the root element')
}

function openElement(cursor: Cursor, stack: OpenElement[]): XmlElement | undefined {
  if (stack.length >= MAX_DEPTH) throw new XmlError('nested too deeply')
  cursor.at += 1
  const element: OpenElement = { qualified: take(cursor, NAME), attributes: new Map(), children: [], text: '' }
  for (;;) {
    take(cursor, SPACE)
    if (cursor.source.startsWith('/>', cursor.at)) {
      cursor.at += 2
      return finish(element, stack)
    }
    if (cursor.source[cursor.at] === '>') {
      cursor.at += 1
      stack.push(element)
      return undefined
    }
    readAttribute(cursor, element)
  }
}

function readAttribute(cursor: Cursor, element: OpenElement): void {
  const name = take(cursor, NAME)
  take(cursor, SPACE)
  if (cursor.source[cursor.at] !== '=') throw new XmlError('an attribute without a value')
  cursor.at += 1
  take(cursor, SPACE)
  const quote = cursor.source[cursor.at]
  if (quote !== '"' && quote !== "'") throw new XmlError('an attribute without quotes')
  const end = cursor.source.indexOf(quote, cursor.at + 1)
  if (end < 0 || element.attributes.has(name)) throw new XmlError('an attribute that is open or given twice')
  element.attributes.set(name, decodeEntities(cursor.source.slice(cursor.at + 1, end)))
  cursor.at = end + 1
}

function closeElement(cursor: Cursor, stack: OpenElement[]): XmlElement | undefined {
  cursor.at += 2
  const name = take(cursor, NAME)
  take(cursor, SPACE)
  const element = stack.pop()
  if (cursor.source[cursor.at] !== '>' || element?.qualified !== name)
    throw new XmlError('an end tag that does not fit')
  cursor.at += 1
  return finish(element, stack)
}

function finish(element: OpenElement, stack: OpenElement[]): XmlElement | undefined {
  const { qualified, attributes, children, text } = element
  const done = { name: qualified.slice(qualified.indexOf(':') + 1), attributes, children, text }
  const parent = stack.at(-1)
  if (parent === undefined) return done
  parent.children.push(done)
  return undefined
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.source)?.[0]
  if (found === undefined) throw new XmlError('a name was expected')
  cursor.at += found.length
  return found
}

function decodeEntities(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n')
  if (!plain.includes('&')) return plain
  return plain.replace(/&([^;&]{0,12})(;?)/g, (_, body: string, end: string) => {
    const known = end === ';' ? (ENTITIES[body] ?? characterOf(body)) : undefined
    if (known === undefined) throw new XmlError('an entity that is not one of the five predefined ones')
    return known
  })
}

function characterOf(body: string): string | undefined {
  const digits = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(body)
  if (digits === null) return undefined
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined
}
