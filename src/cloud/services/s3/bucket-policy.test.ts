import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../../identity/index.ts'
import { ACCOUNT, openS3, type S3UnderTest } from './testing/s3-under-test.ts'

const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/reader`
const role = { arn: ROLE, name: 'reader', account: ACCOUNT } as Role

let s3: S3UnderTest
beforeEach(async () => {
  s3 = await openS3({
    findRoleByArn: (arn) => (arn === ROLE ? role : undefined),
    findRole: (account, name) => (account === ACCOUNT && name === 'reader' ? role : undefined),
    findUser: () => undefined,
  })
  await s3.ask('CreateBucket', { Bucket: 'first' })
})
afterEach(() => s3.close())

const statement = (more: object) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::first/*',
  ...more,
})
const documentOf = (more: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement(more)] })
const put = (Policy: string) => s3.ask('PutBucketPolicy', { Bucket: 'first', Policy })

describe('a bucket policy', () => {
  it('comes back byte for byte, and goes', async () => {
    const text = `${documentOf({})}\n  `
    await put(text)
    expect(await s3.ask('GetBucketPolicy', { Bucket: 'first' })).toEqual({ Policy: text })
    await s3.ask('DeleteBucketPolicy', { Bucket: 'first' })
    await expect(s3.ask('GetBucketPolicy', { Bucket: 'first' })).rejects.toMatchObject({
      code: 'NoSuchBucketPolicy',
      httpStatus: 404,
      message: 'The bucket policy does not exist',
      members: { BucketName: 'first' },
    })
    expect(await s3.ask('DeleteBucketPolicy', { Bucket: 'first' })).toEqual({})
  })

  it('is what the next call is judged by', async () => {
    const policyOf = async () => (await s3.requirements('GetObject', { Bucket: 'first', Key: 'k' }))[0]?.resourcePolicy
    expect(await policyOf()).toBeUndefined()
    await put(documentOf({}))
    expect((await policyOf())?.document.statements).toMatchObject([{ effect: 'Allow' }])
    await put(documentOf({ Effect: 'Deny' }))
    expect((await policyOf())?.document.statements).toMatchObject([{ effect: 'Deny' }])
  })

  it.each([
    ['a role that exists', { Principal: { AWS: ROLE } }],
    ['a session of a role that exists', { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/pod` } }],
    ['an account', { Principal: { AWS: ['222222222222', 'arn:aws:iam::222222222222:root'] } }],
    ['all resources of the bucket', { Action: 's3:*', Resource: ['arn:aws:s3:::first', 'arn:aws:s3:::first/*'] }],
    ['a bucket action on a pattern', { Action: 's3:ListBucket', Resource: 'arn:aws:s3:::fir*' }],
    ['every action', { Action: '*', Resource: 'arn:aws:s3:::first/a' }],
  ])('is taken with %s', async (_, more) => {
    await put(documentOf(more))
    expect(await s3.ask('GetBucketPolicy', { Bucket: 'first' })).toEqual({ Policy: documentOf(more) })
  })

  it.each([
    ['no JSON', 'nonsense', "Policies must be valid JSON and the first byte must be '{'"],
    ['a blank before the brace', ` ${documentOf({})}`, "Policies must be valid JSON and the first byte must be '{'"],
    ['no statement', '{"Version":"2012-10-17"}', 'Missing required field Statement'],
    [
      'an empty statement',
      '{"Version":"2012-10-17","Statement":[]}',
      'Could not parse the policy: Statement is empty!',
    ],
    ['no principal', documentOf({ Principal: undefined }), 'Missing required field Principal'],
    ['a role that does not exist', documentOf({ Principal: { AWS: `${ROLE}x` } }), 'Invalid principal in policy'],
    [
      'a user that does not exist',
      documentOf({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/x` } }),
      'Invalid principal in policy',
    ],
    ['another service’s action', documentOf({ Action: 'sqs:SendMessage' }), 'Policy has invalid action'],
    ['another bucket', documentOf({ Resource: 'arn:aws:s3:::second/*' }), 'Policy has invalid resource'],
    ['a longer bucket', documentOf({ Resource: 'arn:aws:s3:::first-and-more/*' }), 'Policy has invalid resource'],
    [
      'an ARN of something else',
      documentOf({ Resource: 'arn:aws:sqs:us-east-1:111111111111:first' }),
      'Policy has invalid resource',
    ],
    [
      'an object’s action on the bucket',
      documentOf({ Resource: 'arn:aws:s3:::first' }),
      'Action does not apply to any resource(s) in statement',
    ],
    [
      'a bucket’s action on its objects',
      documentOf({ Action: 's3:ListBucket' }),
      'Action does not apply to any resource(s) in statement',
    ],
    [
      'more than 20 KB',
      documentOf({ Sid: 'x'.repeat(20_480) }),
      'Normalized policy document exceeds the maximum allowed size of 20480 bytes.',
    ],
  ])('with %s is refused and the one before stays', async (_, text, message) => {
    await put(documentOf({}))
    await expect(put(text)).rejects.toMatchObject({ code: 'MalformedPolicy', httpStatus: 400, message })
    expect(await s3.ask('GetBucketPolicy', { Bucket: 'first' })).toEqual({ Policy: documentOf({}) })
  })
})
