import { describe, expect, it } from 'vitest'
import { createRate } from './rate.ts'
import { instant } from './time.ts'

const START = Date.parse('2026-03-01T12:00:00Z')

const passedIn = (rate: ReturnType<typeof createRate>, from: number, milliseconds: number): number => {
  let passed = 0
  for (let ms = 0; ms < milliseconds; ms += 1) passed += rate.take('a', instant(from + ms)) ? 1 : 0
  return passed
}

describe('a rate', () => {
  it('counts each key by itself', () => {
    const rate = createRate(2)
    const at = instant(START)
    const taken = ['a', 'a', 'a', 'b'].map((key) => rate.take(key, at))
    expect(taken).toEqual([true, true, false, true])
  })

  it('never lets more than two a second pass for long', () => {
    expect(passedIn(createRate(2), START, 10_000)).toBe(21)
  })

  it('lets what it let pass in one go pass again after a pause, and no more', () => {
    const rate = createRate(10)
    expect(passedIn(rate, START, 1)).toBe(1)
    expect(passedIn(rate, START + 1_000, 1_000)).toBe(19)
    expect(passedIn(rate, START + 100_000, 1_000)).toBe(19)
  })

  it('is not moved by a clock that goes back', () => {
    const rate = createRate(1)
    expect([rate.take('a', instant(START)), rate.take('a', instant(START - 60_000))]).toEqual([true, false])
  })
})
