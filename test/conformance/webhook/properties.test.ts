import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideMutation, type IdentityLookup, type WebhookSettings } from '../../../src/cluster/webhook/index.ts'
import type { JsonObject } from '../../../src/core/index.ts'
import { seededRandomness } from '../../../src/core/testing/fixed.ts'
import { applyPatch, type Json } from './effect.ts'
import { answerReviews } from './never-crashes.ts'
import { compatibilities, lookups, settings, strangePods } from './random-review.ts'

function decide(pod: JsonObject, lookup: IdentityLookup, chosen: WebhookSettings) {
  return decideMutation(pod, lookup, { settings: chosen, randomness: seededRandomness('properties') })
}

describe('whatever the pod', () => {
  it('fields that are not known survive, and nothing that was there changes', () => {
    fc.assert(
      fc.property(strangePods, lookups, settings, (pod, lookup, chosen) => {
        const before = JSON.stringify(pod)
        const { operations } = decide(pod, lookup, chosen)
        const patched = applyPatch(pod, operations)
        expect(JSON.stringify(pod)).toBe(before)
        expect(lostOf(JSON.parse(before) as Json, patched, '')).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('a second call adds nothing to what the first has added', () => {
    fc.assert(
      fc.property(strangePods, lookups, settings, compatibilities, (pod, lookup, chosen, compatibility) => {
        const compatible = { ...chosen, compatibility }
        const once = applyPatch(pod, decide(pod, lookup, compatible).operations)
        const twice = applyPatch(once, decide(once as unknown as JsonObject, lookup, compatible).operations)
        expect(twice).toEqual(once)
        if (!compatibility.has('whole-arrays')) {
          expect(decide(once as unknown as JsonObject, lookup, compatible).operations).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('generated reviews are answered as an API server wants it, by every way an answer can end', {
    timeout: 60_000,
  }, () => {
    const endings = answerReviews(1500, 1)
    expect(Object.keys(endings).sort()).toEqual([
      'blank-role',
      'container-credentials-injected',
      'no-role',
      'nothing-to-add',
      'refused: malformed',
      'refused: service-account-unreadable',
      'refused: service-accounts-unsynced',
      'service-account-unknown',
      'service-account-unreadable',
      'service-accounts-unsynced',
      'web-identity-injected',
    ])
  })
})

/** Pointers to what is not there any more. Arrays may have grown, objects may have new members; the label may say `enabled` now. */
function lostOf(before: Json, after: Json | undefined, at: string): readonly string[] {
  if (typeof before !== 'object' || before === null) return Object.is(before, after) ? [] : [at]
  if (Array.isArray(before)) {
    const grown = Array.isArray(after) ? after : []
    // The volume of the token is put in front of the others.
    const offset =
      at === '/spec/volumes' && before.length > 0 ? grown.findIndex((entry) => isDeepStrictEqual(entry, before[0])) : 0
    return before.flatMap((element, index) => lostOf(element, grown[index + offset], `${at}/${index}`))
  }
  const members = typeof after === 'object' && after !== null && !Array.isArray(after) ? after : {}
  return Object.keys(before)
    .filter((key) => key !== 'eks.amazonaws.com/pod-identity')
    .flatMap((key) =>
      before[key] === null
        ? []
        : lostOf(before[key] ?? null, Object.hasOwn(members, key) ? members[key] : undefined, `${at}/${key}`),
    )
}
