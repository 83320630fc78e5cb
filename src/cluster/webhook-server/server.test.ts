import { Agent } from 'node:https'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_WEBHOOK_SETTINGS } from '../webhook/index.ts'
import type { WebhookServerOptions } from './start.ts'
import { type ClusterUnderTest, startCluster } from './testing/cluster-under-test.ts'
import {
  ask,
  type CertificateFilesUnderTest,
  eventually,
  type Reviewed,
  review,
  reviewOf,
  type ServerUnderTest,
  startServer,
  writeCertificates,
} from './testing/server-under-test.ts'

const ROLE = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' }
const LONG_AGO = new Date(0)
const agent = new Agent({ keepAlive: true })

let files: CertificateFilesUnderTest
let cluster: ClusterUnderTest
let webhook: ServerUnderTest | undefined

beforeAll(async () => {
  files = await writeCertificates()
})
afterAll(() => {
  agent.destroy()
  files.remove()
})
beforeEach(async () => {
  cluster = await startCluster()
})
afterEach(async () => {
  await webhook?.close()
  webhook = undefined
  await cluster.stop()
})

async function start(more: Partial<WebhookServerOptions> = {}): Promise<ServerUnderTest> {
  webhook = await startServer(cluster, files, more)
  return webhook
}
async function startReady(more: Partial<WebhookServerOptions> = {}): Promise<ServerUnderTest> {
  const started = await start(more)
  await eventually('ready', () => started.server.readiness().isReady)
  return started
}
const place = (under: ServerUnderTest) => ({ port: under.server.port, authority: files.authority, agent })
const reviewed = (under: ServerUnderTest, account: string, more: Readonly<Record<string, unknown>> = {}) =>
  review(reviewOf(account, more), place(under))
const reasonOf = ({ response }: Reviewed): string | undefined => response.auditAnnotations?.reason
const metric = async (under: ServerUnderTest, line: string): Promise<string | undefined> =>
  (await under.metrics()).split('\n').find((one) => one.startsWith(line))
const known = async (under: ServerUnderTest): Promise<number> =>
  Number((await metric(under, 'openirsa_webhook_service_accounts '))?.split(' ')[1])
const asked = (): number => cluster.requests.filter((one) => /serviceaccounts\/./.test(one)).length

describe('a review over TLS', () => {
  test('a pod whose account has a role gets it, and is counted once under both names', async () => {
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    const under = await startReady()
    const answer = await reviewed(under, 'shop/orders')
    expect(answer.apiVersion).toBe('admission.k8s.io/v1')
    expect([answer.response.uid, answer.response.allowed, reasonOf(answer)]).toEqual([
      'u1',
      true,
      'web-identity-injected',
    ])
    expect(Buffer.from(answer.response.patch ?? '', 'base64').toString()).toContain(ROLE['eks.amazonaws.com/role-arn'])
    expect(await metric(under, 'pod_identity_webhook_pod_count{method="sts_web_identity"}')).toMatch(/ 1$/)
    expect(await metric(under, 'http_request_count{verb="POST",path="/mutate",code="200"}')).toMatch(/ 1$/)
    expect(
      await metric(under, 'openirsa_webhook_decisions_total{reason="web-identity-injected",allowed="true"}'),
    ).toMatch(/ 1$/)
    expect(asked()).toBe(0)
  })

  test('a line of the log says which pod, which account, why, and how long it took', async () => {
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    const under = await startReady()
    await reviewed(under, 'shop/orders')
    const line = under.logged.find(({ msg }) => msg === 'a pod was reviewed')
    expect(line).toMatchObject({
      level: 'debug',
      reason: 'web-identity-injected',
      pod: 'shop/web-*',
      serviceAccount: 'orders',
    })
    expect(line?.milliseconds).toBeGreaterThan(0)
  })

  test('a dry run is answered alike and stands in no count of pods', async () => {
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    const under = await startReady()
    const answer = await reviewed(under, 'shop/orders', { dryRun: true })
    expect(reasonOf(answer)).toBe('web-identity-injected')
    expect(await metric(under, 'pod_identity_webhook_pod_count{method="sts_web_identity"}')).toMatch(/ 0$/)
  })

  test.each([
    ['another content type', '/mutate', { body: '{}', headers: { 'Content-Type': 'text/plain' } }, 415],
    ['a charset', '/mutate', { body: '{}', headers: { 'Content-Type': 'application/json; charset=utf-8' } }, 415],
    ['another method', '/mutate', {}, 405],
    ['another path', '/mutat', { body: '{}' }, 404],
    ['a body beyond 8 MiB', '/mutate', { body: Buffer.alloc(8 * 1024 * 1024 + 1, ' ') }, 413],
  ])('%s is refused by status', async (_what, path, sending, status) => {
    const under = await start()
    const answer = await ask(path, { ...place(under), agent: new Agent(), ...sending }).catch(
      (failure: NodeJS.ErrnoException) => failure.code,
    )
    // Whoever sends on after the refusal may find the connection closed.
    expect(status === 413 ? [413, 'EPIPE', 'ECONNRESET'] : [status]).toContain(
      typeof answer === 'object' ? answer.status : answer,
    )
    expect((await ask('/healthz', place(under))).body).toBe('ok')
  })

  test.each(['', '{', '[]', '{"request":null}', '{"request":{"uid":"u","object":7}}'])(
    'the malformed review `%s` is refused in the answer, with a reason',
    async (body) => {
      const under = await start()
      const { response } = await review(body, place(under))
      expect(response.allowed).toBe(false)
      expect(response.status?.message).not.toBe('')
      expect(await metric(under, 'openirsa_webhook_decisions_total{reason="malformed",allowed="false"}')).toMatch(/ 1$/)
    },
  )

  test('a thousand reviews at a time are all answered rightly', async () => {
    for (let at = 0; at < 1000; at += 1) cluster.putAccount(`shop/a${at}`, at % 2 === 0 ? ROLE : {}, LONG_AGO)
    const under = await startReady()
    const many = new Agent({ keepAlive: true, maxSockets: 50 })
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => review(reviewOf(`shop/a${at}`), { ...place(under), agent: many })),
    )
    many.destroy()
    expect(answers.map(reasonOf)).toEqual(answers.map((_, at) => (at % 2 === 0 ? 'web-identity-injected' : 'no-role')))
  })
})

