import { compileGlob } from './glob.ts'
import { parsePattern } from './pattern.ts'

/** True when the text is one that `StringLike` would find for the value: `*` is any run of characters, `?` exactly one. */
export function matchesWildcards(value: string, text: string): boolean {
  return compileGlob(parsePattern(value, { wildcards: 'read', variables: 'literal' }))(text)
}
