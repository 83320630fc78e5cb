import { hasVariables, type Part, parsePattern, readValue, resolveParts } from '../pattern.ts'
import type { Comparison } from './model.ts'

/** `true` or `false`, in any case; anything else is neither. */
export function parseBool(text: string): boolean | undefined {
  if (text === 'true') return true
  if (text === 'false') return false
  const folded = text.length > 5 ? text : text.toLowerCase()
  if (folded === 'true') return true
  return folded === 'false' ? false : undefined
}

export const bool: Comparison = {
  reads: 'variables',
  compile: (values, variables) => {
    const patterns = values.map((value) => parsePattern(value, { wildcards: 'literal', variables }))
    const literals = patterns.filter((parts) => !hasVariables(parts)).map((parts) => parseBool(textOf(parts)))
    const templates = patterns.filter(hasVariables)
    const accepts = { true: literals.includes(true), false: literals.includes(false) }
    const accepted = (wanted: boolean) => (wanted ? accepts.true : accepts.false)
    if (templates.length === 0)
      return (found) => {
        const wanted = parseBool(found)
        return wanted !== undefined && accepted(wanted)
      }
    return (found, keys) => {
      const wanted = parseBool(found)
      if (wanted === undefined) return false
      if (accepted(wanted)) return true
      return templates.some((parts) => parseBool(textOf(resolveParts(parts, keys, readValue) ?? [])) === wanted)
    }
  },
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
}
