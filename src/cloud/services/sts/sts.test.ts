import { describe, expect, it } from 'vitest'
import { SignatureError } from '../../../core/index.ts'
import {
  ACCOUNT,
  accessKeyOf,
  errorOf,
  holderOf,
  OTHER_ACCOUNT,
  openSts,
  ROLE_ARN,
  roleOf,
  userOf,
} from './testing/sts-under-test.ts'

const XML_HEAD = { method: 'POST', path: '/', query: '', headers: [] }
const JSON_HEAD = { ...XML_HEAD, headers: [['Accept', 'application/json']] as const }

describe('the table', () => {
  const { service } = openSts()

  it('has rows for these operations; every other of the API is left to be authorised and told that it is not here', () => {
    expect(Object.keys(service.operations)).toEqual([
      'AssumeRoleWithWebIdentity',
      'AssumeRole',
      'GetCallerIdentity',
      'GetAccessKeyInfo',
      'DecodeAuthorizationMessage',
    ])
    for (const name of Object.keys(service.operations)) expect(service.model.operationNames).toContain(name)
  })

  it('lets one operation in without a signature', () => {
    const unsigned = Object.entries(service.operations).filter(([, { authenticate }]) => authenticate.by !== 'sigv4')
    expect(unsigned.map(([name]) => name)).toEqual(['AssumeRoleWithWebIdentity'])
    expect(Object.values(service.operations).some(({ authenticate }) => 'orAnonymous' in authenticate)).toBe(false)
  })

  it('takes no longer body than STS', () => {
    expect(service.maxBodyBytes).toBe(64 * 1024)
  })
})

describe('GetCallerIdentity', () => {
  const sts = openSts()
  const operation = { name: 'GetCallerIdentity', labels: {} }

  it('needs no permission, so that no policy can deny it', async () => {
    expect(await sts.requirements('GetCallerIdentity', {}, userOf())).toEqual([])
  })

  it('tells a user who it is, in XML and, as aws-iam-authenticator asks, in JSON', async () => {
    const { output } = await sts.ask('GetCallerIdentity', {}, userOf())
    expect(output).toEqual({
      UserId: 'AIDARZPUZDIKAAAAAAAAA',
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/ops/alice`,
    })
    const xml = await sts.service.model.encodeOutput(operation, XML_HEAD, output, 'r')
    expect(Buffer.from(xml.body as Uint8Array).toString()).toContain(
      `<Arn>arn:aws:iam::${ACCOUNT}:user/ops/alice</Arn>`,
    )
    const json = await sts.service.model.encodeOutput(operation, JSON_HEAD, output, 'r')
    expect(JSON.parse(Buffer.from(json.body as Uint8Array).toString())).toEqual({
      GetCallerIdentityResponse: { GetCallerIdentityResult: output, ResponseMetadata: { RequestId: 'r' } },
    })
  })

  it('is for those who signed', async () => {
    for (const principal of [holderOf(), { kind: 'anonymous' } as const])
      expect((await errorOf(sts.ask('GetCallerIdentity', {}, principal)))[0]).toBe('MissingAuthenticationToken')
  })

  it('stands in the trail without parameters', () => {
    expect(sts.service.operations.GetCallerIdentity?.trail).toMatchObject({ category: 'Management', readOnly: true })
    expect(sts.service.operations.GetCallerIdentity?.trail.requestParameters?.({})).toBeNull()
  })
})

describe('GetAccessKeyInfo', () => {
  const sts = openSts()
  const accountOf = async (AccessKeyId: string) =>
    (await sts.ask('GetAccessKeyInfo', { AccessKeyId }, userOf())).output.Account

  it('needs its permission', async () => {
    expect(await sts.requirements('GetAccessKeyInfo', { AccessKeyId: 'x' }, userOf())).toEqual([
      { action: 'sts:GetAccessKeyInfo', resource: '*', resourceAccount: ACCOUNT, onDeny: 'refuse' },
    ])
  })

  // An id out of a real CloudTrail record, one of another emulator, and the smallest account.
  it.each([
    ['ASIA3ISBVQKHJOCMRQJH', '774305579662'],
    ['ASIARZPUZDIKAAAAAAAA', '123456789012'],
    ['AKIAQAAAAAAAAAAAAAAA', '000000000000'],
  ])('reads the account out of %s', async (id, account) => {
    expect(await accountOf(id)).toBe(account)
  })

  it('looks up an id that does not tell, and knows no other', async () => {
    sts.world.accessKeys.set('AKIAIOSFODNN7EXAMPLE', accessKeyOf('AKIAIOSFODNN7EXAMPLE', OTHER_ACCOUNT))
    expect(await accountOf('AKIAIOSFODNN7EXAMPLE')).toBe(OTHER_ACCOUNT)
    for (const id of ['AKIAI44QH8DHBEXAMPLE', 'AROARZPUZDIKAAAAAAAA', 'asiarzpuzdikaaaaaaaa'])
      expect((await errorOf(accountOf(id))).slice(0, 2)).toEqual(['ValidationError', 400])
  })

  it('is held to the model', async () => {
    expect((await errorOf(accountOf('short')))[2]).toContain("at 'accessKeyId' failed to satisfy constraint")
  })
})

describe('a refused signature', () => {
  it('is answered in the words of the query services', () => {
    const call = { operation: 'GetCallerIdentity', region: 'us-east-1' as never }
    const refused = openSts().service.refuse({ kind: 'signature', error: new SignatureError('missing', 'ours') }, call)
    expect([refused.code, refused.httpStatus, refused.message]).toEqual([
      'MissingAuthenticationToken',
      403,
      'Request is missing Authentication Token',
    ])
  })
})

describe('the limit of requests', () => {
  it('is not there unless it is asked for', async () => {
    const sts = openSts()
    for (let count = 0; count < 200; count += 1) await sts.ask('GetCallerIdentity', {}, userOf())
    expect(sts.service.operations.GetCallerIdentity).toBeDefined()
  })

  it('lets so many of an account pass, over all operations, and tells the next to come again', async () => {
    const sts = openSts(2)
    sts.world.roles.set(ROLE_ARN, roleOf())
    const exchange = () =>
      sts.ask(
        'AssumeRoleWithWebIdentity',
        { RoleArn: ROLE_ARN, RoleSessionName: 'pod', WebIdentityToken: 'e.y.J' },
        holderOf(),
      )
    await exchange()
    await sts.ask('GetCallerIdentity', {}, userOf())
    expect(await errorOf(exchange())).toEqual(['Throttling', 400, 'Rate exceeded'])
    expect((await sts.ask('GetCallerIdentity', {}, userOf(OTHER_ACCOUNT))).output.Account).toBe(OTHER_ACCOUNT)
  })
})
