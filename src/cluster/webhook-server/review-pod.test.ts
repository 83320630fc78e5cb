import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandomness } from '../../core/testing/fixed.ts'
import { SILENT_LOG as SILENT } from '../../io/host/testing/logs.ts'
import { DEFAULT_WEBHOOK_SETTINGS, type ServiceAccountLookup } from '../webhook/index.ts'
import { createWebhookMetrics } from './metrics.ts'
import { type ReviewParts, reviewPod } from './review-pod.ts'
import { reviewOf } from './testing/server-under-test.ts'

function parts(serviceAccount: ServiceAccountLookup, failurePolicy: 'Ignore' | 'Fail' = 'Ignore'): ReviewParts {
  return {
    settings: { ...DEFAULT_WEBHOOK_SETTINGS, failurePolicy },
    identities: { lookUp: () => ({ serviceAccount, containerCredentials: 'unlisted' }), statuses: () => [] },
    metrics: createWebhookMetrics({
      version: '0',
      statuses: () => [],
      isReady: () => true,
      certificateNotAfter: () => undefined,
      accounts: () => 0,
    }),
    randomness: seededRandomness('reviews'),
    log: SILENT,
    stopwatch: () => 0,
  }
}

const FOUND = {
  outcome: 'found',
  annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' },
} as const

/** What the server relies on when it counts and writes bytes. */
const ASCII = /^[ -~]*$/

describe('a review', () => {
  it('whatever its bytes are, is answered by a response that says allowed or not', () => {
    const whole = reviewOf('shop/orders')
    const broken = fc
      .tuple(fc.nat(whole.length), fc.nat(20), fc.string())
      .map(([at, length, text]) => whole.slice(0, at) + text + whole.slice(at + length))
    const pods = fc.json({ maxDepth: 6 }).map((pod) => whole.replace(/"object":\{.*\}\}/, () => `"object":${pod}}`))
    const bytes = fc.uint8Array().map((array) => Buffer.from(array).toString('latin1'))
    const under = parts(FOUND)
    fc.assert(
      fc.property(fc.oneof(broken, pods, bytes, fc.json()), (text) => {
        const answer = String(reviewPod(Buffer.from(text), under))
        const { response } = JSON.parse(answer) as { response: { allowed: unknown } }
        expect(typeof response.allowed).toBe('boolean')
        expect(answer).toMatch(ASCII)
      }),
      { numRuns: 1500 },
    )
  })

  it.each([
    [{ outcome: 'unknown' }, true, true],
    [{ outcome: 'unsynced' }, true, false],
    [{ outcome: 'unreadable', why: 'away' }, true, false],
  ] as const)(
    'about an account that is %j is allowed under Ignore (%s) and under Fail (%s)',
    (lookup, ignore, fail) => {
      const allowed = (profile: 'Ignore' | 'Fail'): unknown =>
        (
          JSON.parse(String(reviewPod(Buffer.from(reviewOf('shop/orders')), parts(lookup, profile)))) as {
            response: { allowed: unknown }
          }
        ).response.allowed
      expect([allowed('Ignore'), allowed('Fail')]).toEqual([ignore, fail])
    },
  )

  it('is answered in the version that it came in', () => {
    const beta = reviewOf('shop/orders').replace('admission.k8s.io/v1"', 'admission.k8s.io/v1beta1"')
    expect(JSON.parse(String(reviewPod(Buffer.from(beta), parts(FOUND))))).toMatchObject({
      apiVersion: 'admission.k8s.io/v1beta1',
      kind: 'AdmissionReview',
    })
  })
})
