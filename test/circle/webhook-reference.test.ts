import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  COMPATIBILITY_SWITCHES,
  type CompatibilitySwitch,
  decideMutation,
  type JsonPatchOperation,
  parseAdmissionReview,
  parseIdentityConfig,
  type WebhookSettings,
  WRONG_CONTENT_TYPE,
} from '../../src/cluster/webhook/index.ts'
import type { JsonObject } from '../../src/core/index.ts'
import { seededRandomness } from '../../src/core/testing/fixed.ts'
import { accountAnnotations, pods } from '../conformance/webhook/arbitraries.ts'
import { applyPatch, type Json, settleJitter, withoutNoise } from '../conformance/webhook/effect.ts'
import { type Flags, lookUp, settingsOf } from '../conformance/webhook/flags.ts'
import {
  askReference,
  findReference,
  type ReferenceAnswer,
  type ReferenceCall,
  type ReferenceJob,
} from './reference-webhook/reference.ts'

/** Each is one life of the reference, with pods of its own. */
const FLAG_SETS: readonly Flags[] = [
  {},
  { 'aws-default-region': 'eu-west-1' },
  { 'sts-regional-endpoint': true },
  { 'aws-default-region': 'eu-west-1', 'sts-regional-endpoint': true, 'token-expiration': 3600 },
  { 'token-expiration': 60, 'token-audience': 'mine' },
  { 'token-expiration': 100_000, 'annotation-prefix': 'example.com' },
  { 'token-mount-path': '/var/run/secrets/eks.amazonaws.com//serviceaccount/', 'aws-default-region': 'cn-north-1' },
  {
    'sts-regional-endpoint': true,
    'container-credentials-audience': 'agents',
    'container-credentials-token-mount-path': '/data',
    'container-credentials-token-volume-name': 'kube-api-access',
    'container-credentials-token-path': 'agent/token',
    'container-credentials-full-uri': 'http://127.0.0.1/credentials',
  },
]
const PODS_OF_A_SET = 125
const SEED = 20_261_125
const ALL_SWITCHES = new Set(Object.keys(COMPATIBILITY_SWITCHES) as CompatibilitySwitch[])

interface GeneratedCase {
  readonly pod: JsonObject
  /** Undefined: the cluster has no such service account. */
  readonly annotations: Readonly<Record<string, string>> | undefined
  readonly mapped: { readonly key: 'own' | 'wildcard'; readonly entry: JsonObject } | undefined
  readonly isListed: boolean
}

const reference = findReference()
const suite = 'binary' in reference ? describe : describe.skip
const why = 'binary' in reference ? '' : ` [SKIPPED: ${reference.missing}]`
if ('missing' in reference) console.log(`note: SKIPPED the comparison with the reference webhook: ${reference.missing}`)

