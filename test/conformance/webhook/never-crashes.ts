import fc from 'fast-check'
import { expect } from 'vitest'
import { decideMutation, parseAdmissionReview, renderAdmissionResponse } from '../../../src/cluster/webhook/index.ts'
import { seededRandomness } from '../../../src/core/testing/fixed.ts'
import { applyPatch } from './effect.ts'
import { bodies, compatibilities, lookups, settings } from './random-review.ts'

/** How many reviews ended how. */
export type Endings = Record<string, number>

/** Asks for the answer to that many generated bodies, and holds every one of them to what an answer must be. */
export function answerReviews(count: number, seed: number): Endings {
  const endings: Endings = {}
  const cases = fc.tuple(bodies, lookups, settings, fc.oneof(fc.constant(new Set<never>()), compatibilities))
  fc.assert(
    fc.property(cases, ([body, lookup, chosen, compatibility]) => {
      const parsed = parseAdmissionReview(body)
      const decision =
        parsed.outcome === 'malformed'
          ? parsed.decision
          : decideMutation(parsed.request.pod, lookup, {
              settings: { ...chosen, compatibility },
              randomness: seededRandomness('review'),
            })
      const envelope = parsed.outcome === 'malformed' ? parsed.envelope : parsed.request.envelope
      const ending = decision.allowed ? decision.reason : `refused: ${decision.reason}`
      endings[ending] = (endings[ending] ?? 0) + 1
      checkAnswer(renderAdmissionResponse(envelope, decision))
      if (parsed.outcome === 'parsed') applyPatch(parsed.request.pod, decision.operations)
      if (decision.allowed && isUndecided(decision.reason)) expect(chosen.failurePolicy).toBe('Ignore')
    }),
    { numRuns: count, seed, verbose: 0 },
  )
  return endings
}

function isUndecided(reason: string): boolean {
  return reason === 'service-accounts-unsynced' || reason === 'service-account-unreadable'
}

interface Answer {
  readonly response: {
    readonly uid: unknown
    readonly allowed: boolean
    readonly status?: { readonly message: string }
    readonly patch?: string
    readonly patchType?: string
    readonly warnings?: readonly string[]
  }
}

/** SPEC: what an API server takes for an answer. Plain conditions: an `expect` a field would take most of the time. */
function checkAnswer(text: string): void {
  const { response } = JSON.parse(text) as Answer
  const warnings = response.warnings ?? []
  const rules = {
    'the uid is a text': typeof response.uid === 'string',
    'patch and its type are both there or neither':
      (response.patch === undefined) === (response.patchType === undefined),
    'a refusal has a message': response.allowed === (response.status === undefined),
    'warnings are 4096 characters at most': warnings.reduce((sum, line) => sum + Array.from(line).length, 0) <= 4096,
    'a warning is one line of 256 characters': warnings.every(
      (line) => Array.from(line).length <= 256 && !/\p{Cc}/u.test(line),
    ),
  }
  const broken = Object.entries(rules).filter(([, holds]) => !holds)
  if (broken.length > 0)
    expect(
      broken.map(([rule]) => rule),
      text,
    ).toEqual([])
}
