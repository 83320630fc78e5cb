import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anonymous, OTHER_ACCOUNT, openS3, type S3UnderTest, START, userOf } from './testing/s3-under-test.ts'

let s3: S3UnderTest
beforeEach(async () => {
  s3 = await openS3()
})
afterEach(() => s3.close())

const other = { principal: userOf(OTHER_ACCOUNT) }
const inEurope = { region: 'eu-west-1' }
const constraint = (LocationConstraint: string) => ({ CreateBucketConfiguration: { LocationConstraint } })

describe('CreateBucket', () => {
  it('makes a bucket of the caller, in the region asked for', async () => {
    expect(await s3.ask('CreateBucket', { Bucket: 'first' })).toEqual({ Location: '/first' })
    await s3.ask('CreateBucket', { Bucket: 'second', ...constraint('eu-west-1') })
    expect(await s3.ask('GetBucketLocation', { Bucket: 'first' })).toEqual({})
    expect(await s3.ask('GetBucketLocation', { Bucket: 'second' })).toEqual({ LocationConstraint: 'eu-west-1' })
    expect(await s3.ask('HeadBucket', { Bucket: 'second' })).toMatchObject({ BucketRegion: 'eu-west-1' })
  })

  it('answers again for a bucket of one’s own in us-east-1, and elsewhere says that it is there', async () => {
    await s3.ask('CreateBucket', { Bucket: 'first' })
    await s3.ask('PutObject', { Bucket: 'first', Key: 'k' }, { body: 'x' })
    expect(await s3.ask('CreateBucket', { Bucket: 'first' })).toEqual({ Location: '/first' })
    expect((await s3.bytesOf('first', 'k')).toString()).toBe('x')
    await s3.ask('CreateBucket', { Bucket: 'second', ...constraint('eu-west-1') }, inEurope)
    await expect(
      s3.ask('CreateBucket', { Bucket: 'second', ...constraint('eu-west-1') }, inEurope),
    ).rejects.toMatchObject({
      code: 'BucketAlreadyOwnedByYou',
      httpStatus: 409,
      members: { BucketName: 'second' },
    })
  })

  it('does not give the bucket of another account away', async () => {
    await s3.ask('CreateBucket', { Bucket: 'first' })
    await expect(s3.ask('CreateBucket', { Bucket: 'first' }, other)).rejects.toMatchObject({
      code: 'BucketAlreadyExists',
      httpStatus: 409,
    })
    expect(await s3.ask('ListBuckets', {}, other)).toMatchObject({ Buckets: [] })
  })

  it.each([
    ['no constraint outside us-east-1', {}, 'eu-west-1', 'IllegalLocationConstraintException'],
    ['the constraint of another region', constraint('us-west-2'), 'eu-west-1', 'IllegalLocationConstraintException'],
    ['a constraint that is no region', constraint('nowhere'), 'us-east-1', 'InvalidLocationConstraint'],
    ['us-east-1 as a constraint', constraint('us-east-1'), 'us-east-1', 'InvalidLocationConstraint'],
    ['a public ACL', { ACL: 'public-read' }, 'us-east-1', 'InvalidBucketAclWithObjectOwnership'],
    ['object lock', { ObjectLockEnabledForBucket: true }, 'us-east-1', 'NotImplemented'],
  ])('refuses %s', async (_, input, region, code) => {
    await expect(s3.ask('CreateBucket', { Bucket: 'first', ...input }, { region })).rejects.toMatchObject({ code })
    expect(await s3.ask('ListBuckets', {})).toMatchObject({ Buckets: [] })
  })

  it('is made once when many ask at the same time', async () => {
    const accounts = Array.from({ length: 6 }, (_, at) => userOf(`${at}`.repeat(12) as typeof OTHER_ACCOUNT))
    const answers = await Promise.allSettled(
      accounts.map((principal) => s3.ask('CreateBucket', { Bucket: 'first' }, { principal })),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

it('no operation takes a name that no bucket can have', async () => {
  for (const [operation, row] of Object.entries(s3.service.operations)) {
    if (operation === 'ListBuckets') continue
    expect(row).toBeDefined()
    const input = { Bucket: 'a/b', Key: 'k', CopySource: 'x/y', Delete: { Objects: [{ Key: 'k' }] }, Policy: '{}' }
    await expect(s3.requirements(operation, input), operation).rejects.toMatchObject({
      code: expect.stringMatching(/^InvalidBucketName$/),
    })
  }
})

describe('ListBuckets', () => {
  it('lists those of the caller’s account, by name, in pages', async () => {
    for (const Bucket of ['ccc', 'aaa', 'bbb']) await s3.ask('CreateBucket', { Bucket })
    await s3.ask('CreateBucket', { Bucket: 'ddd' }, other)
    const namesOf = ({ Buckets }: Record<string, unknown>) => (Buckets as { Name: string }[]).map(({ Name }) => Name)
    const all = await s3.ask('ListBuckets', {})
    expect(namesOf(all)).toEqual(['aaa', 'bbb', 'ccc'])
    expect(all.Buckets).toContainEqual({ Name: 'aaa', CreationDate: START, BucketRegion: 'us-east-1' })
    const page = await s3.ask('ListBuckets', { MaxBuckets: 2 })
    expect(namesOf(page)).toEqual(['aaa', 'bbb'])
    expect(namesOf(await s3.ask('ListBuckets', { ContinuationToken: page.ContinuationToken }))).toEqual(['ccc'])
    expect(namesOf(await s3.ask('ListBuckets', { Prefix: 'b' }))).toEqual(['bbb'])
  })

  it('needs s3:ListAllMyBuckets', async () => {
    expect(await s3.requirements('ListBuckets', {})).toMatchObject([{ action: 's3:ListAllMyBuckets', resource: '*' }])
    await expect(s3.ask('ListBuckets', {}, { allows: () => false })).rejects.toMatchObject({
      message:
        'User: arn:aws:iam::111111111111:user/alice is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action',
    })
  })
})

describe('DeleteBucket', () => {
  it('deletes an empty bucket and no other', async () => {
    await s3.ask('CreateBucket', { Bucket: 'first' })
    await s3.ask('PutObject', { Bucket: 'first', Key: 'k' }, { body: 'x' })
    await expect(s3.ask('DeleteBucket', { Bucket: 'first' })).rejects.toMatchObject({
      code: 'BucketNotEmpty',
      httpStatus: 409,
    })
    await s3.ask('DeleteObject', { Bucket: 'first', Key: 'k' })
    await s3.ask('DeleteBucket', { Bucket: 'first' })
    await expect(s3.ask('HeadBucket', { Bucket: 'first' })).rejects.toMatchObject({
      code: 'NoSuchBucket',
      httpStatus: 404,
    })
  })
})

describe('a bucket that does not exist', () => {
  const operations = [
    'GetBucketLocation',
    'HeadBucket',
    'ListObjectsV2',
    'DeleteBucket',
    'GetBucketPolicy',
    'GetBucketTagging',
  ]

  it.each(operations)('is told to who may %s', async (operation) => {
    await expect(s3.ask(operation, { Bucket: 'nowhere' })).rejects.toMatchObject({
      code: 'NoSuchBucket',
      httpStatus: 404,
    })
  })

  it.each(operations)('is not told to who may not %s', async (operation) => {
    await expect(s3.ask(operation, { Bucket: 'nowhere' }, { allows: () => false })).rejects.toMatchObject({
      code: 'AccessDenied',
      httpStatus: 403,
    })
  })
})

describe('what a bucket was never configured to be', () => {
  beforeEach(() => s3.ask('CreateBucket', { Bucket: 'first' }))

  it.each([
    ['GetBucketCors', 'NoSuchCORSConfiguration'],
    ['GetBucketLifecycleConfiguration', 'NoSuchLifecycleConfiguration'],
    ['GetBucketPolicy', 'NoSuchBucketPolicy'],
    ['GetBucketReplication', 'ReplicationConfigurationNotFoundError'],
    ['GetBucketTagging', 'NoSuchTagSet'],
    ['GetBucketWebsite', 'NoSuchWebsiteConfiguration'],
    ['GetObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError'],
    ['GetPublicAccessBlock', 'NoSuchPublicAccessBlockConfiguration'],
  ])('%s says %s', async (operation, code) => {
    await expect(s3.ask(operation, { Bucket: 'first' })).rejects.toMatchObject({ code, httpStatus: 404 })
  })

  it.each([
    ['GetBucketVersioning', {}],
    ['GetBucketLogging', {}],
    ['GetBucketAccelerateConfiguration', {}],
    ['GetBucketNotificationConfiguration', {}],
    ['GetBucketRequestPayment', { Payer: 'BucketOwner' }],
    ['GetBucketOwnershipControls', { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }],
  ])('%s answers what AWS answers for a new bucket', async (operation, output) => {
    expect(await s3.ask(operation, { Bucket: 'first' })).toEqual(output)
  })

  it('its ACL is the owner’s full control, in the XML that clients read', async () => {
    const output = await s3.ask('GetBucketAcl', { Bucket: 'first' })
    const head = { method: 'GET', path: '/first', query: 'acl', headers: [] }
    const answer = await s3.service.model.encodeOutput({ name: 'GetBucketAcl', labels: {} }, head, output, 'r')
    expect(Buffer.from(answer.body as Uint8Array).toString()).toMatch(
      /<Owner><ID>([0-9a-f]{64})<\/ID><\/Owner><AccessControlList><Grant><Grantee [^>]*xsi:type="CanonicalUser"[^>]*><ID>\1<\/ID><\/Grantee><Permission>FULL_CONTROL<\/Permission>/,
    )
  })
})

it('the bucket of another account than the expected is refused', async () => {
  await s3.ask('CreateBucket', { Bucket: 'first' })
  await expect(s3.ask('HeadBucket', { Bucket: 'first', ExpectedBucketOwner: OTHER_ACCOUNT })).rejects.toMatchObject({
    code: 'AccessDenied',
  })
})

it('every operation but listing may come unsigned, and then it is judged as nobody’s', async () => {
  await s3.ask('CreateBucket', { Bucket: 'first' })
  const judged: string[] = []
  const allows = ({ action, resourceAccount }: { action: string; resourceAccount: string }) => {
    judged.push(`${action} ${resourceAccount}`)
    return false
  }
  await expect(
    s3.ask('GetObject', { Bucket: 'first', Key: 'k' }, { principal: anonymous, allows }),
  ).rejects.toMatchObject({
    message: 'Access Denied',
  })
  await expect(
    s3.ask('GetObject', { Bucket: 'nowhere', Key: 'k' }, { principal: anonymous, allows }),
  ).rejects.toMatchObject({
    message: 'Access Denied',
  })
  expect(judged).toEqual(['s3:GetObject 111111111111', 's3:ListBucket 111111111111', 's3:GetObject anonymous'])
})
