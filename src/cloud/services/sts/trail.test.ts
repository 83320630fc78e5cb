import { beforeEach, describe, expect, it } from 'vitest'
import type { Region } from '../../../core/index.ts'
import { type Exchange, inputOf, OPERATION, openExchange } from './testing/exchange.ts'
import { ACCOUNT, OTHER_ACCOUNT, provider, ROLE_ARN, SUBJECT } from './testing/sts-under-test.ts'

let exchange: Exchange['exchange']
beforeEach(() => {
  ;({ exchange } = openExchange())
})

describe('the record', () => {
  const { trail } = openExchange().sts.service.operations[OPERATION] ?? {}

  it('has the parameters without the token', () => {
    expect(trail?.requestParameters?.(inputOf({ DurationSeconds: 900 }))).toEqual({
      roleArn: ROLE_ARN,
      roleSessionName: 'shop.orders-0a1b2c3d',
      durationSeconds: 900,
    })
  })

  it('has the answer without secret key and session token, with the time as CloudTrail writes it', async () => {
    const { output } = await exchange()
    const elements = trail?.responseElements?.(output)
    expect(elements).toEqual({
      credentials: {
        accessKeyId: expect.stringMatching(/^ASIA/),
        sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        expiration: 'Mar 1, 2026, 1:00:00 PM',
      },
      subjectFromWebIdentityToken: SUBJECT,
      assumedRoleUser: {
        assumedRoleId: 'AROARZPUZDIKAAAAAAAAA:shop.orders-0a1b2c3d',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/shop.orders-0a1b2c3d`,
      },
      provider: provider.arn,
      audience: 'sts.amazonaws.com',
    })
    const { SecretAccessKey, SessionToken } = output.Credentials as Record<string, string>
    const text = JSON.stringify(elements)
    expect([SecretAccessKey, SessionToken].some((secret) => text.includes(secret ?? ''))).toBe(false)
  })

  it.each([
    ['2025-04-16T03:46:56Z', 'Apr 16, 2025, 3:46:56 AM'],
    ['2025-12-01T00:00:05Z', 'Dec 1, 2025, 12:00:05 AM'],
    ['2025-01-31T12:30:00Z', 'Jan 31, 2025, 12:30:00 PM'],
  ])('writes %s as %s', (iso, text) => {
    const output = { Credentials: { AccessKeyId: 'A', Expiration: Date.parse(iso) }, AssumedRoleUser: {} }
    expect(trail?.responseElements?.(output)).toMatchObject({ credentials: { expiration: text } })
  })

  it.each([
    ['127.0.0.1:4566', 'regional'],
    ['sts.eu-west-1.amazonaws.com', 'regional'],
    ['sts.eu-west-1.localhost:4566', 'regional'],
    ['sts.amazonaws.com', 'global'],
    ['STS.amazonaws.com:443', 'global'],
  ])('says which region served a call to %s, and that the endpoint is %s', (host, endpointType) => {
    const origin = { sourceIp: '10.0.0.7', userAgent: 'test', host, isTls: true }
    for (const { trail: shape } of Object.values(openExchange().sts.service.operations))
      expect(shape.callDetails?.({ region: 'eu-west-1' as Region, origin })).toEqual({
        RequestDetails: { awsServingRegion: 'eu-west-1', endpointType },
      })
  })

  it('names the role and its account, read-only as AWS counts it; also for an input that was refused', () => {
    expect(trail?.readOnly).toBe(true)
    expect(trail?.resources?.(inputOf(), OTHER_ACCOUNT, 'aws')).toEqual([
      { type: 'AWS::IAM::Role', arn: ROLE_ARN, account: ACCOUNT },
    ])
    expect(trail?.resources?.({}, OTHER_ACCOUNT, 'aws')).toEqual([])
    expect(trail?.requestParameters?.({})).toEqual({})
    expect(trail?.resources?.({ RoleArn: 'x' }, OTHER_ACCOUNT, 'aws')).toEqual([
      { type: 'AWS::IAM::Role', arn: 'x', account: OTHER_ACCOUNT },
    ])
  })
})
