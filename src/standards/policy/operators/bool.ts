import { parsePattern, readValue, resolveParts } from '../pattern.ts'
import type { Comparison } from './model.ts'

/** `true` or `false`, in any case; anything else is neither. */
export function parseBool(text: string): boolean | undefined {
  const folded = text.toLowerCase()
  if (folded === 'true') return true
  return folded === 'false' ? false : undefined
}

export const bool: Comparison = {
  reads: 'variables',
  compile: (values, variables) => {
    const patterns = values.map((value) => parsePattern(value, { wildcards: 'literal', variables }))
    return (found, keys) => {
      const wanted = parseBool(found)
      if (wanted === undefined) return false
      return patterns.some((parts) => {
        const text = resolveParts(parts, keys, readValue)?.map((part) => (part.kind === 'text' ? part.text : ''))
        return text !== undefined && parseBool(text.join('')) === wanted
      })
    }
  },
}
