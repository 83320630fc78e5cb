import { describe, expect, test } from 'vitest'
import { environmentName } from './load.ts'
import type { Option } from './model.ts'
import { placeOptions, upOptions } from './options.ts'

const rows: readonly (readonly [string, Option<unknown>])[] = Object.entries({ ...upOptions, ...placeOptions })

describe.each(rows)('the option %s', (key, option) => {
  test('is called the same in code, flag, file and environment', () => {
    expect(option.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())).toBe(key)
    expect(environmentName(option)).toBe(`OPENIRSA_${option.name.replaceAll('-', '_').toUpperCase()}`)
  })

  test('is explained by one sentence', () => {
    expect(option.summary).toMatch(/^[A-Z].+\.$/)
  })

  test('takes the examples of its schema, and they are what the schema says', () => {
    const { type, examples, enum: words, pattern, minimum = -Infinity, maximum = Infinity } = option.schema
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) {
      expect(() => option.parse(String(example), option.name)).not.toThrow()
      expect(type === 'integer' ? 'number' : type).toBe(typeof example)
      if (words !== undefined) expect(words).toContain(example)
      if (pattern !== undefined) expect(example).toMatch(new RegExp(pattern))
      if (typeof example === 'number') expect(example >= minimum && example <= maximum).toBe(true)
    }
  })

  test('takes the limits and words of its schema, and nothing beyond', () => {
    const { enum: words = [], minimum, maximum } = option.schema
    for (const value of [...words, minimum, maximum].filter((one) => one !== undefined))
      expect(() => option.parse(String(value), option.name)).not.toThrow()
    for (const value of [
      minimum === undefined ? undefined : minimum - 1,
      maximum === undefined ? undefined : maximum + 1,
    ])
      if (value !== undefined) expect(() => option.parse(String(value), option.name)).toThrow('expected')
    if (words.length > 0) expect(() => option.parse('anything', option.name)).toThrow('expected one of')
  })

  test('has a default that it takes itself', () => {
    if (option.fallback !== undefined)
      expect(option.parse(String(option.fallback), option.name)).toEqual(option.fallback)
    expect(option.placeholder === undefined).toBe(option.schema.type === 'boolean')
  })
})
