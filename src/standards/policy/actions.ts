import { compileGlob, type TextTest } from './glob.ts'
import type { Statement } from './model.ts'
import { parsePattern } from './pattern.ts'

/** Letters of ASCII in lower case: no other letter may become one of them. */
export function foldAction(action: string): string {
  return action.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Takes the action as `foldAction` gives it. SPEC: neither the service's prefix nor the action's name has a case. */
export function compileActions({ not, patterns }: Statement['actions']): TextTest {
  const tests = patterns.map(compileAction)
  return not ? (action) => !tests.some((fits) => fits(action)) : (action) => tests.some((fits) => fits(action))
}

export function compileAction(pattern: string): TextTest {
  return compileGlob(parsePattern(foldAction(pattern), { wildcards: 'read', variables: 'literal' }))
}