suite(`the reference webhook and ours${why}`, () => {
  const responsible = new Map<CompatibilitySwitch, number>()
  let injected = 0

  for (const [at, flags] of FLAG_SETS.entries()) {
    it(`do the same to ${PODS_OF_A_SET} generated pods with ${JSON.stringify(flags)}`, async () => {
      const run = await runSet(at, flags)
      for (const outcome of run) {
        injected += outcome.isInjected ? 1 : 0
        for (const name of outcome.responsible) responsible.set(name, (responsible.get(name) ?? 0) + 1)
      }
    })
  }

  it('refuse the same calls, and in the same words where these are not those of Go', async () => {
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }
    const bodies = [
      '',
      '{"request": {"object": "x"}',
      JSON.stringify({ ...review }),
      JSON.stringify({ ...review, request: null }),
    ]
    const pods = [
      '"x"',
      '5',
      'true',
      '[]',
      'null',
      '{"spec":5}',
      '{"spec":{"containers":{}}}',
      '{"metadata":{"labels":{"a":1}}}',
    ]
    const withPods = pods.map((text) => `{"request":{"uid":"1","object":${text}}}`)
    const calls = [...bodies, ...withPods].map((body) => ({ body }))
    const answers = await ask({ reviews: [...calls, { body: '{}', contentType: 'application/json; charset=utf-8' }] })
    for (const [at, { body }] of calls.entries()) {
      const theirs = (JSON.parse(answers[at]?.text ?? '') as Refusal).response
      const parsed = parseAdmissionReview(Buffer.from(body))
      const decision =
        parsed.outcome === 'malformed'
          ? parsed.decision
          : decideMutation(parsed.request.pod, lookUp({}, '', ''), ours())
      expect([decision.allowed, theirs.allowed], body).toEqual([false, false])
      const isOfGo = /json: cannot unmarshal \w+ into Go struct|unexpected end of JSON|json parse error/.test(
        theirs.status.message,
      )
      if (!isOfGo) expect(decision.message, body).toBe(theirs.status.message)
    }
    expect(answers.at(-1)).toEqual({ status: WRONG_CONTENT_TYPE.httpStatus, text: WRONG_CONTENT_TYPE.body })
  })

  it('read a ConfigMap with one bad entry as the table of differences says', async () => {
    const config = JSON.stringify({ 'shop/orders/more': { RoleARN: ROLE }, 'shop/billing': { TokenExpiration: '600' } })
    const call = reviewOf(podOf({ spec: { containers: [{ name: 'app' }] } }, 'orders'))
    const isMapped = (text: string) => readPatch(text).length > 0
    const [bad] = await ask({ config, reviews: [call] })
    expect(isMapped(bad?.text ?? '')).toBe(false)
    const [good] = await ask({ config: config.replace('"600"', '600'), reviews: [call], canaries: [call] })
    expect(isMapped(good?.text ?? '')).toBe(true)
    const parse = (text: string) => parseIdentityConfig(text, ALL_SWITCHES).identities
    expect(parse(config)).toBeUndefined()
    expect(parse(config.replace('"600"', '600'))?.get('shop/orders')?.roleArn).toBe(ROLE)
  })

  it('go different ways where a key of the ConfigMap has no slash: the reference ends', async () => {
    const config = JSON.stringify({ orders: { RoleARN: ROLE } })
    const canary = reviewOf(podOf({ spec: { containers: [{ name: 'app' }] } }, 'nobody'))
    await expect(ask({ config, reviews: [], canaries: [canary] })).rejects.toThrow(/index out of range/)
    expect(parseIdentityConfig(config, new Set()).identities?.size).toBe(0)
  })

  it('differ in each of the ways that the table of differences has for pods, and in no other', () => {
    console.log(
      `note: ${FLAG_SETS.length * PODS_OF_A_SET} pods, ${injected} of them injected; differences: ${JSON.stringify(Object.fromEntries(responsible))}`,
    )
    expect(injected).toBeGreaterThan(400)
    const withoutEffectOnPods = ['whole-arrays', 'whole-config-map', 'silent']
    expect([...responsible.keys()].sort()).toEqual(
      [...ALL_SWITCHES].filter((name) => !withoutEffectOnPods.includes(name)).sort(),
    )
  })
})

interface Refusal {
  readonly response: { readonly allowed: boolean; readonly status: { readonly message: string } }
}

function ours() {
  return { settings: settingsOf({}), randomness: seededRandomness('calls') }
}

interface Asking extends Pick<ReferenceJob, 'reviews'> {
  readonly config?: string
  /** By default a pod of an annotated service account. */
  readonly canaries?: readonly ReferenceCall[]
}

function ask({ config, reviews, canaries }: Asking): Promise<readonly ReferenceAnswer[]> {
  if (!('binary' in reference)) throw new Error(reference.missing)
  const { serviceAccounts } = describeCluster([], 'eks.amazonaws.com')
  const data = { config }
  const configMaps =
    config === undefined ? [] : [{ metadata: { name: 'pod-identity-webhook', namespace: 'eks' }, data }]
  const byDefault = [reviewOf(podOf({ spec: {} }, 'canary-account'))]
  return askReference(reference.binary, {
    flags: ['--watch-config-map'],
    serviceAccounts,
    configMaps,
    canaries: canaries ?? byDefault,
    reviews,
  })
}

interface Outcome {
  readonly isInjected: boolean
  readonly responsible: readonly CompatibilitySwitch[]
}

