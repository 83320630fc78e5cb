import { describe, expect, it } from 'vitest'
import type { KeptDenial } from './model.ts'
import { ACCOUNT, errorOf, OTHER_ACCOUNT, openSts, userOf } from './testing/sts-under-test.ts'

const ID = 'abcdefgh234567ab'
const INVALID = ['InvalidAuthorizationMessageException', 400, 'Message is not valid']

const denial: KeptDenial & { readonly fix: string } = {
  account: ACCOUNT,
  resourceAccount: ACCOUNT,
  name: 'explicit-deny',
  principal: `arn:aws:iam::${ACCOUNT}:user/ops/alice`,
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  region: 'us-east-1',
  sourceIp: '127.0.0.1',
  fix: 'the way out',
}

const ask = (kept: KeptDenial, { id = ID, who = userOf() } = {}) => {
  const sts = openSts()
  sts.world.denials.set(ID, kept)
  return sts.ask('DecodeAuthorizationMessage', { EncodedMessage: id }, who)
}

describe('DecodeAuthorizationMessage', () => {
  it('needs its permission, on no resource', async () => {
    expect(await openSts().requirements('DecodeAuthorizationMessage', { EncodedMessage: ID }, userOf())).toEqual([
      { action: 'sts:DecodeAuthorizationMessage', resource: '*', resourceAccount: ACCOUNT, onDeny: 'refuse' },
    ])
  })

  it('answers in AWS’s form, with the whole record beside it', async () => {
    const { output } = await ask(denial)
    expect(JSON.parse(output.DecodedMessage as string)).toEqual({
      allowed: false,
      explicitDeny: true,
      matchedStatements: { items: [] },
      failures: { items: [] },
      context: {
        principal: { arn: denial.principal },
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::b/k',
        conditions: {
          items: [
            { key: 'aws:SourceIp', values: { items: [{ value: '127.0.0.1' }] } },
            { key: 'aws:RequestedRegion', values: { items: [{ value: 'us-east-1' }] } },
            { key: 'aws:PrincipalAccount', values: { items: [{ value: ACCOUNT }] } },
          ],
        },
      },
      openirsa: denial,
    })
  })

  it('has the statements that matched and every key of the call, where policies were asked', async () => {
    const statement = {
      policy: 'p',
      policyType: 'identity',
      index: 1,
      effect: 'Deny',
      matches: true,
      sid: 'NoSecrets',
      actions: { not: false, patterns: ['s3:*'] },
      resources: { not: false, patterns: ['arn:aws:s3:::b/*', 'arn:aws:s3:::c'] },
      conditions: [{ operator: 'StringLike', key: 'aws:username', values: ['al*', 'bob'] }],
    } as const
    const { sid: _sid, ...unnamed } = statement
    const bare = { ...unnamed, index: 2, conditions: [], actions: { not: true, patterns: ['iam:*'] } }
    const context = [
      { key: 'aws:userid', values: ['AIDAEXAMPLE'] },
      { key: 'aws:TagKeys', values: ['a', 'b'] },
    ]
    const { output } = await ask({
      ...denial,
      context,
      statements: [statement, bare, { ...statement, matches: false }],
    })
    const decoded = JSON.parse(output.DecodedMessage as string)
    const named = {
      statementId: 'NoSecrets',
      effect: 'DENY',
      principals: { items: [{ value: 'AIDAEXAMPLE' }] },
      principalGroups: { items: [] },
      actions: { items: [{ value: 's3:*' }] },
      resources: { items: [{ value: 'arn:aws:s3:::b/*' }, { value: 'arn:aws:s3:::c' }] },
      conditions: { items: [{ key: 'aws:username', values: { items: [{ value: 'al*' }, { value: 'bob' }] } }] },
    }
    const { actions: _, ...rest } = named
    expect(decoded.matchedStatements.items).toEqual([
      named,
      { ...rest, statementId: '', notActions: { items: [{ value: 'iam:*' }] }, conditions: { items: [] } },
    ])
    expect(decoded.context).toMatchObject({
      principal: { id: 'AIDAEXAMPLE', arn: denial.principal },
      conditions: {
        items: [
          { key: 'aws:userid', values: { items: [{ value: 'AIDAEXAMPLE' }] } },
          { key: 'aws:TagKeys', values: { items: [{ value: 'a' }, { value: 'b' }] } },
        ],
      },
    })
    expect(decoded.openirsa.statements).toHaveLength(3)
  })

  it('shows the statement of a resource’s policy with those whom it names', async () => {
    const statement = {
      policy: 'b',
      policyType: 'resource',
      index: 0,
      effect: 'Deny',
      matches: true,
      principals: { not: false, entries: [{ type: 'AWS', value: '*' }] },
      actions: { not: false, patterns: ['s3:*'] },
      conditions: [],
    } as const
    const { output } = await ask({ ...denial, statements: [statement] })
    expect(JSON.parse(output.DecodedMessage as string).matchedStatements.items).toMatchObject([
      { principals: { items: [{ value: '*' }] }, resources: { items: [] } },
    ])
  })

  it.each(['service-control', 'resource-control'] as const)(
    'keeps a %s policy to the organization',
    async (policyType) => {
      const statement = {
        policy: 'p',
        policyType,
        index: 0,
        effect: 'Deny',
        matches: true,
        sid: 'OfTheOrganization',
        actions: { not: false, patterns: ['s3:*'] },
        conditions: [],
      } as const
      const { output } = await ask({ ...denial, statements: [statement] })
      expect(output.DecodedMessage).not.toContain('OfTheOrganization')
      expect(JSON.parse(output.DecodedMessage as string)).toMatchObject({
        explicitDeny: true,
        matchedStatements: { items: [] },
      })
    },
  )

  it('tells a missing Allow from a Deny', async () => {
    const { output } = await ask({ ...denial, name: 'permission' })
    expect(JSON.parse(output.DecodedMessage as string)).toMatchObject({ allowed: false, explicitDeny: false })
  })

  it('a refused token belongs to the account of the role that it asked for', async () => {
    const { account: _, ...nobody } = denial
    const { output } = await ask({ ...nobody, name: 'expired' })
    expect(output.DecodedMessage).toContain('"name":"expired"')
    expect(await errorOf(ask(nobody, { who: userOf(OTHER_ACCOUNT) }))).toEqual(INVALID)
  })

  it.each<[string, KeptDenial]>([
    ['another account’s caller', { ...denial, account: OTHER_ACCOUNT, resourceAccount: OTHER_ACCOUNT }],
    ['another account’s caller at our resource', { ...denial, account: OTHER_ACCOUNT }],
    ['our caller at another account’s resource', { ...denial, resourceAccount: OTHER_ACCOUNT }],
  ])('says nothing of %s', async (_, kept) => {
    expect(await errorOf(ask(kept))).toEqual(INVALID)
  })

  it('says nothing of a call in which nobody and nothing was known', async () => {
    const { account: _, resourceAccount: __, ...nobody } = denial
    expect(await errorOf(ask(nobody))).toEqual(INVALID)
  })

  it.each(['bbbbbbbbbbbbbbbb', 'no-id', "' or 1=1 --", ID.toUpperCase()])('`%s` is no message', async (id) => {
    expect(await errorOf(ask(denial, { id }))).toEqual(INVALID)
  })
})
