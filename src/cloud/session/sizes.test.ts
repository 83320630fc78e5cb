import { describe, expect, it } from 'vitest'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import { createSealKeyRing, createSessions, type SessionDraft, SessionTooLargeError } from './index.ts'
import { ISSUED_AT, irsa, irsaOfPod } from './testing/drafts.ts'

const randomness = seededRandomness('sizes')
const sessions = createSessions({
  ring: createSealKeyRing(randomness),
  realmId: randomness.uuid(),
  clock: fixedClock(ISSUED_AT),
  randomness,
})

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+='
/** Text that no compression makes shorter than six bits a letter. */
const noise = (length: number): string => Array.from(randomness.bytes(length), (byte) => LETTERS[byte % 64]).join('')
const tagsOf = (count: number, value: (at: number) => string) =>
  new Map(Array.from({ length: count }, (_, at) => [`cost-center-${at}`, value(at)]))

/** A session policy of about 2 KB, as people write them. */
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: Array.from({ length: 13 }, (_, at) => ({
    Sid: `Read${at}`,
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:ListBucket'],
    Resource: [`arn:aws:s3:::bucket-${at}`, `arn:aws:s3:::bucket-${at}/*`],
  })),
})
const arns = Array.from({ length: 10 }, (_, at) => `arn:aws:iam::123456789012:policy/team/permissions-${at}`)

/** Characters of the token; a change that makes one of them more than a tenth larger is to be noticed. */
const TABLE: readonly (readonly [string, SessionDraft, number])[] = [
  ['plain IRSA', irsa, 332],
  ['of a pod', irsaOfPod, 440],
  ['with 10 tags', { ...irsa, tags: tagsOf(10, (at) => `team-${at}`) }, 444],
  ['with a policy of 2 KB', { ...irsa, sessionPolicy: policy }, 620],
  ['with 2,048 characters that do not compress', { ...irsa, sessionPolicy: noise(2048) }, 2460],
  ['with 10 policy ARNs', { ...irsa, sessionPolicyArns: arns }, 492],
]

describe('the size of a token', () => {
  it.each(TABLE)('%s', (_, draft, characters) => {
    const { length } = sessions.issue(draft).credentials.sessionToken
    expect(length).toBeGreaterThan(characters * 0.8)
    expect(length).toBeLessThanOrEqual(characters * 1.1)
  })

  it('is never more than 4,064 characters, however full a session is', () => {
    let longest = 0
    for (let length = 2_000; length < 3_600; length += 10) {
      try {
        longest = Math.max(
          longest,
          sessions.issue({ ...irsaOfPod, sessionPolicy: noise(length) }).credentials.sessionToken.length,
        )
      } catch (error) {
        expect(error).toBeInstanceOf(SessionTooLargeError)
      }
    }
    expect(longest).toBeGreaterThan(3_500)
    expect(longest).toBeLessThanOrEqual(4_064)
  })
})

describe('the packed size', () => {
  it('is not there for a session without policies and tags', () => {
    expect(sessions.issue(irsa).packedPolicySizePercent).toBeUndefined()
  })

  it('grows with what is passed, from one per cent', () => {
    const of = (draft: Partial<SessionDraft>) => sessions.issue({ ...irsa, ...draft }).packedPolicySizePercent
    expect(of({ tags: new Map([['a', 'b']]) })).toBe(1)
    expect(of({ sessionPolicy: noise(2048) })).toBeGreaterThan(55)
    expect(of({ sessionPolicyArns: arns })).toBeGreaterThan(2)
  })

  it('beyond a hundred is refused, and says what takes the room', () => {
    const error = (draft: Partial<SessionDraft>) => {
      try {
        sessions.issue({ ...irsa, ...draft })
      } catch (failure) {
        if (failure instanceof SessionTooLargeError) return failure
      }
      throw new Error('it was issued')
    }
    const tags = new Map(Array.from({ length: 50 }, () => [noise(128), noise(256)]))
    expect(error({ tags })).toMatchObject({ of: 'tags' })
    expect(error({ tags }).percent).toBeGreaterThan(400)
    expect(error({ sessionPolicy: noise(4_000) })).toMatchObject({ of: 'policy' })
    expect(error({ sessionPolicy: noise(4_000) }).percent).toBeGreaterThan(100)
  })

  it('counts a text that compresses to nothing by its length', () => {
    expect(() => sessions.issue({ ...irsa, sessionPolicy: ' '.repeat(40_000) })).toThrow(SessionTooLargeError)
  })

  it('leaves the room of a session’s own names to them: too long a name is refused, not cut', () => {
    const sessionName = 'x'.repeat(3_000)
    expect(() => sessions.issue({ ...irsa, sessionName })).toThrow(SessionTooLargeError)
  })
})
