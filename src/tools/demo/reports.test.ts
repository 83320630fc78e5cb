import { describe, expect, test } from 'vitest'
import { DemoError } from './errors.ts'
import { parseReports } from './reports.ts'

describe('what the program printed', () => {
  test('is read by call', () => {
    const reports = parseReports('{"call":"a","allowed":true}\n{"call":"b","allowed":false,"code":"AccessDenied"}\n')
    expect(reports.get('b')).toEqual({ call: 'b', allowed: false, code: 'AccessDenied' })
    expect(reports.get('c')).toBeUndefined()
  })

  test.each(['hello', '{"call":"a"}', '["call","allowed"]', 'null', '{"call":"a","allowed":true'])(
    '%s is no report, and the demo fails at it',
    (line) => {
      expect(() => parseReports(`${line}\n`)).toThrow(DemoError)
    },
  )

  test('that is nothing is no report of anything', () => {
    expect(parseReports('').size).toBe(0)
  })
})
