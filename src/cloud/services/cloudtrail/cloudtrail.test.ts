import { beforeEach, describe, expect, it } from 'vitest'
import { type AccountId, type Instant, instant, type Region } from '../../../core/index.ts'
import { fixedClock } from '../../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../../io/store/index.ts'
import { createTrail, type Trail, type TrailRecord, trailMigrations } from '../../../io/trail/index.ts'
import type { ApiCall, Principal, Service } from '../../operation.ts'
import { createCloudTrail } from './index.ts'

const ACCOUNT = '000000000000' as AccountId
const OTHER = '111122223333' as AccountId
const START = Date.parse('2026-03-01T12:00:00Z')
const clock = fixedClock(START)

let store: Store
let trail: Trail
let cloudtrail: Service
let now: Instant

beforeEach(async () => {
  clock.set(START)
  now = instant(START)
  store = await openSqliteStore(':memory:')
  await store.migrate(trailMigrations)
  trail = createTrail({ store, clock })
  cloudtrail = createCloudTrail({ trail })
  return () => store.close()
})

const user: Principal = {
  kind: 'iam-user',
  account: ACCOUNT,
  partition: 'aws',
  arn: `arn:aws:iam::${ACCOUNT}:user/administrator`,
  userId: 'AIDAEXAMPLE',
  userName: 'administrator',
  accessKeyId: 'AKIAEXAMPLE',
}

const entry = (number: number, more: Partial<TrailRecord> = {}): TrailRecord => ({
  eventId: `event-${number}`,
  requestId: `request-${number}`,
  time: instant(START - 60_000 + number * 1000),
  account: ACCOUNT,
  region: 'us-east-1',
  eventName: 'GetCallerIdentity',
  eventSource: 'sts.amazonaws.com',
  readOnly: true,
  category: 'Management',
  resources: [],
  event: { eventVersion: '1.08', requestID: `request-${number}` },
  ...more,
})

function callOf(input: Record<string, unknown>): ApiCall {
  return {
    service: 'cloudtrail',
    operation: 'LookupEvents',
    region: 'us-east-1' as Region,
    requestId: 'r',
    time: now,
    origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: false },
    headers: [],
    input,
  }
}

interface Answer {
  readonly Events: readonly Record<string, unknown>[]
  readonly NextToken?: string
}

/** Each look-up a second after the one before, so that the limit is not in the way. */
async function lookup(input: Record<string, unknown> = {}): Promise<Answer> {
  now = instant(now + 1000)
  const result = await cloudtrail.operations.LookupEvents?.perform(callOf(input), user, [])
  return result?.output as unknown as Answer
}

const idsOf = ({ Events }: Answer) => Events.map(({ EventId }) => EventId)

