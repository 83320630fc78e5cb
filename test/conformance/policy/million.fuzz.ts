import { describe, expect, it } from 'vitest'
import { comparePairs } from './pairs.ts'

const PAIRS = 1_000_000
/** Another stretch of seeds, not the ones of `npm test`. */
const FIRST_SEED = 1_000_000_000
const MOST_SHOWN = 5

describe('three evaluators', () => {
  it(`agree on ${PAIRS} random pairs of request and policies`, () => {
    const outcomes: Record<string, number> = {}
    const found: object[] = []
    let pairs = 0
    for (let seed = FIRST_SEED; pairs < PAIRS && found.length < MOST_SHOWN; seed += 1) {
      for (const { difference, outcome } of comparePairs(seed)) {
        pairs += 1
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
        if (difference !== undefined) found.push({ seed, ...difference })
      }
    }
    console.log(JSON.stringify({ pairs, disagreements: found.length, outcomes, found }, undefined, 2))
    expect(found).toEqual([])
  })
})
