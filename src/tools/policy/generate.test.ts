import { describe, expect, test } from 'vitest'
import { instant } from '../../core/index.ts'
import { type GenerateOptions, generatePolicy } from './generate.ts'
import { gatherInquiries, readEvents, simulate } from './index.ts'

const ACCOUNT = '111122223333'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/app`
const OPTIONS: GenerateOptions = { maxResources: 20, denied: 'leave-out' }

const sessionOf = (arn: string, accessKeyId = 'ASIAONE') => ({
  type: 'AssumedRole',
  accessKeyId,
  accountId: ACCOUNT,
  sessionContext: { sessionIssuer: { type: 'Role', arn, userName: arn.slice(arn.lastIndexOf('/') + 1) } },
})

const record = (source: string, eventName: string, more: Record<string, unknown> = {}) => ({
  eventSource: `${source}.amazonaws.com`,
  eventName,
  awsRegion: 'eu-west-1',
  eventTime: '2026-03-01T12:00:00Z',
  recipientAccountId: ACCOUNT,
  userIdentity: sessionOf(ROLE),
  eventType: 'AwsApiCall',
  ...more,
})
const asking = (source: string, eventName: string, requestParameters: Record<string, unknown>) =>
  record(source, eventName, { requestParameters })
const get = (key: string, more: Record<string, unknown> = {}) =>
  record('s3', 'GetObject', { requestParameters: { bucketName: 'b', key }, ...more })

const needs = async (events: readonly unknown[], more: Partial<GenerateOptions> = {}) => {
  const { document } = await generatePolicy(events, { ...OPTIONS, ...more })
  return document.Statement.flatMap(({ Action, Resource }) => Action.flatMap((a) => Resource.map((r) => `${a} ${r}`)))
}

describe('a recorded call', () => {
  test('with lists of objects among its parameters, as they are read', async () => {
    const parameters = { lookupAttributes: [{ attributeKey: 'EventName', attributeValue: 'x' }], tags: { k: [{}] } }
    const read = readEvents('x', JSON.stringify([asking('cloudtrail', 'LookupEvents', parameters)]))
    expect(await needs(read)).toEqual(['cloudtrail:LookupEvents *'])
  })

  test.each<readonly [string, unknown, readonly string[]]>([
    ['of an object', get('a/b.txt'), ['s3:GetObject arn:aws:s3:::b/a/b.txt']],
    [
      'of an object whose key has characters of patterns',
      get('a*?$'),
      [`s3:GetObject arn:aws:s3:::b/a\${*}\${?}\${$}`],
    ],
    [
      'of a version',
      asking('s3', 'GetObject', { bucketName: 'b', key: 'k', versionId: 'v1' }),
      ['s3:GetObjectVersion arn:aws:s3:::b/k'],
    ],
    ['of a bucket', asking('s3', 'ListObjectsV2', { bucketName: 'b', prefix: 'x/' }), ['s3:ListBucket arn:aws:s3:::b']],
    ['of all buckets', asking('s3', 'ListBuckets', {}), ['s3:ListAllMyBuckets *']],
    [
      'that copies',
      asking('s3', 'CopyObject', { bucketName: 'b', key: 'k', 'x-amz-copy-source': '/from/a%20b?versionId=7' }),
      ['s3:GetObjectVersion arn:aws:s3:::from/a b', 's3:PutObject arn:aws:s3:::b/k'],
    ],
    [
      'with a header that needs more',
      asking('s3', 'PutObject', { bucketName: 'b', key: 'k', 'x-amz-acl': 'public-read' }),
      ['s3:PutObject arn:aws:s3:::b/k', 's3:PutObjectAcl arn:aws:s3:::b/k'],
    ],
    [
      'of a cluster, by its name',
      asking('eks', 'DescribeCluster', { name: 'shop' }),
      [`eks:DescribeCluster arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`],
    ],
    [
      'that passes a role',
      asking('eks', 'CreateCluster', { name: 'shop', roleArn: ROLE }),
      ['eks:CreateCluster *', `iam:PassRole ${ROLE}`],
    ],
    [
      'that makes a role below a path',
      asking('iam', 'CreateRole', { roleName: 'app', path: '/team/' }),
      [`iam:CreateRole ${ROLE}`],
    ],
    [
      'that takes a role, with tags',
      asking('sts', 'AssumeRole', { roleArn: ROLE, tags: [{ key: 'a', value: 'b' }] }),
      [`sts:AssumeRole ${ROLE}`, `sts:TagSession ${ROLE}`],
    ],
    [
      'of a queue, by its URL',
      asking('sqs', 'SendMessage', { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q` }),
      [`sqs:SendMessage arn:aws:sqs:eu-west-1:${ACCOUNT}:q`],
    ],
    [
      'of an index of a table',
      asking('dynamodb', 'Query', { tableName: 't', indexName: 'i' }),
      [`dynamodb:Query arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/t/index/i`],
    ],
    [
      'of a service that is not ours, with its resource',
      record('kms', 'Decrypt', { resources: [{ ARN: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1` }] }),
      [`kms:Decrypt arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`],
    ],
    [
      'whose event has the version of its API',
      asking('lambda', 'GetFunction20150331v2', { functionName: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f` }),
      [`lambda:GetFunction arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`],
    ],
    [
      'that failed for another reason than policies',
      get('gone', { errorCode: 'NoSuchKey' }),
      ['s3:GetObject arn:aws:s3:::b/gone'],
    ],
    ['that needs no permission', asking('sts', 'GetCallerIdentity', {}), []],
    ['that is the exchange', asking('sts', 'AssumeRoleWithWebIdentity', { roleArn: ROLE }), []],
    ['that is no call', { ...get('k'), eventType: 'AwsConsoleSignIn' }, []],
    ['whose caller was not recognised', get('k', { errorCode: 'ExpiredToken' }), []],
    ['that was denied', get('k', { errorCode: 'AccessDenied' }), []],
  ])('%s comes to what it needs', async (_, event, wanted) => {
    expect(await needs([event])).toEqual(wanted)
  })

  test.each([
    ['names no key', asking('s3', 'DeleteObjects', { bucketName: 'b' }), 'arn:aws:s3:::b/*'],
    ['names no path', asking('iam', 'GetRole', { roleName: 'app' }), 'no path'],
    ['names no resource', asking('kms', 'Decrypt', {}), '* stands for it'],
    ['has a name that no policy can hold', get('日本.txt'), 'arn:aws:s3:::b/*.txt stands for'],
    ['is of no known action', asking('s3', 'Dance', {}), 'left out'],
  ])('that %s is said aloud', async (_, event, words) => {
    const { notes } = await generatePolicy([event], OPTIONS)
    expect(notes).toEqual([expect.stringContaining(words)])
  })
})

