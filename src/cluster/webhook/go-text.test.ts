import { describe, expect, it } from 'vitest'
import { parseCsvRecord, parseGoBool, parseGoInteger } from './go-text.ts'

describe('texts that the reference reads with Go', () => {
  it('knows the words of ParseBool and no others', () => {
    for (const word of ['1', 't', 'T', 'TRUE', 'true', 'True']) expect(parseGoBool(word)).toBe(true)
    for (const word of ['0', 'f', 'F', 'FALSE', 'false', 'False']) expect(parseGoBool(word)).toBe(false)
    for (const word of ['', 'yes', 'tRUE', ' true', '2']) expect(parseGoBool(word)).toBeUndefined()
  })

  it('reads whole numbers of 64 bits with one sign at most', () => {
    expect(parseGoInteger('+700')).toBe(700n)
    expect(parseGoInteger('-0')).toBe(0n)
    expect(parseGoInteger('9223372036854775807')).toBe(9223372036854775807n)
    for (const text of ['9223372036854775808', '1_000', '1e3', ' 9', '9 ', '', '--1', '0x10', '9'.repeat(100_000)]) {
      expect(parseGoInteger(text)).toBeUndefined()
    }
  })

  it.each([
    ['a,b', ['a', 'b']],
    ['a, b', ['a', ' b']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a""b"', ['a"b']],
    ['"two\nlines",c', ['two\nlines', 'c']],
    ['\n\nfirst\nsecond', ['first']],
    ['first\r\nsecond', ['first']],
    ['first\r', ['first']],
    [',', ['', '']],
    [' ', [' ']],
  ])('reads the record %j as %j', (text, fields) => {
    expect(parseCsvRecord(text)).toEqual(fields)
  })

  it.each(['', '\n', 'a"b', '"open', '"a"b', '"a" ,b', ' "a"'])('reads no record in %j', (text) => {
    expect(parseCsvRecord(text)).toBeUndefined()
  })
})
