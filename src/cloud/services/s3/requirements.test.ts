import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ACCOUNT, OTHER_ACCOUNT, openS3, type S3UnderTest, userOf, type Way } from './testing/s3-under-test.ts'

let s3: S3UnderTest
beforeEach(async () => {
  s3 = await openS3()
  await s3.ask('CreateBucket', { Bucket: 'first' })
  await s3.ask('PutObject', { Bucket: 'first', Key: 'k' }, { body: 'x' })
})
afterEach(() => s3.close())

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::first/*' }],
})
const foreign: Way = { principal: userOf(OTHER_ACCOUNT) }

async function asked(operation: string, input: object, way: Way = {}) {
  const found = await s3.requirements(operation, { Bucket: 'first', Key: 'k', ...input }, way)
  return found.map(({ action, resource, onDeny }) => `${action} ${resource}${onDeny === 'report' ? ' (report)' : ''}`)
}
const keysOf = async (operation: string, input: object, way: Way = {}) =>
  (await s3.requirements(operation, { Bucket: 'first', Key: 'k', ...input }, way))[0]?.contextKeys

const BUCKET = 'arn:aws:s3:::first'

describe('an operation needs', () => {
  it.each([
    ['HeadBucket', {}, [`s3:ListBucket ${BUCKET}`]],
    ['ListObjects', {}, [`s3:ListBucket ${BUCKET}`]],
    ['ListObjectsV2', {}, [`s3:ListBucket ${BUCKET}`]],
    ['DeleteBucket', {}, [`s3:DeleteBucket ${BUCKET}`]],
    ['GetBucketLocation', {}, [`s3:GetBucketLocation ${BUCKET}`]],
    ['GetBucketCors', {}, [`s3:GetBucketCORS ${BUCKET}`]],
    ['GetBucketEncryption', {}, [`s3:GetEncryptionConfiguration ${BUCKET}`]],
    ['GetObjectLockConfiguration', {}, [`s3:GetBucketObjectLockConfiguration ${BUCKET}`]],
    ['PutBucketPolicy', { Policy: POLICY }, [`s3:PutBucketPolicy ${BUCKET}`]],
    ['GetObject', {}, [`s3:GetObject ${BUCKET}/k`]],
    ['HeadObject', {}, [`s3:GetObject ${BUCKET}/k`]],
    ['GetObject', { VersionId: 'null' }, [`s3:GetObjectVersion ${BUCKET}/k`]],
    ['GetObject', { Key: 'none' }, [`s3:GetObject ${BUCKET}/none`, `s3:ListBucket ${BUCKET} (report)`]],
    ['GetObjectTagging', {}, [`s3:GetObjectTagging ${BUCKET}/k`]],
    ['PutObject', {}, [`s3:PutObject ${BUCKET}/k`]],
    [
      'PutObject',
      { Tagging: 'a=b', ACL: 'private' },
      [`s3:PutObject ${BUCKET}/k`, `s3:PutObjectTagging ${BUCKET}/k`, `s3:PutObjectAcl ${BUCKET}/k`],
    ],
    [
      'PutObject',
      { ObjectLockMode: 'GOVERNANCE', ObjectLockLegalHoldStatus: 'ON' },
      [`s3:PutObject ${BUCKET}/k`, `s3:PutObjectRetention ${BUCKET}/k`, `s3:PutObjectLegalHold ${BUCKET}/k`],
    ],
    ['DeleteObject', {}, [`s3:DeleteObject ${BUCKET}/k`]],
    [
      'DeleteObject',
      { VersionId: 'null', BypassGovernanceRetention: true },
      [`s3:DeleteObjectVersion ${BUCKET}/k`, `s3:BypassGovernanceRetention ${BUCKET}/k`],
    ],
    [
      'DeleteObjects',
      { Delete: { Objects: [{ Key: 'a' }, { Key: 'b', VersionId: 'null' }] } },
      [`s3:DeleteObject ${BUCKET}/a (report)`, `s3:DeleteObjectVersion ${BUCKET}/b (report)`],
    ],
    ['CopyObject', { Key: 'new', CopySource: '/first/k' }, [`s3:GetObject ${BUCKET}/k`, `s3:PutObject ${BUCKET}/new`]],
    [
      'CopyObject',
      { Key: 'new', CopySource: '/first/k?versionId=null' },
      [`s3:GetObjectVersion ${BUCKET}/k`, `s3:PutObject ${BUCKET}/new`],
    ],
    [
      'CreateBucket',
      { Bucket: 'second', ACL: 'private' },
      ['s3:CreateBucket arn:aws:s3:::second', 's3:PutBucketAcl arn:aws:s3:::second'],
    ],
  ])('%s %j', async (operation, input, wanted) => {
    expect(await asked(operation, input)).toEqual(wanted)
  })
})

it('every operation that there is has a row that asks for something', async () => {
  const input = { Delete: { Objects: [{ Key: 'k' }] }, CopySource: 'first/k', Policy: POLICY }
  for (const operation of Object.keys(s3.service.operations)) {
    expect(await asked(operation, input), operation).not.toEqual([])
    expect(s3.service.model.operationNames).toContain(operation)
  }
})

describe('a requirement', () => {
  it('is on the account that owns the bucket, under the bucket’s policy', async () => {
    await s3.ask('PutBucketPolicy', { Bucket: 'first', Policy: POLICY })
    const [requirement] = await s3.requirements('GetObject', { Bucket: 'first', Key: 'k' }, foreign)
    expect(requirement).toMatchObject({
      resourceAccount: ACCOUNT,
      resourcePolicyKind: 'ordinary',
      resourcePolicy: { name: 'first', document: { text: POLICY } },
    })
  })

  it('on a bucket that does not exist is on the caller’s own account, without a policy', async () => {
    const [requirement] = await s3.requirements('GetObject', { Bucket: 'nowhere', Key: 'k' }, foreign)
    expect(requirement).toMatchObject({ resourceAccount: OTHER_ACCOUNT })
    expect(requirement).not.toHaveProperty('resourcePolicy')
  })

  it('for a new bucket is never under the policy of the bucket that has the name', async () => {
    await s3.ask('PutBucketPolicy', { Bucket: 'first', Policy: POLICY })
    const [requirement] = await s3.requirements('CreateBucket', { Bucket: 'first' }, foreign)
    expect(requirement).toMatchObject({
      resourceAccount: OTHER_ACCOUNT,
      contextKeys: { 's3:ResourceAccount': OTHER_ACCOUNT },
    })
    expect(requirement).not.toHaveProperty('resourcePolicy')
  })

  it('of a copy reads under one bucket’s policy and writes under the other’s', async () => {
    await s3.ask('PutBucketPolicy', { Bucket: 'first', Policy: POLICY })
    await s3.ask('CreateBucket', { Bucket: 'theirs' }, foreign)
    const found = await s3.requirements('CopyObject', { Bucket: 'theirs', Key: 'new', CopySource: 'first/k' }, foreign)
    expect(found).toMatchObject([
      { action: 's3:GetObject', resourceAccount: ACCOUNT, resourcePolicy: { name: 'first' } },
      { action: 's3:PutObject', resourceAccount: OTHER_ACCOUNT, contextKeys: { 's3:x-amz-copy-source': 'first/k' } },
    ])
    expect(found[1]).not.toHaveProperty('resourcePolicy')
  })

  it('carries the keys that only S3 knows, each only when the request brings it', async () => {
    const always = {
      's3:ResourceAccount': ACCOUNT,
      's3:authType': 'REST-HEADER',
      's3:signatureversion': 'AWS4-HMAC-SHA256',
      's3:TlsVersion': '1.3',
    }
    expect(await keysOf('ListObjectsV2', {})).toEqual(always)
    expect(await keysOf('ListObjectsV2', { Prefix: '', Delimiter: '/', MaxKeys: 5 })).toEqual({
      ...always,
      's3:prefix': '',
      's3:delimiter': '/',
      's3:max-keys': '5',
    })
    expect(
      await keysOf(
        'PutObject',
        { ServerSideEncryption: 'AES256', StorageClass: 'STANDARD_IA', IfNoneMatch: '*' },
        {
          headers: [['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD']],
        },
      ),
    ).toEqual({
      ...always,
      's3:x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      's3:x-amz-server-side-encryption': 'AES256',
      's3:x-amz-storage-class': 'STANDARD_IA',
      's3:if-none-match': '*',
    })
    expect(await keysOf('GetObject', { VersionId: 'null' })).toMatchObject({ 's3:versionid': 'null' })
    expect(await keysOf('GetObject', {}, { principal: { kind: 'anonymous' } })).toEqual({
      's3:ResourceAccount': ACCOUNT,
      's3:TlsVersion': '1.3',
    })
    expect(await keysOf('CreateBucket', { Bucket: 'second' })).toMatchObject({ 's3:LocationConstraint': 'us-east-1' })
  })
})

describe('a key that is not there', () => {
  const may =
    (...actions: string[]): NonNullable<Way['allows']> =>
    ({ action }) =>
      actions.includes(action)

  it.each(['GetObject', 'HeadObject', 'GetObjectTagging', 'GetObjectAcl'])(
    'is told by %s to who may list the bucket',
    async (operation) => {
      await expect(s3.ask(operation, { Bucket: 'first', Key: 'none' })).rejects.toMatchObject({
        code: 'NoSuchKey',
        httpStatus: 404,
      })
    },
  )

  it('is hidden from everybody else behind the sentence for s3:ListBucket', async () => {
    await expect(
      s3.ask('GetObject', { Bucket: 'first', Key: 'none' }, { allows: may('s3:GetObject') }),
    ).rejects.toMatchObject({
      code: 'AccessDenied',
      httpStatus: 403,
      message:
        'User: arn:aws:iam::111111111111:user/alice is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::first" because no identity-based policy allows the s3:ListBucket action',
      cause: { requirement: { action: 's3:ListBucket' } },
    })
  })

  it('as the source of a copy is hidden likewise', async () => {
    const input = { Bucket: 'first', Key: 'new', CopySource: 'first/none' }
    await expect(s3.ask('CopyObject', input, { allows: may('s3:GetObject', 's3:PutObject') })).rejects.toMatchObject({
      code: 'AccessDenied',
    })
    await expect(s3.ask('CopyObject', input)).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  it('is not told across accounts in more than two words', async () => {
    const way: Way = { ...foreign, allows: may('s3:GetObject') }
    await expect(s3.ask('GetObject', { Bucket: 'first', Key: 'none' }, way)).rejects.toMatchObject({
      message: 'Access Denied',
    })
  })
})

describe('the trail', () => {
  const shapeOf = (operation: string) => s3.service.operations[operation]?.trail

  it('has objects as data and buckets as management', () => {
    for (const operation of [
      'GetObject',
      'HeadObject',
      'PutObject',
      'CopyObject',
      'DeleteObject',
      'DeleteObjects',
      'ListObjectsV2',
    ])
      expect(shapeOf(operation)?.category, operation).toBe('Data')
    for (const operation of ['CreateBucket', 'DeleteBucket', 'ListBuckets', 'PutBucketPolicy', 'GetBucketAcl'])
      expect(shapeOf(operation)?.category, operation).toBe('Management')
    expect([shapeOf('GetObject')?.readOnly, shapeOf('PutObject')?.readOnly]).toEqual([true, false])
  })

  it('names bucket and key, and no secret and no metadata', () => {
    const input = { Bucket: 'first', Key: 'k', SSECustomerKey: 'secret', Metadata: { a: 'b' }, ACL: 'private' }
    expect(shapeOf('PutObject')?.requestParameters?.(input)).toEqual({
      bucketName: 'first',
      key: 'k',
      'x-amz-acl': 'private',
    })
    expect(shapeOf('PutObject')?.resources?.(input, ACCOUNT, 'aws')).toEqual([
      { type: 'AWS::S3::Object', arn: 'arn:aws:s3:::first/k', account: ACCOUNT },
      { type: 'AWS::S3::Bucket', arn: 'arn:aws:s3:::first', account: ACCOUNT },
    ])
    expect(shapeOf('ListObjectsV2')?.resources?.({ Bucket: 'first' }, ACCOUNT, 'aws-cn')).toEqual([
      { type: 'AWS::S3::Bucket', arn: 'arn:aws-cn:s3:::first', account: ACCOUNT },
    ])
  })
})