describe('a generated document', () => {
  test('groups actions of the same resources, sorted, whatever the order of the records', async () => {
    const put = asking('s3', 'PutObject', { bucketName: 'b', key: 'k' })
    const events = [put, get('k'), get('k'), asking('s3', 'ListObjectsV2', { bucketName: 'b' })]
    const { document } = await generatePolicy(events, OPTIONS)
    expect(document).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: ['arn:aws:s3:::b/k'] },
        { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::b'] },
      ],
    })
    expect((await generatePolicy(events.toReversed(), OPTIONS)).document).toEqual(document)
  })

  test('names objects one by one up to the bound, and beyond it what their keys begin with, aloud', async () => {
    const events = ['logs/1', 'logs/2', 'logs/*3'].map((key) => get(key))
    expect(await needs(events, { maxResources: 3 })).toHaveLength(3)
    const { document, notes } = await generatePolicy(events, { ...OPTIONS, maxResources: 2 })
    expect(document.Statement[0]?.Resource).toEqual(['arn:aws:s3:::b/logs/*'])
    expect(notes).toEqual(['s3:GetObject: 3 objects are more than 2; arn:aws:s3:::b/logs/* stands for them'])
  })

  test('never begins with half of an escape', async () => {
    const [resource] = await needs([get('x*1'), get('x?1')], { maxResources: 1 })
    expect(resource).toBe('s3:GetObject arn:aws:s3:::b/x*')
  })

  test('lists what was denied, and takes it in when that is wanted', async () => {
    const events = [get('k', { errorCode: 'AccessDenied' })]
    const { denied } = await generatePolicy(events, OPTIONS)
    expect(denied).toEqual([{ action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' }])
    expect(await needs(events, { denied: 'take-in' })).toEqual(['s3:GetObject arn:aws:s3:::b/k'])
  })

  test('allows exactly the calls', async () => {
    const { document } = await generatePolicy(
      [get('a'), get('b*'), asking('s3', 'HeadBucket', { bucketName: 'b' })],
      OPTIONS,
    )
    const outcomes = async (action: string, resource: string) => {
      const { inquiries } = await gatherInquiries({
        principal: ROLE,
        actions: [action],
        resources: [resource],
        context: {},
        given: { identity: [{ name: 'p', text: JSON.stringify(document) }], session: [], scp: [], rcp: [] },
      })
      return inquiries.map((inquiry) => simulate(inquiry).outcome)
    }
    for (const key of ['a', 'b*']) expect(await outcomes('s3:GetObject', `arn:aws:s3:::b/${key}`)).toEqual(['allowed'])
    expect(await outcomes('s3:ListBucket', 'arn:aws:s3:::b')).toEqual(['allowed'])
    for (const [action, resource] of [
      ['s3:GetObject', 'arn:aws:s3:::b/bx'],
      ['s3:GetObject', 'arn:aws:s3:::other/a'],
      ['s3:PutObject', 'arn:aws:s3:::b/a'],
      ['s3:ListBucket', 'arn:aws:s3:::other'],
    ] as const)
      expect(await outcomes(action, resource)).toEqual(['implicitDeny'])
  })
})

describe('a filter', () => {
  const other = get('other', { userIdentity: sessionOf(`arn:aws:iam::${ACCOUNT}:role/other`, 'ASIATWO') })
  const user = get('user', {
    userIdentity: { type: 'IAMUser', userName: 'ann', arn: `arn:aws:iam::${ACCOUNT}:user/ann` },
  })
  const exchange = record('sts', 'AssumeRoleWithWebIdentity', {
    eventTime: '2026-03-01T09:00:00Z',
    userIdentity: { type: 'WebIdentityUser', userName: 'system:serviceaccount:shop:orders' },
    responseElements: { credentials: { accessKeyId: 'ASIATWO' } },
  })
  const early = get('early', { eventTime: '2026-03-01T11:00:00Z' })
  const events = [get('app'), other, user, exchange, early]
  const since = instant(Date.parse('2026-03-01T11:30:00Z'))

  test.each<readonly [string, Partial<GenerateOptions>, readonly string[]]>([
    ['by the name of a role', { role: 'app' }, ['app', 'early']],
    ['by the ARN of a role', { role: ROLE }, ['app', 'early']],
    ['by the ARN of another role of that name', { role: `arn:aws:iam::${ACCOUNT}:role/app` }, []],
    ['by user', { user: 'ann' }, ['user']],
    ['by time', { since }, ['app', 'other', 'user']],
    [
      'by service account, exchanged long before',
      { serviceAccount: { namespace: 'shop', name: 'orders' }, since },
      ['other'],
    ],
    ['by a service account without an exchange', { serviceAccount: { namespace: 'shop', name: 'cart' } }, []],
  ])('%s lets no other call in', async (_, filter, keys) => {
    expect(await needs(events, filter)).toEqual(keys.map((key) => `s3:GetObject arn:aws:s3:::b/${key}`))
  })
})

describe('a file of records', () => {
  const one = get('k')
  test.each([
    ['an array', JSON.stringify([one, one])],
    ['Records', JSON.stringify({ Records: [one, one] })],
    ['lines', `${JSON.stringify(one)}\n\n${JSON.stringify(one)}\n`],
    ['lookup-events', JSON.stringify({ Events: [1, 2].map(() => ({ CloudTrailEvent: JSON.stringify(one) })) })],
  ])('is read as %s', (_, text) => {
    expect(readEvents('f', text)).toEqual([one, one])
  })

  test.each([
    ['{"a"', 'f:1: this is no JSON'],
    ['{}', 'f: something in it is no record'],
  ])('%s is refused', (text, words) => {
    expect(() => readEvents('f', text)).toThrow(words)
  })
})
