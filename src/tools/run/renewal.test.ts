import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Instant, instant } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import type { MintedToken } from './identity.ts'
import { keepFresh, type Renewal, renewAfter } from './renewal.ts'

const HOUR = 3_600_000

describe('the time of renewal', () => {
  const clock = fixedClock(0)

  test('is when 80 % of the life have passed', () => {
    expect(renewAfter(instant(HOUR), clock)).toBe(0.8 * HOUR)
  })

  test('is after 24 hours at most: a timer of Node would else run out at once', () => {
    expect(renewAfter(instant(999_999_999_000), clock)).toBe(24 * HOUR)
  })

  test('is now for a token that has expired', () => {
    expect(renewAfter(instant(-HOUR), clock)).toBe(0)
  })
})

describe('a token', () => {
  const clock = fixedClock(0)
  let written: string[]
  let said: string[]
  let answers: (() => Promise<MintedToken>)[]
  let renewal: Renewal

  beforeEach(() => {
    vi.useFakeTimers()
    clock.set(0)
    written = []
    said = []
    answers = []
  })
  afterEach(() => {
    renewal.stop()
    vi.useRealTimers()
  })

  const begin = (expiresAt: Instant): void => {
    renewal = keepFresh({
      expiresAt,
      clock,
      mint: () => answers.shift()?.() ?? Promise.reject(new Error('not now')),
      write: (token) => void written.push(token),
      say: (line) => void said.push(line),
    })
  }
  const pass = async (milliseconds: number): Promise<void> => {
    clock.advanceSeconds(milliseconds / 1000)
    await vi.advanceTimersByTimeAsync(milliseconds)
  }

  test('is renewed again and again, each time at 80 % of the life of the one before', async () => {
    answers.push(async () => ({ token: 'second', expiresAt: instant(2 * HOUR) }))
    answers.push(async () => ({ token: 'third', expiresAt: instant(9 * HOUR) }))
    begin(instant(HOUR))
    await pass(0.8 * HOUR - 1000)
    expect(written).toEqual([])
    await pass(1000)
    expect(written).toEqual(['second'])
    await pass(0.96 * HOUR)
    expect(written).toEqual(['second', 'third'])
  })

  test('that cannot be renewed is tried again after ten seconds, and that is said', async () => {
    answers.push(() => Promise.reject(new Error('no answer')))
    answers.push(async () => ({ token: 'second', expiresAt: instant(9 * HOUR) }))
    begin(instant(HOUR))
    await pass(0.8 * HOUR)
    expect(said).toEqual(['openirsa: the token could not be renewed, trying again: no answer'])
    await pass(10_000)
    expect(written).toEqual(['second'])
  })

  test('that is on its way when all is over is not written any more, and nothing is tried again', async () => {
    let answer: (minted: MintedToken) => void = () => undefined
    answers.push(
      () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    )
    begin(instant(HOUR))
    await pass(0.8 * HOUR)
    renewal.stop()
    answer({ token: 'late', expiresAt: instant(9 * HOUR) })
    await pass(24 * HOUR)
    expect([written, said, vi.getTimerCount()]).toEqual([[], [], 0])
  })

  test('whose renewal fails when all is over is not spoken of', async () => {
    let fail: (failure: Error) => void = () => undefined
    answers.push(
      () =>
        new Promise((_, reject) => {
          fail = reject
        }),
    )
    begin(instant(HOUR))
    await pass(0.8 * HOUR)
    renewal.stop()
    fail(new Error('gone'))
    await pass(24 * HOUR)
    expect([said, vi.getTimerCount()]).toEqual([[], 0])
  })
})
