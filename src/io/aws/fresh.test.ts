import { describe, expect, it } from 'vitest'
import { type Instant, instant } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import { createFresh } from './fresh.ts'

const HOUR = 3_600_000

function made(clock: { now(): Instant }) {
  const counts = { made: 0, fails: false }
  const fresh = createFresh(async () => {
    counts.made += 1
    if (counts.fails) throw new Error('not now')
    return { serial: counts.made, expiresAt: instant(clock.now() + HOUR) }
  }, clock)
  return { counts, fresh }
}

describe('what is kept fresh', () => {
  it('is made once for many callers, and again when a third of its life is left', async () => {
    const clock = fixedClock(0)
    const { counts, fresh } = made(clock)
    await Promise.all([fresh.get(), fresh.get(), fresh.get()])
    clock.advanceSeconds(2390)
    expect((await fresh.get()).serial).toBe(1)
    clock.advanceSeconds(20)
    expect((await fresh.get()).serial).toBe(2)
    expect(counts.made).toBe(2)
  })

  it('is answered as long as it lives when it cannot be renewed, and no longer', async () => {
    const clock = fixedClock(0)
    const { counts, fresh } = made(clock)
    await fresh.get()
    counts.fails = true
    clock.advanceSeconds(3599)
    expect((await fresh.get()).serial).toBe(1)
    clock.advanceSeconds(1)
    await expect(fresh.get()).rejects.toThrow('not now')
  })

  it('is tried again after a failure', async () => {
    const clock = fixedClock(0)
    const { counts, fresh } = made(clock)
    counts.fails = true
    await expect(fresh.get()).rejects.toThrow('not now')
    counts.fails = false
    expect((await fresh.get()).serial).toBe(2)
  })
})
