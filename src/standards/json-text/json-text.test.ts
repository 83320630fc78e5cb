import { describe, expect, it } from 'vitest'
import { createLocator, createSpanFinder, findJsonFaults, pathOfPointer } from './index.ts'

const TEXT =
  '{\n  "Version": "2012-10-17",\n  "Statement": [\n    { "Effect": "Allow", "Action": ["a:b", "c:d"] }\n  ]\n}'

describe('places', () => {
  it('finds a member by its key and an item by itself', () => {
    const locate = createLocator(TEXT)
    expect(locate(['Statement', 0])).toEqual({ line: 4, column: 5 })
    expect(locate(['Statement', 0, 'Action'])).toEqual({ line: 4, column: 26 })
    expect(locate(['Statement', 0, 'Action', 1])).toEqual({ line: 4, column: 44 })
  })

  it('answers with what stands around an element that is not there', () => {
    expect(createLocator(TEXT)(['Statement', 0, 'Resource'])).toEqual({ line: 4, column: 5 })
  })

  it('gives the span of a value without its key', () => {
    const find = createSpanFinder(TEXT)
    const span = find(['Statement', 0, 'Effect'])
    expect(TEXT.slice(span?.start, span?.end)).toBe('"Allow"')
    expect(TEXT.slice(find([])?.start, find([])?.end)).toBe(TEXT)
    expect(find(['Statement', 1])).toBeUndefined()
  })

  it('reads the steps of a pointer', () => {
    expect(pathOfPointer('/a~1b/0/c~0d')).toEqual(['a/b', '0', 'c~d'])
  })
})

describe('faults', () => {
  it('finds every comma that is missing, each at the end of what stands before it', () => {
    const text = '{\n "a": 1\n "b": [2 3]\n}'
    expect(findJsonFaults(text)).toEqual([
      { line: 2, column: 8, what: 'a comma is missing after 1' },
      { line: 3, column: 9, what: 'a comma is missing after 2' },
    ])
  })

  it('finds nothing in JSON, and stops at what is no missing comma', () => {
    expect(findJsonFaults(TEXT)).toEqual([])
    expect(findJsonFaults('{"a" 1 "b": 2}').map(({ what }) => what)).toEqual(['a colon is missing'])
  })
})