async function runSet(at: number, flags: Flags): Promise<readonly Outcome[]> {
  if (!('binary' in reference)) throw new Error(reference.missing)
  const domain = String(flags['annotation-prefix'] ?? 'eks.amazonaws.com')
  const cases = fc.sample(generatedCases(domain), { numRuns: PODS_OF_A_SET, seed: SEED + at })
  const cluster = describeCluster(cases, domain)
  const answers = await askReference(reference.binary, {
    flags: ['--watch-config-map', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)],
    serviceAccounts: cluster.serviceAccounts,
    configMaps: [{ metadata: { name: 'pod-identity-webhook', namespace: 'eks' }, data: { config: cluster.configMap } }],
    containerCredentials: cluster.containerCredentials,
    canaries: ['canary-account', 'canary-mapped', 'canary-listed'].map((name) => reviewOf(podOf({ spec: {} }, name))),
    reviews: cases.map(({ pod }, index) => reviewOf(podOf(pod, `sa-${index}`))),
  })
  const settings = settingsOf(flags)
  return cases.map((generated, index) => {
    const answer = answers[index]
    if (answer === undefined) throw new Error('an answer is missing')
    const pod = podOf(generated.pod, `sa-${index}`)
    const theirs = effectOf(pod, readPatch(answer.text))
    const account = generated.annotations && { metadata: { annotations: generated.annotations } }
    const lookup = lookUp({ ...cluster, serviceAccount: account ?? null }, NAMESPACE, `sa-${index}`)
    const ours = (compatibility: WebhookSettings['compatibility']) => {
      const parsed = parseAdmissionReview(Buffer.from(reviewOf(pod).body))
      if (parsed.outcome !== 'parsed') throw new Error(parsed.decision.message)
      const surroundings = { settings: { ...settings, compatibility }, randomness: seededRandomness(`${at}/${index}`) }
      return effectOf(pod, decideMutation(parsed.request.pod, lookup, surroundings).operations)
    }
    expect(ours(ALL_SWITCHES), JSON.stringify({ pod, lookup }, undefined, 1)).toEqual(theirs)
    const responsible = [...ALL_SWITCHES].filter((name) => {
      const others = new Set([...ALL_SWITCHES].filter((other) => other !== name))
      return !isDeepStrictEqual(ours(others), theirs)
    })
    if (responsible.length === 0) expect(ours(new Set())).toEqual(theirs)
    return { isInjected: answer.text.includes('"patch"'), responsible }
  })
}

const NAMESPACE = 'shop'
const ROLE = 'arn:aws:iam::111122223333:role/mapped'

function generatedCases(domain: string): fc.Arbitrary<GeneratedCase> {
  const entry = fc.constantFrom<JsonObject>(
    { RoleARN: ROLE, Audience: 'sts.amazonaws.com' },
    { RoleARN: ROLE, Audience: '', UseRegionalSTS: true },
    { roleArn: ROLE, audience: 'mine', TokenExpiration: 300, useRegionalSTS: true },
    { RoleARN: ROLE, TokenExpiration: 100_000 },
    { RoleARN: ROLE, Audience: 'mine', TokenExpiration: -1 },
    { RoleARN: '' },
    { RoleARN: ' ', Audience: 'mine' },
  )
  return fc.record({
    pod: pods(domain),
    annotations: fc.option(accountAnnotations(domain), { nil: undefined, freq: 6 }),
    mapped: fc.option(fc.record({ key: fc.constantFrom('own', 'wildcard'), entry }), { nil: undefined, freq: 1 }),
    isListed: fc.integer({ min: 0, max: 3 }).map((drawn) => drawn === 0),
  })
}

function describeCluster(cases: readonly GeneratedCase[], domain: string) {
  const accountOf = (name: string, annotations: object) => ({ metadata: { name, namespace: NAMESPACE, annotations } })
  const entries = cases.flatMap(({ mapped }, at) =>
    mapped === undefined ? [] : [[`${mapped.key === 'own' ? NAMESPACE : '*'}/sa-${at}`, mapped.entry] as const],
  )
  return {
    serviceAccounts: [
      accountOf('canary-account', { [`${domain}/role-arn`]: ROLE }),
      ...cases.flatMap(({ annotations }, at) =>
        annotations === undefined ? [] : [accountOf(`sa-${at}`, annotations)],
      ),
    ],
    configMap: JSON.stringify({ ...Object.fromEntries(entries), [`${NAMESPACE}/canary-mapped`]: { RoleARN: ROLE } }),
    containerCredentials: {
      identities: [
        { namespace: NAMESPACE, serviceAccount: 'canary-listed' },
        ...cases.flatMap(({ isListed }, at) =>
          isListed ? [{ namespace: NAMESPACE, serviceAccount: `sa-${at}` }] : [],
        ),
      ],
    },
  }
}

function podOf(pod: JsonObject, serviceAccountName: string): JsonObject {
  return { ...pod, spec: { ...(pod.spec as JsonObject), serviceAccountName } }
}

function reviewOf(pod: JsonObject): ReferenceCall {
  const request = { uid: '1', namespace: NAMESPACE, operation: 'CREATE', object: pod }
  return { body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }) }
}

function readPatch(text: string): readonly JsonPatchOperation[] {
  const { response } = JSON.parse(text) as { response: { allowed: boolean; patch?: string } }
  expect(response.allowed).toBe(true)
  return response.patch === undefined
    ? []
    : (JSON.parse(Buffer.from(response.patch, 'base64').toString()) as readonly JsonPatchOperation[])
}

function effectOf(pod: JsonObject, operations: readonly JsonPatchOperation[]): Json {
  return settleJitter(withoutNoise(applyPatch(pod, operations)), [79_200, 86_400])
}
