import { splitArnPattern, splitArnText } from '../arn-pattern.ts'
import { compileMatcher, type Matcher } from '../glob.ts'
import { hasVariables, type PatternSyntax, parsePattern, readValue } from '../pattern.ts'
import type { Comparison } from './model.ts'

/** `ArnEquals` and `ArnLike` are one: six parts, each with wildcards of its own that do not reach over a colon. */
export const arnLike: Comparison = {
  reads: 'wildcards',
  compile: (values, variables) => {
    const tests = values.map((value) => compileArn(value, variables))
    return (found, keys) => {
      const parts = splitArnText(found)
      return parts !== undefined && tests.some((matches) => matches(parts, keys) === true)
    }
  },
}

type ArnTest = (parts: readonly string[], keys: Parameters<Matcher>[1]) => boolean

function compileArn(value: string, variables: PatternSyntax['variables']): ArnTest {
  if (value === '*') return () => true
  const written = splitArnPattern(value, variables)
  const whole = parsePattern(value, { wildcards: 'read', variables })
  if (written.length < 6) {
    // A variable alone may stand for a whole ARN.
    if (whole.length !== 1 || !hasVariables(whole)) return () => false
    const matches = compileMatcher(whole, readValue)
    return (parts, keys) => matches(parts.join(':'), keys) === true
  }
  const matchers = written.map((part) =>
    compileMatcher(parsePattern(part, { wildcards: 'read', variables }), readValue),
  )
  return (parts, keys) => matchers.every((matches, at) => matches(parts[at] ?? '', keys) === true)
}