describe('an account annotated after its pod was made', () => {
  test('made a moment before its pod, not seen yet: the API server is asked', async () => {
    const under = await startReady()
    cluster.mood.isSilent = true
    cluster.putAccount('shop/orders', ROLE)
    expect(reasonOf(await reviewed(under, 'shop/orders'))).toBe('web-identity-injected')
    expect(await metric(under, 'pod_identity_webhook_missing_sa_count')).toMatch(/ 1$/)
    expect(await metric(under, 'openirsa_webhook_service_account_lookups_total{outcome="found"}')).toMatch(/ 1$/)
  })

  test('young and without a role as far as is seen: the API server is asked again', async () => {
    cluster.putAccount('shop/orders')
    const under = await startReady()
    cluster.mood.isSilent = true
    cluster.putAccount('shop/orders', ROLE)
    expect(reasonOf(await reviewed(under, 'shop/orders'))).toBe('web-identity-injected')
  })

  test('old and without a role: what is followed counts, nobody is asked', async () => {
    cluster.putAccount('shop/orders', {}, LONG_AGO)
    const under = await startReady()
    expect(reasonOf(await reviewed(under, 'shop/orders'))).toBe('no-role')
    expect(asked()).toBe(0)
  })

  test('an annotation counts as soon as it is seen, and so does its end', async () => {
    cluster.putAccount('shop/orders', {}, LONG_AGO)
    const under = await startReady({ recheckMilliseconds: 0 })
    await eventually('a watch', () => cluster.streams() === 1)
    cluster.putAccount('shop/orders', ROLE)
    await eventually('the role', async () => reasonOf(await reviewed(under, 'shop/orders')) === 'web-identity-injected')
    cluster.putAccount('shop/orders', {})
    await eventually('no role', async () => reasonOf(await reviewed(under, 'shop/orders')) === 'no-role')
  })

  test('all pods of one account share one question', async () => {
    const under = await startReady({ lookupMilliseconds: 8000 })
    cluster.mood.isSilent = true
    cluster.mood.delayOfOne = 1500
    cluster.putAccount('shop/orders', ROLE)
    const many = new Agent({ keepAlive: true })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => review(reviewOf('shop/orders'), { ...place(under), agent: many })),
    )
    many.destroy()
    expect(new Set(answers.map(reasonOf))).toEqual(new Set(['web-identity-injected']))
    expect(asked()).toBeLessThan(10)
  })

  test('a grace period of 0 asks nobody, as the reference does', async () => {
    const under = await startReady({ lookupMilliseconds: 0 })
    cluster.mood.isSilent = true
    cluster.putAccount('shop/orders', ROLE)
    const answer = await reviewed(under, 'shop/orders')
    expect([answer.response.allowed, answer.response.patch]).toEqual([true, undefined])
    expect(asked()).toBe(0)
  })

  test('a question without an answer ends with its bound', async () => {
    const under = await startReady({ lookupMilliseconds: 100 })
    cluster.mood.delayOfOne = 5000
    const begun = performance.now()
    const answer = await reviewed(under, 'shop/orders')
    expect(performance.now() - begun).toBeLessThan(1500)
    expect([answer.response.allowed, reasonOf(answer)]).toEqual([true, 'service-account-unreadable'])
    expect(answer.response.warnings?.[0]).toMatch(/no answer in 100 ms|gets no identity/)
  })
})

