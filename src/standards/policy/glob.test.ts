import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agreement, compileGlob, globOf, matchesGlob } from './glob.ts'
import { parsePattern } from './pattern.ts'

const partsOf = (pattern: string) => parsePattern(pattern, { wildcards: 'read', variables: 'literal' })
const matches = (pattern: string, text: string) => compileGlob(partsOf(pattern))(text)

/** All starts of the text that the pattern so far covers; a letter at a time. */
function slowly(pattern: string, text: string): boolean {
  let reached = new Set([0])
  for (const letter of pattern) {
    const next = new Set<number>()
    for (const at of reached) {
      if (letter === '*') for (let to = at; to <= text.length; to += 1) next.add(to)
      else if (at < text.length && (letter === '?' || letter === text[at])) next.add(at + 1)
    }
    reached = next
  }
  return reached.has(text.length)
}

describe('a pattern', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['?', '', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*ab*ab', 'abab', true],
    ['*ab*ab', 'ab', false],
    ['a?c*', 'abcd', true],
    ['*a?c', 'abcaxc', true],
    ['**', 'x', true],
    ['b/*', 'b/x\ny', true],
    ['[a-z]+', 'abc', false],
  ])('`%s` and `%s`: %j', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  it('means the same whichever way it is matched', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 12 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 })
    fc.assert(
      fc.property(letters, text, (pattern, subject) => {
        const expected = slowly(pattern, subject)
        expect(matches(pattern, subject)).toBe(expected)
        expect(matchesGlob(globOf(partsOf(pattern)), subject)).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['b/*a*a*a*a*a*a*b', `b/${'a'.repeat(2000)}`],
    [`${'a*'.repeat(500)}b`, 'a'.repeat(2000)],
    [`${'*?a'.repeat(300)}b`, 'a'.repeat(2000)],
    [`*${'?'.repeat(1000)}b*c`, 'a'.repeat(2000)],
    [`*${'a?'.repeat(500)}b*`, 'a'.repeat(2000)],
  ])('made to be slow takes at most one step for each letter of pattern and text together (%#)', (pattern, text) => {
    const glob = globOf(partsOf(pattern))
    const counted = new CountedText(text)
    expect(matchesGlob(glob, counted as unknown as string)).toBe(false)
    expect(counted.steps).toBeLessThanOrEqual(pattern.length * text.length)
    // Stars cost nothing beyond that: each piece between them is looked for once, from where the one before ended.
    expect(counted.searches).toBeLessThanOrEqual(glob.length)
  })
})

/** A text that counts how often it is looked at. */
class CountedText {
  steps = 0
  searches = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get length(): number {
    return this.#text.length
  }

  charCodeAt(at: number): number {
    this.steps += 1
    return this.#text.charCodeAt(at)
  }

  startsWith(start: string, at = 0): boolean {
    this.steps += start.length
    return this.#text.startsWith(start, at)
  }

  /** Asked only for what stands at one place. */
  lastIndexOf(start: string, at: 0): number {
    this.steps += start.length
    return this.#text.lastIndexOf(start, at)
  }

  indexOf(wanted: string, from: number): number {
    this.searches += 1
    const found = this.#text.indexOf(wanted, from)
    this.steps += (found < 0 ? this.#text.length : found) - from + wanted.length
    return found
  }
}

describe('how far a pattern and a text agree', () => {
  it.each([
    ['system:serviceaccount:prod:app', 'system:serviceaccount:staging:app', 22],
    ['abc', 'ab', 2],
    ['abc', 'abcd', 3],
    ['a?c', 'abd', 2],
    ['b/*.txt', 'b/x.json', 8],
    ['b/*', 'c/x', 0],
    ['', 'x', 0],
  ])('`%s` and `%s` agree in %d letters', (pattern, text, expected) => {
    expect(agreement(globOf(partsOf(pattern)), text)).toBe(expected)
  })
})
