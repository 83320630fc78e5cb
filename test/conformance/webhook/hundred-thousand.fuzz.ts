import { describe, expect, it } from 'vitest'
import { answerReviews } from './never-crashes.ts'

const REVIEWS = 100_000
/** Other reviews than those of `npm test`. */
const SEED = 1_000_000_000

describe('the webhook', () => {
  it(`answers ${REVIEWS} generated reviews, and never crashes`, () => {
    const endings = answerReviews(REVIEWS, SEED)
    console.log(`note: ${REVIEWS} reviews: ${JSON.stringify(endings)}`)
    expect(Object.values(endings).reduce((sum, count) => sum + count, 0)).toBe(REVIEWS)
  })
})
