import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, comparePairs } from './pairs.ts'
import { randomRequest, tapeOf } from './random-request.ts'

/** Four requests to each; the million is in `million.fuzz.ts`. */
const POLICY_SETS = 5000
const SHRINKING_PAIRS = 500

describe('three evaluators', () => {
  it('agree on random pairs of request and policies, every kind of outcome among them', () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < POLICY_SETS; seed += 1) {
      for (const { difference, outcome } of comparePairs(seed)) {
        expect(difference, `seed ${seed}`).toBeUndefined()
        outcomes.add(outcome)
      }
    }
    const types = ['identity', 'resource', 'trust', 'boundary', 'session', 'service-control', 'endpoint']
    expect([...outcomes].sort()).toEqual(
      [
        ...types.map((type) => `implicit-deny by ${type}`),
        ...[...types, 'resource-control'].map((type) => `explicit-deny by ${type}`),
        ...['identity', 'resource', 'trust'].map((type) => `allow by ${type}`),
      ].sort(),
    )
  }, 300_000)

  it('agree on pairs that shrink to the smallest that does not', () => {
    const tape = fc.array(fc.nat({ max: 0xffff }), { maxLength: 300, size: 'max' })
    fc.assert(
      fc.property(tape, (numbers) => {
        expect(compare(randomRequest(tapeOf(numbers))).difference).toBeUndefined()
      }),
      { numRuns: SHRINKING_PAIRS },
    )
  }, 300_000)
})