describe('LookupEvents', () => {
  it('needs cloudtrail:LookupEvents', async () => {
    expect(await cloudtrail.operations.LookupEvents?.requires({}, user, callOf({}))).toEqual([
      { action: 'cloudtrail:LookupEvents', resource: '*', resourceAccount: ACCOUNT, onDeny: 'refuse' },
    ])
  })

  it('answers the management events of the account and region, newest first, in the words of the API', async () => {
    await trail.record(entry(1))
    await trail.record(
      entry(2, {
        eventName: 'AssumeRoleWithWebIdentity',
        userName: 'system:serviceaccount:shop:orders',
        accessKeyId: 'ASIAEXAMPLE',
        resources: [{ type: 'AWS::IAM::Role', name: 'arn:aws:iam::000000000000:role/orders' }],
      }),
    )
    await trail.record(entry(3, { account: OTHER }))
    await trail.record(entry(4, { region: 'eu-west-1' }))
    await trail.record(entry(5, { category: 'Data', eventName: 'GetObject' }))
    const answer = await lookup()
    expect(idsOf(answer)).toEqual(['event-2', 'event-1'])
    expect(answer.Events[0]).toEqual({
      EventId: 'event-2',
      EventName: 'AssumeRoleWithWebIdentity',
      ReadOnly: 'true',
      AccessKeyId: 'ASIAEXAMPLE',
      EventTime: START - 58_000,
      EventSource: 'sts.amazonaws.com',
      Username: 'system:serviceaccount:shop:orders',
      Resources: [{ ResourceType: 'AWS::IAM::Role', ResourceName: 'arn:aws:iam::000000000000:role/orders' }],
      CloudTrailEvent: '{"eventVersion":"1.08","requestID":"request-2"}',
    })
  })

  it('narrows by attribute and by time', async () => {
    for (const number of [1, 2, 3])
      await trail.record(entry(number, { eventName: number === 2 ? 'GetRole' : 'ListRoles' }))
    const by = (AttributeKey: string, AttributeValue: string) => ({
      LookupAttributes: [{ AttributeKey, AttributeValue }],
    })
    expect(idsOf(await lookup(by('EventName', 'GetRole')))).toEqual(['event-2'])
    expect(idsOf(await lookup(by('EventId', 'event-3')))).toEqual(['event-3'])
    expect(idsOf(await lookup(by('ReadOnly', 'false')))).toEqual([])
    expect(idsOf(await lookup({ StartTime: new Date(START - 58_000) }))).toEqual(['event-3', 'event-2'])
    expect(idsOf(await lookup({ EndTime: new Date(START - 58_000) }))).toEqual(['event-2', 'event-1'])
  })

  it('pages without repeating or losing an event', async () => {
    for (let number = 0; number < 7; number += 1) await trail.record(entry(number))
    const seen: unknown[] = []
    let token: string | undefined
    do {
      const page = await lookup({ MaxResults: 3, ...(token === undefined ? {} : { NextToken: token }) })
      seen.push(...idsOf(page))
      token = page.NextToken
    } while (token !== undefined)
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((number) => `event-${number}`))
  })

  it('refuses a token of another question', async () => {
    for (const number of [1, 2]) await trail.record(entry(number))
    const { NextToken } = await lookup({ MaxResults: 1 })
    const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'GetCallerIdentity' }]
    for (const input of [{ NextToken: 'x' }, { NextToken, LookupAttributes }])
      await expect(lookup(input)).rejects.toMatchObject({ code: 'InvalidNextTokenException', httpStatus: 400 })
  })

  it.each([
    [
      'two attributes',
      {
        LookupAttributes: [
          { AttributeKey: 'EventId', AttributeValue: 'a' },
          { AttributeKey: 'EventId', AttributeValue: 'b' },
        ],
      },
      'InvalidLookupAttributesException',
    ],
    [
      'an attribute that there is not',
      { LookupAttributes: [{ AttributeKey: 'Colour', AttributeValue: 'a' }] },
      'InvalidLookupAttributesException',
    ],
    [
      'an empty value',
      { LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: '' }] },
      'InvalidLookupAttributesException',
    ],
    [
      'a value of 2,001 characters',
      { LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: 'a'.repeat(2001) }] },
      'InvalidLookupAttributesException',
    ],
    ['an end before the start', { StartTime: new Date(2000), EndTime: new Date(1000) }, 'InvalidTimeRangeException'],
    ['pages of none', { MaxResults: 0 }, 'InvalidMaxResultsException'],
    ['pages of 51', { MaxResults: 51 }, 'InvalidMaxResultsException'],
    ['an unknown category', { EventCategory: 'everything' }, 'InvalidEventCategoryException'],
  ])('%s is refused', async (_, input, code) => {
    await expect(lookup(input)).rejects.toMatchObject({ code, httpStatus: 400 })
  })

  it('lets two a second pass for an account, and tells the third to come again', async () => {
    const ask = () => cloudtrail.operations.LookupEvents?.perform(callOf({}), user, [])
    await ask()
    await ask()
    await expect(ask()).rejects.toMatchObject({
      code: 'ThrottlingException',
      httpStatus: 400,
      message: 'Rate exceeded',
    })
    now = instant(now + 500)
    await expect(ask()).resolves.toBeDefined()
  })
})