describe('what cannot be decided', () => {
  test.each([
    ['Ignore', true],
    ['Fail', false],
  ] as const)('under %s, allowed is %s, with a reason', async (failurePolicy, allowed) => {
    const under = await startReady({ settings: { ...DEFAULT_WEBHOOK_SETTINGS, failurePolicy } })
    cluster.mood.statusOfOne = 500
    const { response } = await reviewed(under, 'shop/orders')
    expect(response.allowed).toBe(allowed)
    expect(response.auditAnnotations?.reason).toBe('service-account-unreadable')
    expect(allowed ? response.warnings?.[0] : response.status?.message).toContain('the service account cannot be read')
  })

  test('a name that Kubernetes would not take is looked for nowhere', async () => {
    const under = await startReady()
    const body = reviewOf('shop/orders').replace('"orders"', '"../../secrets"')
    expect((await review(body, place(under))).response.auditAnnotations?.reason).toBe('service-account-unknown')
    expect(asked()).toBe(0)
  })
})

describe('before and without the API server', () => {
  test('it is alive, not ready, and says what it waits for; ready when the lists have come', async () => {
    cluster.mood.statusOfLists = 500
    const under = await start()
    const pages = { healthz: await ask('/healthz', place(under)), readyz: await ask('/readyz', place(under)) }
    expect([pages.healthz.status, pages.readyz.status]).toEqual([200, 503])
    expect(pages.readyz.body).toContain('[+]certificate ok')
    expect(pages.readyz.body).toContain('[-]service-accounts not read yet')
    expect(await metric(under, 'openirsa_webhook_ready')).toMatch(/ 0$/)
    cluster.mood.statusOfLists = 200
    await eventually('ready', async () => (await ask('/readyz', place(under))).status === 200)
  })

  test('unsynced, an account is asked for all the same', async () => {
    cluster.mood.statusOfLists = 500
    cluster.putAccount('shop/orders', ROLE)
    const under = await start()
    expect(reasonOf(await reviewed(under, 'shop/orders'))).toBe('web-identity-injected')
  })

  test('gone, it goes on with what it knows, says so, and catches up', async () => {
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    cluster.putAccount('shop/plain', {}, LONG_AGO)
    const under = await startReady()
    await cluster.stop()
    await eventually('stale', () => under.server.readiness().text.includes('service-accounts stale'))
    expect(reasonOf(await reviewed(under, 'shop/orders'))).toBe('web-identity-injected')
    expect(reasonOf(await reviewed(under, 'shop/plain'))).toBe('no-role')
    expect((await ask('/readyz', place(under))).status).toBe(200)
    expect(await metric(under, 'openirsa_webhook_source_stale_seconds{source="service-accounts"}')).not.toMatch(/ 0$/)
    cluster.putAccount('shop/late', ROLE)
    await cluster.start()
    await eventually('current', () => under.server.readiness().text.includes('service-accounts ok'))
    await eventually('the new one', async () => (await known(under)) === 3)
    expect(reasonOf(await reviewed(under, 'shop/late'))).toBe('web-identity-injected')
  })

  test('with a broken watch, an account without a role is asked for: it may have one by now', async () => {
    cluster.putAccount('shop/orders', {}, LONG_AGO)
    const under = await startReady()
    cluster.mood.statusOfLists = 500
    cluster.sayGone()
    await eventually('stale', () => under.server.readiness().text.includes('stale'))
    cluster.putAccount('shop/orders', ROLE)
    expect(reasonOf(await reviewed(under, 'shop/orders'))).toBe('web-identity-injected')
  })

  test.each(['breakStreams', 'sayGone'] as const)('after %s nothing is lost', async (accident) => {
    const under = await startReady()
    await eventually('a watch', () => cluster.streams() === 1)
    cluster.mood.isSilent = true
    cluster.putAccount('shop/orders', ROLE)
    cluster[accident]()
    cluster.mood.isSilent = false
    await eventually('a watch again', () => cluster.streams() === 1)
    await eventually('what happened between', async () => (await known(under)) === 1)
    cluster.putAccount('shop/more', ROLE)
    await eventually('what happened later', async () => (await known(under)) === 2)
    expect(asked()).toBe(0)
  })
})
