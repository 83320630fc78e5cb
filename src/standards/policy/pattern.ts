import type { ContextKeys, PolicyVersion } from './model.ts'

/** What a pattern is made of. Text is literal, whatever stands in it. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `*`: any run of characters, also none. */
  | { readonly kind: 'any' }
  /** `?`: exactly one character. */
  | { readonly kind: 'one' }
  /** `${key}` or `${key, 'fallback'}`; without a key it is malformed and never has a value. */
  | { readonly kind: 'variable'; readonly written: string; readonly key?: string; readonly fallback?: string }

export interface PatternSyntax {
  readonly wildcards: 'read' | 'literal'
  readonly variables: 'read' | 'literal'
}

/** SPEC: variables came with version 2012-10-17; before it `${…}` is text. */
export function variablesOf(version: PolicyVersion): PatternSyntax['variables'] {
  return version === '2012-10-17' ? 'read' : 'literal'
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function parsePattern(text: string, { wildcards, variables }: PatternSyntax): readonly Part[] {
  const parts: Part[] = []
  let literal = ''
  const push = (part: Part) => {
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    literal = ''
    parts.push(part)
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string
    if (wildcards === 'read' && character === '*') {
      if (literal !== '' || parts.at(-1)?.kind !== 'any') push({ kind: 'any' })
    } else if (wildcards === 'read' && character === '?') push({ kind: 'one' })
    else if (variables === 'read' && character === '$' && text[at + 1] === '{') {
      const variable = readVariable(text, at)
      if (variable.part.kind === 'text') literal += variable.part.text
      else push(variable.part)
      at = variable.end
    } else literal += character
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal })
  return parts
}

/** SPEC: comma and one space before the default, which stands in single quotes. */
const VARIABLE = /^([^\s,'{}]+)(?:, '(.*)')?$/s

/** `end` is the place of the closing brace. */
function readVariable(text: string, start: number): { readonly part: Part; readonly end: number } {
  const quote = text.indexOf("'", start)
  let end = text.indexOf('}', start)
  // A brace inside of the quotes does not close.
  if (quote >= 0 && quote < end) {
    const closed = text.indexOf("'}", quote + 1)
    if (closed >= 0) end = closed + 1
  }
  if (end < 0) return { part: { kind: 'text', text: text.slice(start) }, end: text.length }
  const written = text.slice(start, end + 1)
  const inside = written.slice(2, -1)
  // SPEC: `${*}`, `${?}` and `${$}` are the characters themselves.
  if (inside === '*' || inside === '?' || inside === '$') return { part: { kind: 'text', text: inside }, end }
  const match = VARIABLE.exec(inside)
  if (match === null) return { part: { kind: 'variable', written }, end }
  const [, key = '', fallback] = match
  return {
    part: { kind: 'variable', written, key: key.toLowerCase(), ...(fallback === undefined ? {} : { fallback }) },
    end,
  }
}

export type Variable = Extract<Part, { kind: 'variable' }>
/** Gives a variable its value; undefined is AWS's null value. */
export type ReadVariable = (variable: Variable, keys: ContextKeys) => string | undefined

/** SPEC: only keys of one value stand for something; without a value and without a default a variable is null. */
export const readValue: ReadVariable = ({ key, fallback }, keys) => {
  const value = key === undefined ? undefined : keys.get(key)
  return typeof value === 'string' ? value : fallback
}

/** In resources an empty value counts as none: `bucket/${aws:PrincipalTag/team}/*` must not become `bucket//*`. */
export const readInResource: ReadVariable = ({ key, fallback }, keys) => {
  const value = key === undefined ? undefined : keys.get(key)
  return typeof value === 'string' && value !== '' ? value : fallback
}

/** Variables replaced by literal text; undefined when one of them has no value. */
export function resolveParts(
  parts: readonly Part[],
  keys: ContextKeys,
  read: ReadVariable,
): readonly Part[] | undefined {
  const resolved: Part[] = []
  for (const part of parts) {
    if (part.kind !== 'variable') resolved.push(part)
    else {
      const text = read(part, keys)
      if (text === undefined) return undefined
      resolved.push({ kind: 'text', text })
    }
  }
  return resolved
}

/** The pattern with its variables replaced, for people; what has no value stays as it was written. */
export function renderParts(parts: readonly Part[], keys: ContextKeys, read: ReadVariable): string {
  const hasWildcards = parts.some(({ kind }) => kind === 'any' || kind === 'one')
  // Beside wildcards, a star of the text is shown as what one would have to write for it.
  const literal = (text: string) =>
    hasWildcards && (text.includes('*') || text.includes('?'))
      ? text.replaceAll(/[*?]/g, (found) => `\${${found}}`)
      : text
  const rendering: Rendering = { keys, read, literal }
  let rendered = ''
  for (const part of parts) rendered += RENDER[part.kind](part as never, rendering)
  return rendered
}

interface Rendering {
  readonly keys: ContextKeys
  readonly read: ReadVariable
  readonly literal: (text: string) => string
}

const RENDER = {
  any: () => '*',
  one: () => '?',
  text: ({ text }, { literal }) => literal(text),
  variable: (variable, { keys, read, literal }) => {
    const value = read(variable, keys)
    return value === undefined ? variable.written : literal(value)
  },
} as const satisfies { [K in Part['kind']]: (part: Extract<Part, { kind: K }>, rendering: Rendering) => string }

export function hasVariables(parts: readonly Part[]): boolean {
  return parts.some(({ kind }) => kind === 'variable')
}
