import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson, StrictJsonError } from './strict-json.ts'

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(JSON.stringify(parseStrictJson(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it('reads every string of code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(parseStrictJson(JSON.stringify(value))).toBe(value)
      }),
    )
  })

  it('never throws anything but StrictJsonError', () => {
    const noise = fc.oneof(
      fc.string(),
      fc.uint8Array(),
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0eE+-.tfn1 ') }),
    )
    fc.assert(
      fc.property(noise, (source) => {
        try {
          parseStrictJson(source)
        } catch (failure) {
          expect(failure).toBeInstanceOf(StrictJsonError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['a duplicate key', '{"a":1,"a":1}', 7],
    ['a duplicate key in another spelling', '{"a":1,"\\u0061":2}', 7],
    ['a duplicate __proto__', '{"__proto__":1,"__proto__":2}', 15],
    ['a lone high surrogate', '["\\ud800"]', 1],
    ['a lone low surrogate', '["\\udc00x"]', 1],
    ['surrogates in the wrong order', '["\\udc00\\ud800"]', 1],
    ['a lone surrogate that is not escaped', '["\ud800"]', 1],
    ['a lone surrogate in a key', '{"\\ud800":1}', 1],
    ['a number that is not finite', '[1e999]', 1],
    ['a BOM', '\ufeff{}', 0],
    ['a comma at the end', '[1,]', 3],
    ['a number with a leading zero', '[01]', 2],
    ['text after the value', '{} {}', 3],
    ['an open string', '"abc', 4],
    ['nothing', '', 0],
  ])('%s is refused, with the place', (_, text, offset) => {
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: 'STRICT_JSON', offset }))
  })

  it('bytes that are not UTF-8 are refused', () => {
    for (const bytes of [
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xff, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xef, 0xbb, 0xbf, 0x31],
    ]) {
      expect(() => parseStrictJson(Uint8Array.from(bytes))).toThrow(StrictJsonError)
    }
  })

  it('nesting is accepted up to the limit', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parseStrictJson(nested(32))).not.toThrow()
    expect(() => parseStrictJson(nested(33))).toThrow('at most 32 levels')
    expect(() => parseStrictJson(nested(3), { maxDepth: 2 })).toThrow('at most 2 levels')
    expect(() => parseStrictJson(nested(100_000), { maxDepth: 1e9 })).toThrow('at most 512 levels')
    expect(() => parseStrictJson(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toThrow(StrictJsonError)
    expect(() => parseStrictJson(`[${'[],'.repeat(100)}1]`, { maxDepth: 2 })).not.toThrow()
  })

  it('__proto__ and constructor are ordinary keys', () => {
    const value = parseStrictJson('{"__proto__":{"x":1},"constructor":2,"toString":3}') as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString'])
    expect((value as { x?: unknown }).x).toBeUndefined()
  })

  it('numbers stay as they were written, when asked', () => {
    expect(parseStrictJson('[5.50, -0, 1e2, 12345678901234567890]', { numbers: 'text' })).toEqual([
      '5.50',
      '-0',
      '1e2',
      '12345678901234567890',
    ])
    expect(() => parseStrictJson('[1e999]', { numbers: 'text' })).toThrow(StrictJsonError)
  })

  it('the message says nothing of what was read', () => {
    expect(() => parseStrictJson('{"password":"hunter2" oops}')).toThrow(
      /^expected a comma or the closing bracket at offset 22$/,
    )
  })
})
