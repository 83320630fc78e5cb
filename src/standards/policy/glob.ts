import type { ContextKeys } from './model.ts'
import { hasVariables, type Part, type ReadVariable } from './pattern.ts'

/**
 * A pattern cut at its stars: the first chunk stands at the start, the last one at the end, those between in this order.
 * Taking each chunk at the first place where it fits is enough, so that no pattern makes the matcher go back over a star.
 */
export type Glob = readonly Chunk[]

interface Chunk {
  readonly text: string
  /** For a chunk with a `?`: its UTF-16 units, `ANY_UNIT` where any one fits. */
  readonly units?: Uint32Array
}

export type TextTest = (text: string) => boolean
/** Undefined when the pattern has no meaning for this request: a variable of it has no value. */
export type Matcher = (text: string, keys: ContextKeys) => boolean | undefined

/** The test that is a pattern; variables are read anew for each request. */
export function compileMatcher(parts: readonly Part[], read: ReadVariable): Matcher {
  if (!hasVariables(parts)) return compileGlob(parts)
  const templates = cutAtStars(parts).map((chunk) =>
    hasVariables(chunk) ? { parts: chunk } : { parts: chunk, fixed: chunkOf(chunk) },
  )
  return (text, keys) => {
    const glob: Chunk[] = []
    for (const { parts: chunk, fixed } of templates) {
      const resolved = fixed ?? resolveChunk(chunk, keys, read)
      if (resolved === undefined) return undefined
      glob.push(resolved)
    }
    return matchesGlob(glob, text)
  }
}

function cutAtStars(parts: readonly Part[]): readonly (readonly Part[])[] {
  const chunks: Part[][] = [[]]
  for (const part of parts) {
    if (part.kind === 'any') chunks.push([])
    else chunks.at(-1)?.push(part)
  }
  return chunks
}

/** Undefined when a variable has no value. */
function resolveChunk(parts: readonly Part[], keys: ContextKeys, read: ReadVariable): Chunk | undefined {
  let text = ''
  const ones: number[] = []
  for (const part of parts) {
    if (part.kind === 'one') ones.push(text.length)
    const piece = part.kind === 'variable' ? read(part, keys) : part.kind === 'text' ? part.text : '?'
    if (piece === undefined) return undefined
    text += piece
  }
  return ones.length === 0 ? { text } : { text, units: unitsOf(text, ones) }
}

const ANY_UNIT = 0x10000

function unitsOf(text: string, ones: readonly number[]): Uint32Array {
  const units = Uint32Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  for (const at of ones) units[at] = ANY_UNIT
  return units
}

/** The test that is a pattern without variables, in the cheapest form that does. */
export function compileGlob(parts: readonly Part[]): TextTest {
  const glob = globOf(parts)
  const [first, last] = [glob[0], glob.at(-1)]
  if (first === undefined || last === undefined || glob.some(({ units }) => units !== undefined) || glob.length > 2)
    return (text) => matchesGlob(glob, text)
  const [start, end] = [first.text, last.text]
  if (glob.length === 1) return (text) => text === start
  if (start === '' && end === '') return () => true
  if (end === '') return (text) => beginsWith(text, start)
  if (start === '') return (text) => text.endsWith(end)
  const least = start.length + end.length
  return (text) => text.length >= least && beginsWith(text, start) && text.endsWith(end)
}

/** As `startsWith` says, in a third of its time: here only one place is looked at too, but by a comparison of memory. */
export function beginsWith(text: string, start: string): boolean {
  return text.lastIndexOf(start, 0) === 0
}

/** Cuts parts; a variable in them is the text that stands for it. */
export function globOf(parts: readonly Part[]): Glob {
  return cutAtStars(parts).map(chunkOf)
}

function chunkOf(parts: readonly Part[]): Chunk {
  return resolveChunk(parts, NO_KEYS, ({ written }) => written) ?? { text: '' }
}

const NO_KEYS: ContextKeys = { get: () => undefined }

/** True when the pattern covers the whole text. Looks for each chunk once, only ever forward. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const [first, last] = [glob[0], glob.at(-1)]
  if (first === undefined || last === undefined) return false
  if (glob.length === 1) return text.length === first.text.length && fits(first, text, 0)
  const end = text.length - last.text.length
  if (end < first.text.length || !fits(first, text, 0) || !fits(last, text, end)) return false
  let at = first.text.length
  for (let index = 1; index < glob.length - 1; index += 1) {
    const chunk = glob[index] as Chunk
    const found = find(chunk, text, at)
    if (found < 0) return false
    at = found + chunk.text.length
    if (at > end) return false
  }
  return true
}

function fits({ text: wanted, units }: Chunk, text: string, at: number): boolean {
  if (units === undefined) return at === 0 ? beginsWith(text, wanted) : text.startsWith(wanted, at)
  if (at + units.length > text.length) return false
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index]
    if (unit !== ANY_UNIT && unit !== text.charCodeAt(at + index)) return false
  }
  return true
}

/** First place from `from` on at which the chunk fits, or -1. */
function find(chunk: Chunk, text: string, from: number): number {
  if (chunk.units === undefined) return text.indexOf(chunk.text, from)
  for (let at = from; at + chunk.text.length <= text.length; at += 1) if (fits(chunk, text, at)) return at
  return -1
}

/** Length of the longest start of `text` with which a text that the pattern covers can begin. */
export function agreement(glob: Glob, text: string): number {
  let at = 0
  for (const [index, chunk] of glob.entries()) {
    if (index > 0) {
      const found = find(chunk, text, at)
      // Behind a star anything may still come: only the end of the text is too early, or the chunk is missing.
      if (found < 0) return text.length
      at = found
    }
    const common = commonLength(chunk, text, at)
    at += common
    if (common < chunk.text.length) return at
  }
  return glob.length > 1 ? text.length : at
}

function commonLength({ text: wanted, units }: Chunk, text: string, from: number): number {
  const most = Math.min(wanted.length, text.length - from)
  let length = 0
  while (
    length < most &&
    (units?.[length] === ANY_UNIT || text.charCodeAt(from + length) === wanted.charCodeAt(length))
  )
    length += 1
  return length
}

/** Length of the start that both texts share. */
export function commonStart(one: string, other: string): number {
  return commonLength({ text: one }, other, 0)
}
