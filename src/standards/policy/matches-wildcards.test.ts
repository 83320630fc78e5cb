import { describe, expect, it } from 'vitest'
import { matchesWildcards } from './matches-wildcards.ts'

describe('a value with wildcards', () => {
  it.each([
    ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:orders', true],
    ['system:serviceaccount:*:orders', 'system:serviceaccount:shop:billing', false],
    ['order?', 'orders', true],
    ['order?', 'order', false],
    // A variable has no value here: its letters are letters.
    ['$' + '{aws:username}', 'alice', false],
  ])('%s against %s: %s', (value, text, expected) => {
    expect(matchesWildcards(value, text)).toBe(expected)
  })
})
