import { beforeEach, describe, expect, it } from 'vitest'
import type { ApiResult, Principal } from '../../operation.ts'
import {
  ACCOUNT,
  errorOf,
  holderOf,
  NOW,
  OTHER_ACCOUNT,
  openSts,
  ROLE_ARN,
  roleOf,
  type StsUnderTest,
  signerOf,
  trust,
  userOf,
} from './testing/sts-under-test.ts'

const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` }
const EVERY_ACTION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
const NEXT_ARN = `arn:aws:iam::${ACCOUNT}:role/next`

let sts: StsUnderTest
beforeEach(() => {
  sts = openSts()
  sts.world.roles.set(ROLE_ARN, roleOf({ trustPolicy: trust(ROOT, EVERY_ACTION), maxSessionDurationSeconds: 43_200 }))
  sts.world.roles.set(
    NEXT_ARN,
    roleOf({
      name: 'next',
      uniqueId: 'AROARZPUZDIKNNNNNNNNN',
      trustPolicy: trust(ROOT, EVERY_ACTION),
      maxSessionDurationSeconds: 43_200,
    }),
  )
})

const assume = (more: Record<string, unknown> = {}, principal: Principal = userOf()): Promise<ApiResult> =>
  sts.ask('AssumeRole', { RoleArn: ROLE_ARN, RoleSessionName: 'alice-at-work', ...more }, principal)
const required = (more: Record<string, unknown> = {}, principal: Principal = userOf()) =>
  sts.requirements('AssumeRole', { RoleArn: ROLE_ARN, RoleSessionName: 'alice-at-work', ...more }, principal)
const chain = async (first: Record<string, unknown>, second: Record<string, unknown> = {}) =>
  assume({ RoleArn: NEXT_ARN, ...second }, signerOf(sts, await assume(first)))
const sessionOf = (result: ApiResult) => {
  const signer = signerOf(sts, result)
  if (signer.kind !== 'assumed-role') throw new Error('no session')
  return signer.session
}
const tagsOf = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

describe('a user', () => {
  it('gets credentials for a role that trusts its account', async () => {
    const { output } = await assume()
    expect(output).toEqual({
      Credentials: expect.objectContaining({ AccessKeyId: expect.stringMatching(/^ASIARZPUZDIK/) }),
      AssumedRoleUser: {
        AssumedRoleId: 'AROARZPUZDIKAAAAAAAAA:alice-at-work',
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/alice-at-work`,
      },
    })
    expect(sessionOf(await assume())).toMatchObject({ kind: 'assume-role', chainDepth: 0, issuedAt: NOW })
  })

  it('may have it for as long as the role allows', async () => {
    const { expiresAt } = sessionOf(await assume({ DurationSeconds: 43_200 }))
    expect((expiresAt - Math.floor(NOW / 1000) * 1000) / 1000).toBe(43_200)
    sts.world.roles.set(ROLE_ARN, roleOf({ trustPolicy: trust(ROOT, EVERY_ACTION) }))
    expect((await errorOf(assume({ DurationSeconds: 3601 })))[2]).toBe(
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  })

  it('brings its ExternalId into the judgement', async () => {
    const wants = { StringEquals: { 'sts:ExternalId': 'shared-words' } }
    sts.world.roles.set(ROLE_ARN, roleOf({ trustPolicy: trust(ROOT, EVERY_ACTION, wants) }))
    expect((await errorOf(assume()))[0]).toBe('AccessDenied')
    expect((await errorOf(assume({ ExternalId: 'other-words' })))[0]).toBe('AccessDenied')
    expect((await assume({ ExternalId: 'shared-words' })).output.Credentials).toBeDefined()
  })

  it('sets tags and a source identity when the role lets it', async () => {
    const more = { Tags: tagsOf({ Team: 'shop' }), TransitiveTagKeys: ['team'], SourceIdentity: 'alice' }
    const requirements = await required(more)
    expect(requirements.map(({ action }) => action)).toEqual(EVERY_ACTION)
    expect(requirements[2]?.contextKeys).toEqual({
      'sts:RoleSessionName': 'alice-at-work',
      'sts:SourceIdentity': 'alice',
      'aws:RequestTag/Team': 'shop',
      'aws:TagKeys': ['Team'],
      'sts:TransitiveTagKeys': ['team'],
    })
    const result = await assume(more)
    expect(result.output).toMatchObject({ SourceIdentity: 'alice', PackedPolicySize: 1 })
    expect(sessionOf(result)).toMatchObject({ tags: new Map([['Team', 'shop']]), sourceIdentity: 'alice' })
    sts.world.roles.set(ROLE_ARN, roleOf({ trustPolicy: trust(ROOT, 'sts:AssumeRole') }))
    expect((await errorOf(assume(more)))[2]).toContain('is not authorized to perform: sts:TagSession on resource')
  })

  it.each<readonly [string, Record<string, unknown>, string]>([
    [
      'two keys that differ in case',
      { Tags: tagsOf({ Team: 'a', team: 'b' }) },
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      'a transitive key that is no tag',
      { TransitiveTagKeys: ['team'] },
      'The specified transitive tag key must be included in the requested tags.',
    ],
  ])('is refused %s', async (_, more, message) => {
    expect(await errorOf(assume(more))).toEqual(['InvalidParameterValue', 400, message])
  })
})

