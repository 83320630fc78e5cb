import { expect, it } from 'vitest'
import { createBoundedCache } from './bounded-cache.ts'

it('holds no more than its bound, and always what was put last', () => {
  const cache = createBoundedCache<number>(10)
  for (let at = 0; at < 1_000; at += 1) {
    cache.put(`k${at}`, at)
    expect(cache.find(`k${at}`)).toBe(at)
  }
  const held = Array.from({ length: 1_000 }, (_, at) => cache.find(`k${at}`)).filter((value) => value !== undefined)
  expect(held.length).toBeLessThanOrEqual(10)
  expect(held).toContain(999)
})

it('keeps what is used while others come and go', () => {
  const cache = createBoundedCache<string>(10)
  cache.put('mine', 'kept')
  for (let at = 0; at < 1_000; at += 1) {
    cache.put(`k${at}`, '')
    if (at % 3 === 0) expect(cache.find('mine')).toBe('kept')
  }
})

it('forgets everything when it is cleared', () => {
  const cache = createBoundedCache<string>(10)
  cache.put('a', 'b')
  cache.clear()
  expect(cache.find('a')).toBeUndefined()
})
