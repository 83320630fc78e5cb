import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPackedPart, renderPackedPart } from './packed-part.ts'
import { readPlaintext } from './plaintext.ts'
import { readTexts, readTlv, renderTexts, tlvWriter } from './tlv.ts'

const KNOWN = new Set([1, 2, 3])
const read = (...bytes: readonly number[]) => readTlv(Buffer.from(bytes), KNOWN)

describe('fields', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.maxSafeNat().map((n) => n % 2 ** 48),
        fc.uint8Array(),
        (text, number, bytes) => {
          const writer = tlvWriter()
          writer.text(1, text)
          writer.number(2, number)
          writer.bytes(3, bytes)
          const fields = readTlv(writer.finish(), KNOWN)
          expect([fields?.text(1), fields?.number(2)]).toEqual([text, number])
          expect(fields?.bytes(3)?.equals(bytes)).toBe(true)
        },
      ),
    )
  })

  it('that are unknown are refused below 0x80, and skipped from there on', () => {
    expect(read(4, 1, 0)).toBeUndefined()
    expect(read(0x7f, 0)).toBeUndefined()
    expect(read(0x80, 1, 0, 1, 1, 65)?.text(1)).toBe('A')
  })

  it('are refused twice, cut off, or with a length that runs past the end', () => {
    expect(read(1, 0, 1, 0)).toBeUndefined()
    expect(read(1)).toBeUndefined()
    expect(read(1, 2, 65)).toBeUndefined()
    expect(read(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).toBeUndefined()
  })

  it('are no number when bytes are left over', () => {
    expect(read(1, 2, 5, 5)?.number(1)).toBeUndefined()
    expect(read(1, 1, 0x80)?.number(1)).toBeUndefined()
  })

  it('hold no negative and no broken number', () => {
    expect(() => tlvWriter().number(1, -1)).toThrow(RangeError)
    expect(() => tlvWriter().number(1, 1.5)).toThrow(RangeError)
  })

  it('hold texts one after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (texts) => {
        expect(readTexts(renderTexts(texts))).toEqual(texts)
      }),
    )
    expect(readTexts(Buffer.of(2, 65))).toBeUndefined()
  })
})

describe('anything else than what was written', () => {
  it('is no session, and no fault either', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readPlaintext(Buffer.from(bytes))).toBeUndefined()
      }),
      { numRuns: 5_000 },
    )
  })

  it('is no packed part when it inflates beyond all measure', () => {
    const bomb = deflateRawSync(Buffer.alloc(1_000_000, 'A'))
    expect(bomb.length).toBeLessThan(1_100)
    expect(readPackedPart(bomb, true)).toBeUndefined()
    expect(readPackedPart(Buffer.from('no deflate stream'), true)).toBeUndefined()
  })

  it('is no packed part when a tag has no value', () => {
    const writer = tlvWriter()
    writer.bytes(3, renderTexts(['key', 'value', 'key without value']))
    expect(readPackedPart(writer.finish(), false)).toBeUndefined()
  })
})

it('a packed part is deflated only when that makes it shorter', () => {
  const part = { sessionPolicyArns: [], transitiveTagKeys: [] }
  expect(renderPackedPart({ ...part, tags: new Map([['a', 'b']]) })?.isDeflated).toBe(false)
  expect(renderPackedPart({ ...part, tags: new Map([['a'.repeat(100), 'b'.repeat(100)]]) })?.isDeflated).toBe(true)
  expect(renderPackedPart({ ...part, tags: new Map() })).toBeUndefined()
})
