import { compileGlob, type TextTest } from './glob.ts'
import type { Statement } from './model.ts'
import { parsePattern } from './pattern.ts'

/** Letters of ASCII in lower case: no other letter may become one of them, as the Kelvin sign would become a k. */
export function foldAction(action: string): string {
  if (isAscii(action)) return action.toLowerCase()
  return action.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

/** Takes the action as `foldAction` gives it. SPEC: neither the service's prefix nor the action's name has a case. */
export function compileActions({ not, patterns }: Statement['actions']): TextTest {
  const tests = patterns.map(compileAction)
  return not ? (action) => !tests.some((fits) => fits(action)) : (action) => tests.some((fits) => fits(action))
}

export function compileAction(pattern: string): TextTest {
  return compileGlob(parsePattern(foldAction(pattern), { wildcards: 'read', variables: 'literal' }))
}
