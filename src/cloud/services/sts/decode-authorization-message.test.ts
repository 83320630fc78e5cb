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
