import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Secret, TokenError } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import { systemRandomness } from '../../io/host/index.ts'
import { SILENT_LOG as log } from '../../io/host/testing/logs.ts'
import type { WebIdentityToken } from '../../standards/oidc/index.ts'
import { createLink, type Link } from './link.ts'
import { createReviews, type Reviews } from './reviews.ts'
import { type ClusterUnderTest, startCluster, TOKEN_REVIEWS } from './testing/cluster-under-test.ts'

const SUBJECT = 'system:serviceaccount:shop:orders'
const TOKEN = { issuer: 'https://one.example', subject: SUBJECT, audience: 'sts.amazonaws.com' } as WebIdentityToken
const YES = { authenticated: true, audiences: ['sts.amazonaws.com'], user: { username: SUBJECT } }

let directory: string
let cluster: ClusterUnderTest
let link: Link
let reviews: Reviews
const clock = fixedClock('2026-05-01T10:00:00Z')

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-reviews-'))
  cluster = await startCluster(directory)
  cluster.review = YES
  const host = { clock, randomness: systemRandomness, log, environment: {} }
  link = createLink({ kubeconfig: cluster.kubeconfig, context: 'one' }, host)
  reviews = createReviews({ link, clock })
})
afterEach(async () => {
  await link.close()
  await cluster.api.close()
  rmSync(directory, { recursive: true, force: true })
})

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
const confirm = (jwt = 'canary-jwt') => reviews.confirm(TOKEN, new Secret(jwt))
async function fault(work: Promise<void>): Promise<TokenError> {
  const failure = await work.then(
    () => expect.fail('it was confirmed'),
    (thrown: unknown) => thrown,
  )
  expect(failure).toBeInstanceOf(TokenError)
  expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain('canary')
  return failure as TokenError
}

it('a token that its cluster accepts is confirmed, and asked about with its audience', async () => {
  await confirm()
  const [asked] = cluster.api.asked
  expect(JSON.parse(asked?.body ?? '')).toMatchObject({
    spec: { token: 'canary-jwt', audiences: ['sts.amazonaws.com'] },
  })
})

it('one that it does not accept is refused, with the words of the API server for the operator alone', async () => {
  cluster.review = { authenticated: false, error: 'service account token has been invalidated' }
  expect(await fault(confirm())).toMatchObject({
    reason: 'bound-object-gone',
    message: 'the API server of the cluster does not accept the token any more',
    detail: 'service account token has been invalidated',
    facts: { issuer: TOKEN.issuer, subject: SUBJECT },
  })
})

it('one that it accepts for another audience, or as somebody else, is refused', async () => {
  cluster.review = { ...YES, audiences: ['other'] }
  expect((await fault(confirm())).reason).toBe('bound-object-gone')
  cluster.review = { ...YES, user: { username: 'admin' } }
  expect((await fault(confirm('another'))).reason).toBe('unconfirmed')
})

it('an answer counts three seconds, for that token alone; many at once ask once', async () => {
  await Promise.all(Array.from({ length: 50 }, () => confirm()))
  expect(cluster.count(TOKEN_REVIEWS)).toBe(1)
  await confirm('another')
  expect(cluster.count(TOKEN_REVIEWS)).toBe(2)
  cluster.review = { authenticated: false }
  clock.advanceSeconds(2)
  await confirm()
  clock.advanceSeconds(1)
  expect((await fault(confirm())).reason).toBe('bound-object-gone')
})

it('when it cannot be asked the token is refused, and the next one asks again', async () => {
  cluster.isAway = true
  expect(await fault(confirm())).toMatchObject({
    reason: 'unconfirmed',
    detail: 'the API server answers 503: not now',
    hint: 'see `openirsa cluster list`',
  })
  cluster.isAway = false
  await confirm()
  cluster.review = undefined
  expect(await fault(confirm('another'))).toMatchObject({
    reason: 'unconfirmed',
    detail: expect.stringContaining('403'),
  })
})

it('an API server that does not answer is not waited for', async () => {
  cluster.api.answer = () => undefined
  const hasty = createReviews({ link, clock, longestMilliseconds: 50 })
  expect((await fault(hasty.confirm(TOKEN, new Secret('canary-jwt')))).reason).toBe('unconfirmed')
})

it('so many are asked about at once, so many wait, and the rest is refused at once', async () => {
  let [now, most] = [0, 0]
  const { promise: areAllThere, resolve: release } = deferred()
  cluster.api.answer = (_asked, response) => {
    now += 1
    most = Math.max(most, now)
    // Nobody is answered before so many are there, and a moment has passed in which one too many would come.
    if (now === 16) setTimeout(release, 50)
    void areAllThere.then(() => {
      now -= 1
      response.end(JSON.stringify({ status: YES }))
    })
    return undefined
  }
  const patient = createReviews({ link, clock, longestMilliseconds: 20_000 })
  const all = await Promise.allSettled(
    Array.from({ length: 400 }, (_, at) => patient.confirm(TOKEN, new Secret(`jwt-${at}`))),
  )
  expect(most).toBe(16)
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(16 + 256)
  await confirm('jwt-last')
})

it('an API server that went to another port is found when the kubeconfig says so', async () => {
  await confirm()
  const later = await startCluster(directory)
  later.review = YES
  await cluster.api.close()
  expect((await fault(confirm('another'))).reason).toBe('unconfirmed')
  await confirm('another')
  expect(later.count(TOKEN_REVIEWS)).toBe(1)
  await later.api.close()
})
