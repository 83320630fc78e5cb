import { compileMatcher } from '../glob.ts'
import { hasVariables, type Part, parsePattern, readValue, resolveParts } from '../pattern.ts'
import type { AnyTest, Comparison } from './model.ts'

/** Exact, case and all; a star is a star. */
export const stringEquals = equality(undefined)
/** Exact but for the case of letters. */
export const stringEqualsIgnoreCase = equality((text) => text.toLowerCase())

/** With `*` and `?`; what a variable brings is literal. */
export const stringLike: Comparison = {
  reads: 'wildcards',
  compile: (values, variables) => {
    const matchers = values.map((value) =>
      compileMatcher(parsePattern(value, { wildcards: 'read', variables }), readValue),
    )
    const [only] = matchers
    if (only !== undefined && matchers.length === 1) return (found, keys) => only(found, keys) === true
    return (found, keys) => matchers.some((matches) => matches(found, keys) === true)
  },
}

type Fold = (text: string) => string

function equality(folding: Fold | undefined): Comparison {
  const fold = folding ?? ((text) => text)
  return {
    reads: 'variables',
    compile: (values, variables) => {
      const patterns = values.map((value) => parsePattern(value, { wildcards: 'literal', variables }))
      const literals = new Set(patterns.filter((parts) => !hasVariables(parts)).map((parts) => fold(textOf(parts))))
      const templates = patterns.filter(hasVariables)
      return templates.length === 0 ? literalTest(literals, folding) : templateTest(literals, templates, fold)
    },
  }
}

function literalTest(literals: ReadonlySet<string>, fold: Fold | undefined): AnyTest {
  if (fold !== undefined) return (found) => literals.has(fold(found))
  const [only] = literals
  if (literals.size === 1 && only !== undefined) return (found) => found === only
  return (found) => literals.has(found)
}

function templateTest(literals: ReadonlySet<string>, templates: readonly (readonly Part[])[], fold: Fold): AnyTest {
  return (found, keys) => {
    const folded = fold(found)
    if (literals.has(folded)) return true
    return templates.some((parts) => {
      const resolved = resolveParts(parts, keys, readValue)
      return resolved !== undefined && fold(textOf(resolved)) === folded
    })
  }
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
}
