import fc from 'fast-check'
import {
  COMPATIBILITY_SWITCHES,
  type CompatibilitySwitch,
  DEFAULT_WEBHOOK_SETTINGS,
  type IdentityLookup,
  type WebhookSettings,
} from '../../../src/cluster/webhook/index.ts'
import type { JsonObject } from '../../../src/core/index.ts'
import { accountAnnotations, pods, withoutUndefined } from './arbitraries.ts'
import type { Json } from './effect.ts'

const DOMAIN = 'eks.amazonaws.com'

/** Any look-up that the type allows, and any text where texts stand. */
export const lookups: fc.Arbitrary<IdentityLookup> = fc.record({
  serviceAccount: fc.oneof(
    {
      weight: 6,
      arbitrary: accountAnnotations(DOMAIN).map((annotations) => ({ outcome: 'found' as const, annotations })),
    },
    {
      weight: 1,
      arbitrary: fc
        .dictionary(
          fc.constantFrom('role-arn', 'audience', 'sts-regional-endpoints', 'token-expiration'),
          fc.string({ unit: 'binary' }),
        )
        .map((odd) => ({
          outcome: 'found' as const,
          annotations: Object.fromEntries(Object.entries(odd).map(([name, value]) => [`${DOMAIN}/${name}`, value])),
        })),
    },
    { weight: 1, arbitrary: fc.constant({ outcome: 'unknown' as const }) },
    { weight: 1, arbitrary: fc.string().map((why) => ({ outcome: 'unreadable' as const, why })) },
    { weight: 1, arbitrary: fc.constant({ outcome: 'unsynced' as const }) },
  ),
  configMap: fc.option(
    fc.record({
      key: fc.constantFrom('shop/orders', '*/orders'),
      roleArn: fc.oneof(fc.string(), fc.constant('arn:aws:iam::111122223333:role/mapped')),
      audience: fc.string(),
      usesRegionalSts: fc.boolean(),
      tokenExpirationSeconds: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 300, 3600)),
    }),
    { nil: undefined, freq: 1 },
  ),
  containerCredentials: fc.constantFrom('listed' as const, 'unlisted' as const),
})

export const settings: fc.Arbitrary<WebhookSettings> = fc
  .record({
    region: fc.constantFrom(undefined, '', 'eu-west-1'),
    usesRegionalSts: fc.boolean(),
    tokenExpirationSeconds: fc.constantFrom(86_400, 3600, 60, 1e9),
    failurePolicy: fc.constantFrom('Ignore' as const, 'Fail' as const),
    composeRoleArn: fc.constantFrom(undefined, { partition: 'aws', account: '111122223333' }),
    endpoint: fc.constantFrom(
      undefined,
      { url: 'https://openirsa.shop:4566', certificateAuthorityPem: 'PEM' },
      { stsUrl: 'https://sts.shop' },
    ),
  })
  .map((chosen) => ({ ...DEFAULT_WEBHOOK_SETTINGS, ...chosen }))

export const compatibilities: fc.Arbitrary<ReadonlySet<CompatibilitySwitch>> = fc
  .subarray(Object.keys(COMPATIBILITY_SWITCHES) as CompatibilitySwitch[])
  .map((names) => new Set(names))

/** A value of any kind; those that came up once are cheap to draw again. */
const ODD_TEXTS = [
  ...fc.sample(fc.jsonValue({ maxDepth: 3 }), { numRuns: 300, seed: 1 }),
  ...[null, true, 0, -1, 2 ** 60, 1.5, '', 'text', [], [null], {}, { name: 'x' }, [{ name: 5 }], { constructor: null }],
].map((value) => JSON.stringify(value))
const odd: fc.Arbitrary<unknown> = fc.constantFrom(...ODD_TEXTS).map((text) => JSON.parse(text) as unknown)

/** Fields that no Kubernetes of today knows, put anywhere into a pod. */
export const strangePods: fc.Arbitrary<JsonObject> = fc
  .tuple(
    pods(DOMAIN),
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('x-new', 'newField', '__proto__', 'a/b~c'), fc.jsonValue({ maxDepth: 3 })),
      { maxLength: 8 },
    ),
  )
  .map(([pod, additions]) => {
    const strange = JSON.parse(JSON.stringify(pod)) as Json
    for (const [at, name, value] of additions) {
      const objects = objectsIn(strange)
      const target = objects[at % objects.length]
      if (target !== undefined)
        Object.defineProperty(target, name, {
          value: value as Json,
          enumerable: true,
          configurable: true,
          writable: true,
        })
    }
    return strange as unknown as JsonObject
  })

/** Maps from texts to texts have no fields: a strange value in them is no strange field but a malformed pod. */
const MAPS_OF_TEXTS = new Set(['annotations', 'labels', 'nodeSelector'])

function objectsIn(value: Json): Record<string, Json>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  if (typeof value !== 'object' || value === null) return []
  const below = Object.keys(value)
    .filter((key) => !MAPS_OF_TEXTS.has(key))
    .flatMap((key) => objectsIn(value[key] ?? null))
  return [value, ...below]
}

/** Pods, broken in a few places: a value of any kind stands where another belongs. */
const brokenPods: fc.Arbitrary<unknown> = fc
  .tuple(pods(DOMAIN), fc.array(fc.tuple(fc.nat(), fc.nat(), odd), { minLength: 1, maxLength: 3 }))
  .map(([pod, breaks]) => {
    const broken = JSON.parse(JSON.stringify(pod)) as Json
    for (const [at, key, value] of breaks) {
      const objects = objectsIn(broken)
      const target = objects[at % objects.length]
      const keys = Object.keys(target ?? {})
      const chosen = keys[key % keys.length]
      if (target !== undefined && chosen !== undefined) target[chosen] = value as Json
    }
    return broken
  })

const reviewOf = (object: fc.Arbitrary<unknown>) =>
  fc
    .record({
      apiVersion: fc.option(fc.constantFrom<unknown>('admission.k8s.io/v1', 'admission.k8s.io/v1beta1', 'v1', 5), {
        nil: undefined,
        freq: 6,
      }),
      kind: fc.option(fc.constantFrom<unknown>('AdmissionReview', 'AdmissionReview', 'Pod'), {
        nil: undefined,
        freq: 6,
      }),
      request: fc
        .record({
          uid: fc.oneof(fc.constant('918ef1dc-928f-4525-99ef-988389f263c3'), odd),
          namespace: fc.oneof(fc.constant<unknown>('shop'), odd),
          dryRun: fc.constantFrom<unknown>(undefined, true, 'yes'),
          object,
        })
        .map(withoutUndefined),
    })
    .map((review) => JSON.stringify(withoutUndefined(review)))

/** Bodies of calls to the webhook: mostly reviews, whole or broken, and now and then anything. */
export const bodies: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: reviewOf(pods(DOMAIN)).map((text) => Buffer.from(text)) },
  { weight: 5, arbitrary: reviewOf(brokenPods).map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: reviewOf(strangePods).map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: reviewOf(odd).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(reviewOf(pods(DOMAIN)), fc.nat())
      .map(([text, at]) => Buffer.from(text.slice(0, at % text.length))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
)
