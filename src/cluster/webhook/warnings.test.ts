import { describe, expect, it } from 'vitest'
import { createNotes } from './notes.ts'
import { quote, renderWarnings } from './warnings.ts'

describe('warnings', () => {
  it('fit what the API server keeps: 256 characters each, 4096 in all, and the last line counts the rest', () => {
    const warnings = Array.from({ length: 100 }, () => ({ code: 'blank-role', text: '🦊'.repeat(300) }) as const)
    const lines = renderWarnings(warnings)
    const lengths = lines.map((line) => Array.from(line).length)
    expect(Math.max(...lengths)).toBe(256)
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(4096)
    expect(lines.at(-1)).toBe(`${100 - lines.length + 1} more warnings are left out`)
  })

  it('are given as they are when they fit', () => {
    expect(renderWarnings([{ code: 'blank-role', text: 'short' }])).toEqual(['short'])
    expect(renderWarnings([])).toEqual([])
  })

  it('show values of others in one line, without control characters, cut', () => {
    expect(quote('a\r\nb\u2028c\u202e`d')).toBe('`a??b?c??d`')
    expect(quote('x'.repeat(1000))).toHaveLength(66)
  })

  it('about many containers are one that names three', () => {
    const notes = createNotes()
    for (const name of ['a', 'b', 'c', 'd', 'e']) notes.addForContainer('mount-path-taken', 'taken', name)
    notes.addForContainer('volume-name-taken', 'named', 'a')
    expect(notes.list()).toEqual([
      { code: 'mount-path-taken', text: 'taken: containers `a`, `b`, `c` and 2 more' },
      { code: 'volume-name-taken', text: 'named: container `a`' },
    ])
  })
})
