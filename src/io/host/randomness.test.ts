import { describe, expect, it } from 'vitest'
import { systemRandomness } from './randomness.ts'

describe('randomness', () => {
  it('gives as many bytes as are asked for, and none of them twice', () => {
    const seen = new Set<string>()
    for (let round = 0; round < 2000; round += 1) {
      const bytes = systemRandomness.bytes(16)
      expect(bytes).toHaveLength(16)
      seen.add(Buffer.from(bytes).toString('hex'))
    }
    expect(seen.size).toBe(2000)
  })

  it.each([0, 1, 24, 64, 65, 5000])('gives %i bytes', (count) => {
    expect(systemRandomness.bytes(count)).toHaveLength(count)
  })

  it('gives bytes that nobody else can change', () => {
    const first = systemRandomness.bytes(8)
    const kept = Buffer.from(first).toString('hex')
    for (let round = 0; round < 1000; round += 1) systemRandomness.bytes(8).fill(0)
    expect(Buffer.from(first).toString('hex')).toBe(kept)
  })

  it('gives UUIDs of version 4', () => {
    expect(systemRandomness.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
