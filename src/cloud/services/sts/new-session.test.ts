import { beforeEach, describe, expect, it } from 'vitest'
import type { NamedPolicy } from '../../../standards/policy/index.ts'
import { type Exchange, NOT_AUTHORIZED, openExchange, TAGS } from './testing/exchange.ts'
import { ACCOUNT, errorOf, NOW, OTHER_ACCOUNT, ROLE_ARN, roleOf } from './testing/sts-under-test.ts'

let sts: Exchange['sts']
let exchange: Exchange['exchange']
let sessionOf: Exchange['sessionOf']
beforeEach(() => {
  ;({ sts, exchange, sessionOf } = openExchange())
})

describe('the duration', () => {
  const durationOf = async (DurationSeconds?: number) => {
    const session = await sessionOf(DurationSeconds === undefined ? {} : { DurationSeconds })
    return (session.expiresAt - Math.floor(NOW / 1000) * 1000) / 1000
  }

  it('is an hour when nothing is said, and what is said else', async () => {
    expect(await durationOf()).toBe(3600)
    expect(await durationOf(900)).toBe(900)
    sts.world.roles.set(ROLE_ARN, roleOf({ maxSessionDurationSeconds: 43_200 }))
    expect(await durationOf(43_200)).toBe(43_200)
    expect(await durationOf()).toBe(3600)
  })

  it('is never more than the role’s', async () => {
    expect(await errorOf(exchange({ DurationSeconds: 3601 }))).toEqual([
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ])
  })

  it.each([
    [
      899,
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      43_201,
      "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
  ])('of %i seconds is refused by the model', async (DurationSeconds, message) => {
    expect(await errorOf(exchange({ DurationSeconds }))).toEqual([
      'ValidationError',
      400,
      `1 validation error detected: ${message}`,
    ])
  })

  it('is asked of those only whom the trust policy lets in', async () => {
    sts.world.roles.clear()
    expect(await errorOf(exchange({ DurationSeconds: 43_200, Policy: '{' }))).toEqual(NOT_AUTHORIZED)
  })
})

describe('session policies', () => {
  const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
  const managed = (arn: string) => sts.world.policies.set(arn, { name: 'p', arn } as NamedPolicy)
  const arnOf = (at: number, account: string = ACCOUNT) => `arn:aws:iam::${account}:policy/p${at}`

  it('go into the session as they were given', async () => {
    managed(arnOf(1))
    managed('arn:aws:iam::aws:policy/ReadOnlyAccess')
    const PolicyArns = [{ arn: arnOf(1) }, { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }]
    const session = await sessionOf({ Policy: POLICY, PolicyArns })
    expect(session.sessionPolicy).toBe(POLICY)
    expect(session.sessionPolicyArns).toEqual(PolicyArns.map(({ arn }) => arn))
    expect((await exchange({ Policy: POLICY })).output.PackedPolicySize).toBeGreaterThan(0)
  })

  it.each([
    ['{', 'Syntax errors in policy.'],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}',
      'Policy statement must contain resources.',
    ],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}',
      'Policy document should not specify a principal.',
    ],
    ['{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', 'Syntax errors in policy.'],
  ])('that are no policy are refused: %s', async (Policy, message) => {
    expect(await errorOf(exchange({ Policy }))).toEqual(['MalformedPolicyDocument', 400, message])
  })

  it('of more than 2,048 characters are refused by the model', async () => {
    const [code, , message] = await errorOf(exchange({ Policy: POLICY + ' '.repeat(2048) }))
    expect([
      code,
      message.includes("at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"),
    ]).toEqual(['ValidationError', true])
  })

  it('by ARN are at most ten', async () => {
    for (let at = 0; at < 11; at += 1) managed(arnOf(at))
    const arns = (count: number) => Array.from({ length: count }, (_, at) => ({ arn: arnOf(at) }))
    expect((await sessionOf({ PolicyArns: arns(10) })).sessionPolicyArns).toHaveLength(10)
    const [code, status, message] = await errorOf(exchange({ PolicyArns: arns(11) }))
    expect([code, status]).toEqual(['ValidationError', 400])
    expect(message).toContain(
      "at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    )
  })

  it('by ARN must exist, in the role’s own account or as AWS’s; which of it fails is not told', async () => {
    managed(arnOf(1, OTHER_ACCOUNT))
    for (const arn of [arnOf(1), arnOf(1, OTHER_ACCOUNT), 'arn:aws:s3:::a-bucket-of-mine']) {
      expect(await errorOf(exchange({ PolicyArns: [{ arn }] }))).toEqual([
        'ValidationError',
        400,
        `Policy ${arn} does not exist or is not attachable.`,
      ])
    }
    expect((await errorOf(exchange({ PolicyArns: [{}] })))[2]).toContain("Value null at 'policyArns.1.member.arn'")
  })

  it('and ARNs have 2,048 characters together at most', async () => {
    const arns = Array.from({ length: 10 }, (_, at) => arnOf(at))
    for (const arn of arns) managed(arn)
    const PolicyArns = arns.map((arn) => ({ arn }))
    const room = 2048 - arns.join('').length
    const policyOf = (length: number) => POLICY + ' '.repeat(length - POLICY.length)
    expect((await sessionOf({ Policy: policyOf(room), PolicyArns })).sessionPolicyArns).toEqual(arns)
    expect(await errorOf(exchange({ Policy: policyOf(room + 1), PolicyArns }))).toEqual([
      'PackedPolicyTooLarge',
      400,
      'Packed policy consumes 101% of allotted space, please use smaller policy.',
    ])
  })

  it('and tags that do not fit are refused with their share of the room', async () => {
    const letters = (length: number, seed: number) =>
      Array.from({ length }, (_, at) =>
        String.fromCharCode(97 + ((at * 7919 + seed * 104_729 + ((at * at * 31 + seed) >> 3)) % 26)),
      ).join('')
    const tags = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [letters(120, at) + at, [letters(256, at + 1000)]]),
    )
    const [code, status, message] = await errorOf(exchange({}, { [TAGS]: { principal_tags: tags } }))
    expect([code, status]).toEqual(['PackedPolicyTooLarge', 400])
    expect(message).toMatch(/^Packed size of session tags consumes \d{3,}% of allotted space\.$/)
  })
})
