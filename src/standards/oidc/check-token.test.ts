import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instant, instantOfEpochSeconds, seconds, TokenError, type TokenReason } from '../../core/index.ts'
import { checkTokenBeforeKey } from './check-token.ts'
import { parseIssuerUrl } from './issuer-url.ts'
import { peekToken } from './peek-token.ts'

const NOW = 1_760_000_000
const ISSUER = 'https://idp.test/id/1'
const good = {
  iss: ISSUER,
  aud: ['sts.amazonaws.com'],
  sub: 'system:serviceaccount:a:b',
  iat: NOW,
  nbf: NOW,
  exp: NOW + 3600,
}
type Claims = Readonly<Record<string, unknown>>

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (claims: Claims): string => `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}.AAAA`

function check(claims: Claims, leeway = 300, now = instantOfEpochSeconds(NOW)) {
  return checkTokenBeforeKey(peekToken(tokenOf(claims)), {
    issuer: parseIssuerUrl(ISSUER),
    clientIds: ['sts.amazonaws.com', 'other'],
    now,
    leewaySeconds: seconds(leeway),
  })
}

function refusal(work: () => unknown): TokenError {
  try {
    work()
  } catch (failure) {
    if (failure instanceof TokenError) return failure
    throw failure
  }
  throw new Error('it was accepted')
}

function without(name: keyof typeof good): Claims {
  const { [name]: _, ...rest } = good
  return rest
}

describe('the checks before a key is fetched', () => {
  it('pass a whole token', () => {
    expect(check(good)).toEqual({
      audience: 'sts.amazonaws.com',
      issuedAt: NOW,
      expiresAt: NOW + 3600,
      subject: good.sub,
    })
    expect(check({ ...without('nbf'), aud: 'other' }).audience).toBe('other')
  })

  it.each<[string, Claims, number, TokenReason | 'accepted']>([
    ['expired 290 s ago', { exp: NOW - 290 }, 300, 'accepted'],
    ['expired 299 s ago', { exp: NOW - 299 }, 300, 'accepted'],
    ['expired 300 s ago', { exp: NOW - 300 }, 300, 'expired'],
    ['expired 301 s ago', { exp: NOW - 301 }, 300, 'expired'],
    ['expires now, without leeway', { exp: NOW }, 0, 'expired'],
    ['expires in a second, without leeway', { exp: NOW + 1 }, 0, 'accepted'],
    ['issued in 300 s', { iat: NOW + 300 }, 300, 'accepted'],
    ['issued in 301 s', { iat: NOW + 301 }, 300, 'not-yet-valid'],
    ['issued in a second, without leeway', { iat: NOW + 1 }, 0, 'not-yet-valid'],
    ['valid in 300 s', { nbf: NOW + 300 }, 300, 'accepted'],
    ['valid in 301 s', { nbf: NOW + 301 }, 300, 'not-yet-valid'],
  ])('a token that is %s', (_, claims, leeway, wanted) => {
    const judged = () => check({ ...good, ...claims }, leeway)
    if (wanted === 'accepted') expect(judged().subject).toBe(good.sub)
    else expect(refusal(judged).reason).toBe(wanted)
  })

  it('a part of a second is no second', () => {
    expect(refusal(() => check({ ...good, exp: NOW }, 0, instant(NOW * 1000 + 999))).reason).toBe('expired')
    expect(check({ ...good, exp: NOW + 1 }, 0, instant(NOW * 1000 + 999)).expiresAt).toBe(NOW + 1)
  })

  it.each(['aud', 'exp', 'iat', 'sub'] as const)('a token without `%s` is refused for that', (claim) => {
    expect(refusal(() => check(without(claim)))).toMatchObject({
      reason: 'missing-claim',
      facts: { claim, issuer: ISSUER },
    })
  })

  it.each<[string, unknown]>([
    ['exp', 1.5],
    ['exp', '1760003600'],
    ['exp', 9e15],
    ['exp', -1],
    ['exp', true],
    ['iat', null],
    ['nbf', [NOW]],
    ['sub', ''],
    ['sub', 7],
    ['aud', []],
    ['aud', ['sts.amazonaws.com', 1]],
    ['aud', [['sts.amazonaws.com']]],
    ['azp', 5],
    ['azp', null],
  ])('a `%s` of %j is malformed', (claim, value) => {
    expect(refusal(() => check({ ...good, [claim]: value }))).toMatchObject({ reason: 'malformed', facts: { claim } })
  })

  it('several audiences need an authorized party', () => {
    expect(refusal(() => check({ ...good, aud: ['sts.amazonaws.com', 'other'] }))).toMatchObject({
      reason: 'untrusted-claim',
      facts: { claim: 'aud' },
    })
    expect(check({ ...good, aud: ['a', 'b'], azp: 'other' })).toMatchObject({
      audience: 'other',
      originalAudiences: ['a', 'b'],
    })
    expect(refusal(() => check({ ...good, azp: 'x' })).reason).toBe('audience-mismatch')
  })

  it('the audience is looked at before the times, the issuer before the audience', () => {
    const allWrong = { ...good, iss: 'https://other.test', aud: 'x', exp: 1, sub: 5 }
    expect(refusal(() => check(allWrong)).reason).toBe('unknown-issuer')
    expect(refusal(() => check({ ...allWrong, iss: ISSUER })).reason).toBe('audience-mismatch')
    expect(refusal(() => check({ ...allWrong, iss: ISSUER, aud: 'other' })).reason).toBe('expired')
  })

  it('a refusal tells what was found and what would have done', () => {
    const { facts } = refusal(() => check({ ...good, aud: 'vault' }))
    expect(facts).toMatchObject({
      audiences: ['vault'],
      accepted: ['sts.amazonaws.com', 'other'],
      issuer: ISSUER,
      subject: good.sub,
      keyId: 'k',
    })
    expect(refusal(() => check({ ...good, exp: 5 })).facts).toMatchObject({ expiresAt: 5, judgedAt: NOW })
  })
})

describe('taking a token apart', () => {
  it('finds the issuer of a legacy token, which has no audience and no expiry', () => {
    const legacy = { iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:default:default' }
    expect(peekToken(tokenOf(legacy))).toMatchObject({ issuer: 'kubernetes/serviceaccount', audiences: [] })
  })

  it('demands an issuer', () => {
    expect(refusal(() => peekToken(tokenOf(without('iss'))))).toMatchObject({
      reason: 'missing-claim',
      facts: { claim: 'iss' },
    })
    expect(refusal(() => peekToken(tokenOf({ ...good, iss: [ISSUER] }))).reason).toBe('malformed')
  })

  it('never throws anything but a TokenError', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.base64String(),
    )
    const header = fc.record({ alg: fc.constantFrom('RS256', 'ES256'), kid: fc.anything() }).map(encode)
    fc.assert(
      fc.property(fc.array(fc.oneof(header, part), { maxLength: 4 }), (parts) => {
        try {
          const token = peekToken(parts.join('.'))
          checkTokenBeforeKey(token, {
            issuer: parseIssuerUrl(ISSUER),
            clientIds: [],
            now: instant(0),
            leewaySeconds: seconds(0),
          })
        } catch (failure) {
          expect(failure).toBeInstanceOf(TokenError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('never says a part of the token in its message', () => {
    const [header, payload] = tokenOf(good).split('.')
    for (const bad of [
      `${header}.${payload}`,
      `${header}.${payload}=.AAAA`,
      `${header}.${payload}.A`,
      `${payload}.${payload}.AAAA`,
    ]) {
      expect(refusal(() => peekToken(bad)).message).not.toMatch(/eyJ|system:serviceaccount/)
    }
  })
})
