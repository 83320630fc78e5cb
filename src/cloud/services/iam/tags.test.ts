import { beforeEach, describe, expect, it } from 'vitest'
import { ACCOUNT, allowing, type IamUnderTest, openIam, THUMBPRINT, TRUST } from './testing/iam-under-test.ts'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  await under.ask('CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: TRUST })
  await under.ask('CreateUser', { UserName: 'x' })
  await under.ask('CreatePolicy', { PolicyName: 'x', PolicyDocument: allowing('s3:*') })
  await under.ask('CreateInstanceProfile', { InstanceProfileName: 'x' })
  await under.ask('CreateOpenIDConnectProvider', { Url: 'https://x.test', ThumbprintList: [THUMBPRINT] })
  return () => under.close()
})

const arn = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`
const BEARERS = [
  ['Role', { RoleName: 'x' }, arn('role/x')],
  ['User', { UserName: 'x' }, arn('user/x')],
  ['Policy', { PolicyArn: arn('policy/x') }, arn('policy/x')],
  ['InstanceProfile', { InstanceProfileName: 'x' }, arn('instance-profile/x')],
  ['OpenIDConnectProvider', { OpenIDConnectProviderArn: arn('oidc-provider/x.test') }, arn('oidc-provider/x.test')],
] as const

const tag = (Key: string, Value = 'v') => ({ Key, Value })

describe.each(BEARERS)('tags of a %s', (noun, name, resource) => {
  const list = async (more = {}) => await under.ask(`List${noun}Tags`, { ...name, ...more })
  const put = (...Tags: readonly object[]) => under.ask(`Tag${noun}`, { ...name, Tags })

  it('come, change and go, whatever the case of their keys, and stay over a restart', async () => {
    await put(tag('Team', 'shop'), tag('stage', 'test'))
    await put(tag('TEAM', 'cart'))
    under = await under.restart()
    expect(await list()).toEqual({ Tags: [tag('stage', 'test'), tag('TEAM', 'cart')], IsTruncated: false })
    await under.ask(`Untag${noun}`, { ...name, TagKeys: ['team', 'absent'] })
    expect((await list()).Tags).toEqual([tag('stage', 'test')])
  })

  it('are fifty at most, with one value a key', async () => {
    await expect(put(tag('a'), tag('A'))).rejects.toMatchObject({
      code: 'InvalidInput',
      httpStatus: 400,
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    })
    await put(...Array.from({ length: 50 }, (_, number) => tag(`key-${number}`)))
    await put(tag('key-7', 'other'))
    await expect(put(tag('one more'))).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'The number of tags has reached the maximum limit.',
    })
    await expect(put(tag('aws:owner'))).rejects.toMatchObject({ code: 'InvalidInput' })
    await expect(put(tag('a'.repeat(129)))).rejects.toMatchObject({ code: 'ValidationError' })
  })

  it('are paged, also with the longest keys', async () => {
    const keys = ['c', 'a', 'b'].map((letter) => `${letter}${'ü'.repeat(127)}`)
    await put(...keys.map((key) => tag(key)))
    const first = await list({ MaxItems: 2 })
    expect(first.IsTruncated).toBe(true)
    const second = await list({ MaxItems: 2, Marker: first.Marker })
    expect(second.IsTruncated).toBe(false)
    expect([...(first.Tags as object[]), ...(second.Tags as object[])]).toEqual(keys.map((key) => tag(key)))
  })

  it('are asked for on it, with the keys and values of the request', async () => {
    await put(tag('team', 'shop'))
    const present = { 'aws:ResourceTag/team': 'shop', 'iam:ResourceTag/team': 'shop' }
    expect(await under.requirements(`Tag${noun}`, { ...name, Tags: [tag('a', 'b')] })).toMatchObject([
      {
        action: `iam:Tag${noun}`,
        resource,
        contextKeys: { ...present, 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'] },
      },
    ])
    expect(await under.requirements(`Untag${noun}`, { ...name, TagKeys: ['a'] })).toMatchObject([
      { action: `iam:Untag${noun}`, resource, contextKeys: { ...present, 'aws:TagKeys': ['a'] } },
    ])
    expect(await under.requirements(`List${noun}Tags`, name)).toMatchObject([
      { action: `iam:List${noun}Tags`, resource },
    ])
  })
})
