import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AccountId,
  accountOfUniqueId,
  epochSeconds,
  instant,
  instantOfEpochSeconds,
  plusSeconds,
  seconds,
} from '../../core/index.ts'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import { createSealKeyRing, createSessions, type SessionDraft, type Sessions } from './index.ts'
import { ACCOUNT, ISSUED_AT, irsa, irsaOfPod } from './testing/drafts.ts'

const REALM = '2f0f6a3e-55a5-4c0a-9a4c-3b8f1a2d4c5e'
const clock = fixedClock(ISSUED_AT)
const ring = createSealKeyRing(seededRandomness('ring'))
const sessionsOf = (seed = 'sessions'): Sessions =>
  createSessions({ ring, realmId: REALM, clock, randomness: seededRandomness(seed) })
const sessions = sessionsOf()

function openedOf(draft: SessionDraft, by: Sessions = sessionsOf('another process')) {
  const { credentials, session } = sessions.issue(draft)
  return { credentials, session, opened: by.open(credentials.sessionToken, credentials.accessKeyId) }
}

describe('a session', () => {
  it('comes back out of its token as it went in, in another process too', () => {
    for (const draft of [irsa, irsaOfPod]) {
      const { session, opened } = openedOf(draft)
      expect(opened.session).toEqual(session)
      expect(opened.session).toEqual({ ...draft, sessionId: session.sessionId, accessKeyId: session.accessKeyId })
    }
  })

  const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength })
  const name = fc.stringMatching(/^[\w+=,.@-]{1,40}$/)
  const optional = <T extends Record<string, unknown>>(record: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
    fc.record(record, { requiredKeys: [] })
  const kubernetes = optional({
    namespace: name,
    serviceAccount: name,
    serviceAccountUid: fc.oneof(fc.uuid(), text(20)),
    pod: text(20),
    podUid: fc.oneof(fc.uuid(), text(20)),
    node: name,
  }).filter((part) => Object.keys(part).length > 0)
  const webIdentity = fc
    .tuple(
      fc.record({
        providerArn: text(60),
        issuerHostPath: text(60),
        subject: text(60),
        audience: fc.oneof(name, fc.constant('sts.amazonaws.com')),
      }),
      optional({ methods: fc.array(text(10), { maxLength: 4 }), tokenId: text(40), kubernetes }),
    )
    .map(([required, more]) => ({ ...required, ...more }))
  const draft: fc.Arbitrary<SessionDraft> = fc
    .tuple(
      fc.record({
        kind: fc.constantFrom('web-identity', 'assume-role'),
        partition: fc.constantFrom('aws', 'aws-cn', 'aws-us-gov'),
        account: fc.nat({ max: 999_999_999_999 }).map((id) => String(id).padStart(12, '0') as AccountId),
        roleUniqueId: text(21),
        rolePath: fc.oneof(fc.constant('/'), text(40)),
        roleName: name,
        sessionName: name,
        issuedAt: fc.integer({ min: 0, max: ISSUED_AT }).map(instant),
        expiresAt: fc
          .integer({ min: epochSeconds(ISSUED_AT) + 1, max: epochSeconds(ISSUED_AT) + 50_000 })
          .map(instantOfEpochSeconds),
        tags: fc.array(fc.tuple(text(20), text(20)), { maxLength: 8 }).map((tags) => new Map(tags)),
        transitiveTagKeys: fc.array(text(20), { maxLength: 4 }),
        sessionPolicyArns: fc.array(text(60), { maxLength: 4 }),
        chainDepth: fc.nat({ max: 300 }),
      }),
      optional({ webIdentity, sourceIdentity: name, sessionPolicy: text(300), parentAccessKeyId: name }),
    )
    .map(([required, more]) => ({ ...required, ...more }) as SessionDraft)

  it('comes back whatever it holds', () => {
    fc.assert(
      fc.property(draft, (given) => {
        const { session, opened } = openedOf(given, sessions)
        expect(opened.session).toEqual(session)
        expect(opened.session).toMatchObject(given)
      }),
      { numRuns: 300 },
    )
  })

  it('tells its account in the access key id, as AWS packs it', () => {
    const { credentials } = sessions.issue(irsa)
    expect(credentials.accessKeyId).toMatch(/^ASIARZPUZDIK[A-Z2-7]{8}$/)
    expect(accountOfUniqueId(credentials.accessKeyId)).toBe(ACCOUNT)
  })

  it('ends at a whole second, never later than asked', () => {
    const asked = plusSeconds(ISSUED_AT, seconds(900))
    const { credentials, session } = sessions.issue({ ...irsa, expiresAt: asked })
    expect(session.expiresAt).toBe(Math.floor(asked / 1000) * 1000)
    expect(credentials.expiration).toBe(session.expiresAt)
  })
})

describe('the secret access key', () => {
  it('has 40 characters, is the same at every opening, and another for every session', () => {
    const { credentials, opened } = openedOf(irsa)
    expect(credentials.secretAccessKey.reveal()).toMatch(/^[A-Za-z0-9+/]{40}$/)
    expect(opened.secretAccessKey.reveal()).toBe(credentials.secretAccessKey.reveal())
    expect(sessions.issue(irsa).credentials.secretAccessKey.reveal()).not.toBe(credentials.secretAccessKey.reveal())
  })

  it('is in nothing that can be printed', () => {
    const { credentials, opened } = openedOf(irsa)
    const secret = credentials.secretAccessKey.reveal()
    const printed = [credentials, opened, sessions, ring].map(
      (value) => inspect(value, { depth: 10 }) + JSON.stringify(value),
    )
    expect(printed.some((value) => value.includes(secret))).toBe(false)
    const [key] = ring.keys
    const root = key?.state === 'active' ? Buffer.from(key.root.reveal()).toString('base64') : ''
    expect(printed.some((value) => value.includes(root))).toBe(false)
  })
})

describe('open', () => {
  it('lets a session live until its very end, and not a millisecond longer', () => {
    const { credentials, session } = sessions.issue(irsa)
    const open = () => sessions.open(credentials.sessionToken, credentials.accessKeyId)
    try {
      clock.set(session.expiresAt - 1)
      expect(open().session.sessionName).toBe(irsa.sessionName)
      clock.set(session.expiresAt)
      expect(open).toThrow(expect.objectContaining({ reason: 'session-expired' }))
    } finally {
      clock.set(ISSUED_AT)
    }
  })

  it('takes no session from more than a minute in the future', () => {
    const from = (ms: number) => {
      const { credentials } = sessions.issue({ ...irsa, issuedAt: instant(ISSUED_AT + ms) })
      return () => sessions.open(credentials.sessionToken, credentials.accessKeyId)
    }
    expect(from(60_000)).not.toThrow()
    expect(from(60_001)).toThrow(expect.objectContaining({ reason: 'session-unopenable' }))
  })

  it('answers the same object for the same token, so that what belongs to it may be kept with it', () => {
    const { credentials } = sessions.issue(irsa)
    const open = () => sessions.open(credentials.sessionToken, credentials.accessKeyId)
    expect(open().session).toBe(open().session)
  })
})

it('an installation without a realm id is refused', () => {
  expect(() => createSessions({ ring, realmId: '', clock, randomness: seededRandomness('x') })).toThrow(RangeError)
})
