/** A place in a text, counted from 1. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** Where an offset stands in the text. */
export function positionOf(text: string, offset: number): TextPosition {
  return positionIn(lineStartsOf(text), offset)
}

/** Names of members and indexes of items, from the root. */
export type ElementPath = readonly (string | number)[]

/** Where a value stands: offsets in the text, `end` behind its last character. */
export interface JsonSpan {
  readonly start: number
  readonly end: number
}

/**
 * Finds where elements stand: a member of an object by its key, an item of a list by itself. The text is JSON, as parsed before.
 * A path to nothing is answered with the nearest element around it.
 */
export function createLocator(text: string): (path: ElementPath) => TextPosition {
  let places: ReadonlyMap<string, Place> | undefined
  const starts = lineStartsOf(text)
  return (path) => {
    places ??= placesIn(text)
    for (let length = path.length; length >= 0; length -= 1) {
      const found = places.get(nameOf(path.slice(0, length)))
      if (found !== undefined) return positionIn(starts, found.at)
    }
    return { line: 1, column: 1 }
  }
}

/** Finds the values of members and items, without their keys; undefined for a path to nothing. */
export function createSpanFinder(text: string): (path: ElementPath) => JsonSpan | undefined {
  const places = placesIn(text)
  return (path) => places.get(nameOf(path))
}

const nameOf = (path: ElementPath): string => JSON.stringify(path.map(String))

/** The steps of a JSON pointer. SPEC: RFC 6901 §4 */
export function pathOfPointer(pointer: string): ElementPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The last line that begins at or before the offset. */
function positionIn(starts: readonly number[], offset: number): TextPosition {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

interface Place extends JsonSpan {
  /** The start of the key; of the value, where there is none. */
  readonly at: number
}

interface Walk {
  readonly text: string
  readonly places: Map<string, Place>
  at: number
}

function placesIn(text: string): ReadonlyMap<string, Place> {
  const walk: Walk = { text, places: new Map(), at: 0 }
  skipSpace(walk)
  const at = walk.at
  skipValue(walk, [])
  walk.places.set('[]', { at, start: at, end: walk.at })
  return walk.places
}

const SPACE = /[ \t\r\n,:]*/y
const SCALAR = /"(?:[^"\\]|\\.)*"|[^\s,:{}[\]"]+/y

/** Commas and colons are no more than space to who only looks for places. */
function skipSpace(walk: Walk): void {
  take(walk, SPACE)
}

function take(walk: Walk, pattern: RegExp): string {
  pattern.lastIndex = walk.at
  const found = pattern.exec(walk.text)?.[0] ?? ''
  walk.at += found.length
  return found
}

function skipValue(walk: Walk, path: readonly string[]): void {
  const first = walk.text[walk.at]
  if (first !== '{' && first !== '[') return void take(walk, SCALAR)
  const closing = first === '{' ? '}' : ']'
  walk.at += 1
  for (let index = 0; ; index += 1) {
    skipSpace(walk)
    if (walk.at >= walk.text.length) return
    if (walk.text[walk.at] === closing) break
    const at = walk.at
    const step = closing === ']' ? String(index) : keyOf(take(walk, SCALAR))
    if (closing === '}') skipSpace(walk)
    const inner = [...path, step]
    const start = walk.at
    skipValue(walk, inner)
    walk.places.set(JSON.stringify(inner), { at, start, end: walk.at })
  }
  walk.at += 1
}

/** A key without its quotes; the few that are written with escapes are found as they are written. */
const keyOf = (written: string): string => written.slice(1, -1)
