import { describe, expect, it } from 'vitest'
import {
  isReviewContentType,
  parseAdmissionReview,
  renderAdmissionResponse,
  WRONG_CONTENT_TYPE,
} from './admission-review.ts'
import type { ParsedReview } from './model.ts'
import { account, decide, pod, ROLE } from './testing/pods.ts'

const V1 = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }

function parse(review: unknown): ParsedReview {
  return parseAdmissionReview(Buffer.from(typeof review === 'string' ? review : JSON.stringify(review)))
}

function refusalOf(parsed: ParsedReview): { readonly message: string | undefined; readonly text: string } {
  if (parsed.outcome === 'parsed') throw new Error('it was taken')
  return { message: parsed.decision.message, text: renderAdmissionResponse(parsed.envelope, parsed.decision) }
}

describe('an AdmissionReview', () => {
  it.each(['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'])(
    'of %s is answered with its own type and uid',
    (apiVersion) => {
      const parsed = parse({ ...V1, apiVersion, request: { uid: 'u1', namespace: 'shop', object: pod() } })
      if (parsed.outcome !== 'parsed') throw new Error(parsed.decision.message)
      const answer = JSON.parse(renderAdmissionResponse(parsed.request.envelope, decide(parsed.request.pod)))
      expect(answer).toMatchObject({ apiVersion, kind: 'AdmissionReview', response: { uid: 'u1', allowed: true } })
    },
  )

  it('without a type is taken, and answered without one', () => {
    const parsed = parse({ request: { uid: 'u1', object: pod() } })
    if (parsed.outcome !== 'parsed') throw new Error(parsed.decision.message)
    const answer = JSON.parse(renderAdmissionResponse(parsed.request.envelope, decide(parsed.request.pod)))
    expect(Object.keys(answer)).toEqual(['response'])
  })

  it('names the service account of the pod in the namespace of the request', () => {
    const object = pod({ serviceAccountName: 'orders' }, { namespace: 'elsewhere' })
    const parsed = parse({ ...V1, request: { uid: 'u1', namespace: 'shop', dryRun: true, object } })
    expect(parsed).toMatchObject({
      outcome: 'parsed',
      request: { namespace: 'shop', serviceAccount: { namespace: 'shop', name: 'orders' }, isDryRun: true },
    })
  })

  it('is answered in ASCII, whatever it says', () => {
    const uid = 'ä \u2028 \ud83d\ude00 \u007f "'
    const role = `${ROLE}/größe`
    const decision = decide(pod(), account({ 'role-arn': role, audience: 'für-alle' }))
    const text = renderAdmissionResponse({ uid, kind: 'Größe', apiVersion: 'ü' }, decision)
    expect(text).toMatch(/^[ -~]*$/)
    const { response, kind, apiVersion } = JSON.parse(text)
    expect([response.uid, kind, apiVersion]).toEqual([uid, 'Größe', 'ü'])
    expect(response.auditAnnotations['role-arn']).toBe(role)
    expect(response.warnings).toEqual([`\`${role}\` is not the ARN of a role, AWS will refuse it`])
    expect(JSON.parse(Buffer.from(response.patch, 'base64').toString('latin1'))).toEqual(decision.operations)
  })

  it('is answered with patch and patchType, or with neither', () => {
    const render = (subject: Parameters<typeof decide>[0]) =>
      JSON.parse(renderAdmissionResponse({ uid: 'u1' }, decide(subject))).response as Record<string, string>
    const patched = render(pod())
    expect(patched.patchType).toBe('JSONPatch')
    expect(JSON.parse(Buffer.from(patched.patch ?? '', 'base64').toString())).toEqual(decide(pod()).operations)
    const untouched = render({ metadata: {} })
    expect(untouched).not.toHaveProperty('patch')
    expect(untouched).not.toHaveProperty('patchType')
  })

  it('is refused in the words of the reference where it has no request, no body, or no pod', () => {
    expect(refusalOf(parse('')).message).toBe('bad content')
    expect(refusalOf(parse({ ...V1 })).message).toBe('bad content')
    expect(refusalOf(parse('{"request": {"object": "x"}')).message).toMatch(
      /^couldn't get version\/kind; json parse error: /,
    )
    expect(refusalOf(parse('{"request": {"object": "\\"metadata\\":{\\"name\\":\\"fake\\""}}')).text).toBe(
      '{"response":{"uid":"","allowed":false,"status":{"metadata":{},"message":"json: cannot unmarshal string into Go value of type v1.Pod"}}}',
    )
  })

  it.each([
    ['[]', /^bad content/],
    ['null', /^bad content/],
    [{ ...V1, apiVersion: 'admission.k8s.io/v2', request: { object: {} } }, /apiVersion/],
    [{ ...V1, kind: 'Pod', request: { object: {} } }, /kind/],
    [{ ...V1, request: { uid: 'u1', object: null } }, /request\.object is missing/],
    [{ ...V1, request: { uid: 'u1' } }, /request\.object is missing/],
    [{ ...V1, request: { object: [] } }, /cannot unmarshal array/],
    [{ ...V1, request: [] }, /^bad content$/],
  ])('%j is refused, allowed false', (review, message) => {
    const refusal = refusalOf(parse(review))
    expect(refusal.message).toMatch(message)
    expect(JSON.parse(refusal.text).response.allowed).toBe(false)
  })

  it('is refused with its uid where it has one', () => {
    expect(JSON.parse(refusalOf(parse({ ...V1, request: { uid: 'u1', object: 5 } })).text)).toMatchObject({
      ...V1,
      response: { uid: 'u1', allowed: false },
    })
  })

  it('comes as application/json and nothing else', () => {
    expect(isReviewContentType('application/json')).toBe(true)
    for (const type of [undefined, '', 'application/xml', 'application/json; charset=utf-8']) {
      expect(isReviewContentType(type)).toBe(false)
    }
    expect(WRONG_CONTENT_TYPE.body).toBe('Invalid Content-Type, expected `application/json`\n')
  })
})
