import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseStrictJson, StrictJsonError } from '../../../src/core/index.ts'

const folder = join(import.meta.dirname, '../../vectors/jsontestsuite/test_parsing')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** Duplicate keys are JSON by RFC 8259; we refuse them on purpose, because readers differ in which one they take. */
const REFUSED_ON_PURPOSE = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json']

function accepts(name: string): boolean {
  try {
    parseStrictJson(readFileSync(join(folder, name)))
    return true
  } catch (failure) {
    expect(failure).toBeInstanceOf(StrictJsonError)
    return false
  }
}

describe('JSONTestSuite', () => {
  it('is here whole', () => {
    const countOf = (letter: string) => files.filter((name) => name.startsWith(`${letter}_`)).length
    expect([countOf('y'), countOf('n'), countOf('i')]).toEqual([95, 188, 35])
  })

  it('every text that is not JSON is refused', () => {
    expect(files.filter((name) => name.startsWith('n_') && accepts(name))).toEqual([])
  })

  it('every text that is JSON is accepted, but for the duplicate keys', () => {
    expect(files.filter((name) => name.startsWith('y_') && !accepts(name))).toEqual(REFUSED_ON_PURPOSE)
  })

  it('what is read is what JSON.parse reads', () => {
    const accepted = files.filter((name) => !name.startsWith('n_') && accepts(name))
    for (const name of accepted) {
      const bytes = readFileSync(join(folder, name))
      expect(JSON.stringify(parseStrictJson(bytes)), name).toBe(JSON.stringify(JSON.parse(bytes.toString('utf8'))))
    }
  })

  it('of the free ones, no number that is not finite, no lone surrogate, no bytes that are not UTF-8 and no deep nesting passes', () => {
    expect(files.filter((name) => name.startsWith('i_') && accepts(name))).toEqual([
      'i_number_double_huge_neg_exp.json',
      'i_number_real_underflow.json',
      'i_number_too_big_neg_int.json',
      'i_number_too_big_pos_int.json',
      'i_number_very_big_negative_int.json',
    ])
  })
})
