import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decideMutation, type JsonPatchOperation, parseAdmissionReview } from '../../../src/cluster/webhook/index.ts'
import { seededRandomness } from '../../../src/core/testing/fixed.ts'
import { applyPatch, type Json, settleJitter, withoutNoise } from './effect.ts'
import { type Cluster, type Flags, lookUp, settingsOf } from './flags.ts'

interface WebhookVector extends Cluster {
  readonly name: string
  readonly flags: Flags
  readonly request: { readonly request: { readonly uid: string; readonly object: Json } }
  readonly expect: {
    readonly allowed: boolean
    readonly patch?: readonly JsonPatchOperation[]
    readonly expirationSecondsRange?: readonly [number, number]
  }
}

const file = new URL('../../vectors/webhook/conformance.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly WebhookVector[] }

describe('pods of the reference webhook come out as it makes them', () => {
  it('has all 24 of them', () => {
    expect(cases).toHaveLength(24)
  })

  for (const vector of cases) {
    it(vector.name, () => {
      const parsed = parseAdmissionReview(Buffer.from(JSON.stringify(vector.request)))
      if (parsed.outcome !== 'parsed') throw new Error(parsed.decision.message)
      const { pod, namespace, serviceAccount, envelope } = parsed.request
      expect(envelope.uid).toBe(vector.request.request.uid)

      const lookup = lookUp(vector, namespace, serviceAccount?.name ?? '')
      const surroundings = { settings: settingsOf(vector.flags), randomness: seededRandomness(vector.name) }
      const decision = decideMutation(pod, lookup, surroundings)

      expect(decision.allowed).toBe(vector.expect.allowed)
      const ours = withoutNoise(applyPatch(pod, decision.operations))
      const theirs = withoutNoise(applyPatch(vector.request.request.object, vector.expect.patch ?? []))
      const range = vector.expect.expirationSecondsRange
      expect(range === undefined ? ours : settleJitter(ours, range)).toEqual(
        range === undefined ? theirs : settleJitter(theirs, range),
      )
    })
  }
})