describe('a role that is not to be had', () => {
  const denied = `User: arn:aws:iam::${ACCOUNT}:user/ops/alice is not authorized to perform: sts:AssumeRole on resource:`

  it('answers alike in the own account, whether it does not trust or does not exist', async () => {
    sts.world.roles.set(
      ROLE_ARN,
      roleOf({ trustPolicy: trust({ AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` }, 'sts:AssumeRole') }),
    )
    const because = 'because no role trust policy allows the sts:AssumeRole action'
    expect(await errorOf(assume())).toEqual(['AccessDenied', 403, `${denied} ${ROLE_ARN} ${because}`])
    sts.world.roles.clear()
    expect(await errorOf(assume())).toEqual(['AccessDenied', 403, `${denied} ${ROLE_ARN} ${because}`])
  })

  it('answers alike in another account, and without a reason', async () => {
    const arn = `arn:aws:iam::${OTHER_ACCOUNT}:role/theirs`
    const words = ['AccessDenied', 403, `${denied} ${arn}`]
    expect(await errorOf(assume({ RoleArn: arn }))).toEqual(words)
    sts.world.roles.set(arn, roleOf({ account: OTHER_ACCOUNT, name: 'theirs' }))
    expect(await errorOf(assume({ RoleArn: arn }))).toEqual(words)
  })

  it('is one that goes, or changes its trust, between the judgement and the session', async () => {
    sts.meanwhile = () => sts.world.roles.clear()
    expect(await errorOf(assume())).toEqual(['AccessDenied', 403, `${denied} ${ROLE_ARN}`])
  })

  it('is one whose ARN is none', async () => {
    expect(await errorOf(assume({ RoleArn: 'nothing-valid-in-here' }))).toEqual([
      'ValidationError',
      400,
      'nothing-valid-in-here is invalid',
    ])
  })

  it('is one for the holder of a token: that has a way of its own', async () => {
    expect((await errorOf(assume({}, holderOf())))[0]).toBe('MissingAuthenticationToken')
    expect((await errorOf(assume({}, { kind: 'anonymous' })))[0]).toBe('MissingAuthenticationToken')
  })
})

describe('a chain of roles', () => {
  it('lasts an hour at most, and an hour when nothing is said', async () => {
    expect(sessionOf(await chain({})).expiresAt).toBe(Math.floor(NOW / 1000) * 1000 + 3_600_000)
    expect(await errorOf(chain({}, { DurationSeconds: 3601 }))).toEqual([
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ])
  })

  it('counts its links, and knows the key that made each', async () => {
    const first = await assume()
    const second = await assume({ RoleArn: NEXT_ARN }, signerOf(sts, first))
    const third = await assume({}, signerOf(sts, second))
    expect([first, second, third].map((result) => sessionOf(result).chainDepth)).toEqual([0, 1, 2])
    const { AccessKeyId } = second.output.Credentials as Record<string, string>
    expect(sessionOf(third).parentAccessKeyId).toBe(AccessKeyId)
  })

  it('hands on transitive tags and the source identity, and nothing else', async () => {
    const session = sessionOf(
      await chain(
        { Tags: tagsOf({ Team: 'shop', Desk: '7' }), TransitiveTagKeys: ['team'], SourceIdentity: 'alice' },
        { Tags: tagsOf({ Job: 'x' }) },
      ),
    )
    expect([...session.tags]).toEqual([
      ['Team', 'shop'],
      ['Job', 'x'],
    ])
    expect(session.transitiveTagKeys).toEqual(['team'])
    expect(session.sourceIdentity).toBe('alice')
  })

  it('asks every role of it for leave to be tagged and named', async () => {
    const first = await assume({ Tags: tagsOf({ Team: 'shop' }), TransitiveTagKeys: ['Team'], SourceIdentity: 'alice' })
    const requirements = await required({ RoleArn: NEXT_ARN }, signerOf(sts, first))
    expect(requirements.map(({ action }) => action)).toEqual(EVERY_ACTION)
    expect(requirements[0]?.contextKeys).toEqual({
      'sts:RoleSessionName': 'alice-at-work',
      'sts:SourceIdentity': 'alice',
    })
  })

  it('lets nobody override an inherited tag, in whatever case, or change the source identity', async () => {
    const first = { Tags: tagsOf({ Team: 'shop' }), TransitiveTagKeys: ['Team'], SourceIdentity: 'alice' }
    expect(await errorOf(chain(first, { Tags: tagsOf({ team: 'other' }) }))).toEqual([
      'InvalidParameterValue',
      400,
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    ])
    expect((await errorOf(chain(first, { SourceIdentity: 'bob' }))).slice(0, 2)).toEqual(['AccessDenied', 403])
    expect(sessionOf(await chain(first, { SourceIdentity: 'alice' })).sourceIdentity).toBe('alice')
  })

  it('may begin with a token; what the token said of its holder stays behind', async () => {
    const role = roleOf({ name: 'pod', uniqueId: 'AROARZPUZDIKPPPPPPPPP' })
    sts.world.roles.set(role.arn, role)
    const input = { RoleArn: role.arn, RoleSessionName: 'pod', WebIdentityToken: 'e.y.J' }
    const first = await sts.ask('AssumeRoleWithWebIdentity', input, holderOf())
    const session = sessionOf(await assume({ RoleArn: NEXT_ARN }, signerOf(sts, first)))
    expect(session).toMatchObject({ kind: 'assume-role', chainDepth: 1 })
    expect(session).not.toHaveProperty('webIdentity')
  })
})

describe('what is not there', () => {
  it('a second factor: no code is right, and none is taken for right', async () => {
    const more = { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/alice`, TokenCode: '123456' }
    expect((await errorOf(assume(more))).slice(0, 2)).toEqual(['AccessDenied', 403])
    expect((await errorOf(assume(more)))[2]).toMatch(/^MultiFactorAuthentication failed/)
  })

  it('contexts of other providers', async () => {
    const ProvidedContexts = [{ ProviderArn: 'arn:aws:iam::aws:contextProvider/x', ContextAssertion: 'abcd' }]
    expect((await errorOf(assume({ ProvidedContexts }))).slice(0, 2)).toEqual(['NotImplemented', 501])
  })
})

describe('the record of AssumeRole', () => {
  const { trail } = openSts().service.operations.AssumeRole ?? {}

  it('has what was asked for but the code of the second factor', () => {
    const input = {
      RoleArn: ROLE_ARN,
      RoleSessionName: 'alice-at-work',
      Tags: tagsOf({ Team: 'shop' }),
      TransitiveTagKeys: ['Team'],
      ExternalId: 'shared-words',
      TokenCode: '123456',
      SourceIdentity: 'alice',
    }
    expect(trail?.requestParameters?.(input)).toEqual({
      roleArn: ROLE_ARN,
      roleSessionName: 'alice-at-work',
      tags: [{ key: 'Team', value: 'shop' }],
      transitiveTagKeys: ['Team'],
      externalId: 'shared-words',
      sourceIdentity: 'alice',
    })
  })

  it('has no secret of the answer', async () => {
    const { output } = await assume()
    const { SecretAccessKey = '', SessionToken = '' } = output.Credentials as Record<string, string>
    const text = JSON.stringify(trail?.responseElements?.(output))
    expect(text).toContain('alice-at-work')
    expect([text.includes(SecretAccessKey), text.includes(SessionToken)]).toEqual([false, false])
  })
})
