import { describe, expect, it } from 'vitest'
import { instant } from '../../../core/index.ts'
import type { StoredObject } from './model.ts'
import { checkCopySource, checkRead, matchesEtag, readWriteCondition } from './preconditions.ts'
import { readPart, readRange } from './ranges.ts'

const AT = Date.parse('2026-03-01T12:00:00.500Z')
const object: StoredObject = {
  bucket: 'b',
  key: 'k',
  size: 3,
  etag: 'abc',
  modifiedAt: instant(AT),
  content: { kind: 'file', id: '1' },
  headers: {},
}
const before = new Date(AT - 60_000)
const after = new Date(AT + 60_000)
const sameSecond = new Date('2026-03-01T12:00:00Z')

describe('the conditions of a read', () => {
  it.each([
    ['nothing', {}],
    ['its tag', { IfMatch: '"abc"' }],
    ['its tag outranking the date', { IfMatch: '"abc"', IfUnmodifiedSince: before }],
    ['another tag outranking the date', { IfNoneMatch: '"x"', IfModifiedSince: after }],
    ['unmodified since the same second', { IfUnmodifiedSince: sameSecond }],
    ['modified since before', { IfModifiedSince: before }],
  ])('%s holds', (_, conditions) => {
    expect(() => checkRead(object, conditions)).not.toThrow()
  })

  it.each([
    ['another tag', { IfMatch: '"x"' }, 412],
    ['unmodified since before', { IfUnmodifiedSince: before }, 412],
    ['none of its tag', { IfNoneMatch: '"abc"' }, 304],
    ['none of any tag', { IfNoneMatch: '*' }, 304],
    ['its tag among others, outranking the date', { IfNoneMatch: '"x", W/"abc"', IfModifiedSince: before }, 304],
    ['modified since the same second', { IfModifiedSince: sameSecond }, 304],
  ])('%s does not hold', (_, conditions, httpStatus) => {
    expect(() => checkRead(object, conditions)).toThrow(expect.objectContaining({ httpStatus }))
  })

  it('a copy is refused where a read would be not modified', () => {
    expect(() => checkCopySource(object, { IfNoneMatch: '"abc"' })).toThrow(
      expect.objectContaining({ httpStatus: 412 }),
    )
    expect(() => checkCopySource(object, { IfModifiedSince: after })).toThrow(
      expect.objectContaining({ httpStatus: 412 }),
    )
    expect(() => checkCopySource(object, { IfMatch: 'abc', IfUnmodifiedSince: before })).not.toThrow()
  })
})

it('tags match with and without quotes, in lists, and never in part', () => {
  expect(['abc', '"abc"', 'W/"abc"', '"x","abc"', '*'].every((header) => matchesEtag(header, 'abc'))).toBe(true)
  expect(['ab', '"abcd"', '', '"a,b"'].some((header) => matchesEtag(header, 'abc'))).toBe(false)
})

it('a write knows If-None-Match with a star and nothing else', () => {
  expect(readWriteCondition({ IfNoneMatch: '*' })).toEqual({ ifAbsent: true })
  expect(() => readWriteCondition({ IfNoneMatch: '"abc"' })).toThrow(
    expect.objectContaining({ code: 'NotImplemented' }),
  )
})

describe('a range', () => {
  it.each([
    ['bytes=0-4', 10, { first: 0, last: 4 }],
    ['bytes=5-', 10, { first: 5, last: 9 }],
    ['bytes=-3', 10, { first: 7, last: 9 }],
    ['bytes=-30', 10, { first: 0, last: 9 }],
    ['bytes=8-100', 10, { first: 8, last: 9 }],
    ['bytes=9-9', 10, { first: 9, last: 9 }],
  ])('%s of %i bytes is that part', (header, size, wanted) => {
    expect(readRange(header, size)).toEqual(wanted)
  })

  it.each(['bytes=4-2', 'bytes=-', 'bytes=0-1,3-4', 'items=0-1', 'bytes=a-b', 'bytes=1', ''])(
    '%j is none, and ignored',
    (header) => {
      expect(readRange(header, 10)).toBeUndefined()
    },
  )

  it.each([
    ['bytes=10-', 10],
    ['bytes=10-12', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=-5', 0],
  ])('%s of %i bytes cannot be satisfied', (header, size) => {
    expect(() => readRange(header, size)).toThrow(expect.objectContaining({ code: 'InvalidRange', httpStatus: 416 }))
  })

  it('part 1 is the whole object, and there is no part 2', () => {
    expect(readPart({ PartNumber: 1 }, 10)).toEqual({ first: 0, last: 9 })
    expect(() => readPart({ PartNumber: 2 }, 10)).toThrow(expect.objectContaining({ code: 'InvalidPartNumber' }))
    expect(() => readPart({ PartNumber: 1, Range: 'bytes=0-1' }, 10)).toThrow(
      expect.objectContaining({ httpStatus: 400 }),
    )
  })
})
