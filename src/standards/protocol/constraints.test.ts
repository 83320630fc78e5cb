import { expect, test } from 'vitest'
import { ApiError } from '../../core/index.ts'
import { compile } from './constraints.ts'
import { cloudtrailConstraints } from './generated/cloudtrail-constraints.ts'
import { eksConstraints } from './generated/eks-constraints.ts'
import { iamConstraints } from './generated/iam-constraints.ts'
import { s3Constraints } from './generated/s3-constraints.ts'
import { stsConstraints } from './generated/sts-constraints.ts'
import { type ServiceName, serviceModel } from './index.ts'

const ROLE = 'arn:aws:iam::000000000000:role/orders'

function refusal(service: ServiceName, operation: string, input: Record<string, unknown>): ApiError {
  try {
    serviceModel(service).checkInput(operation, input)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const web = (more: Record<string, unknown>) => ({
  RoleArn: ROLE,
  RoleSessionName: 'session',
  WebIdentityToken: 'a.b.c',
  ...more,
})

test('a good input passes', () => {
  expect(() => serviceModel('sts').checkInput('AssumeRoleWithWebIdentity', web({ DurationSeconds: 900 }))).not.toThrow()
})

test.each([
  [
    web({ RoleSessionName: 'Session1:2' }),
    "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
  ],
  [
    { RoleSessionName: 'session', WebIdentityToken: 'a.b.c' },
    "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
  ],
  [
    web({ DurationSeconds: 100 }),
    "1 validation error detected: Value '100' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    web({ DurationSeconds: 43201 }),
    "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
  ],
  [
    web({ RoleSessionName: 's' }),
    "1 validation error detected: Value 's' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
  ],
])('%j is refused in AWS’s words', (input, message) => {
  expect(refusal('sts', 'AssumeRoleWithWebIdentity', input)).toMatchObject({
    code: 'ValidationError',
    httpStatus: 400,
    message,
  })
})

test('several broken rules are counted and joined, pattern before length', () => {
  const { message } = refusal('sts', 'AssumeRoleWithWebIdentity', web({ RoleArn: '', RoleSessionName: undefined }))
  expect(message).toMatch(
    /^3 validation errors detected: Value '' at 'roleArn' failed .*pattern: .*; Value '' at 'roleArn' /,
  )
  expect(message).toMatch(
    /greater than or equal to 20; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null$/,
  )
})

test('a token is never repeated, whether too long or too short', () => {
  const long = refusal('sts', 'AssumeRoleWithWebIdentity', web({ WebIdentityToken: 'a'.repeat(20001) })).message
  expect(long).toMatch(
    /^1 validation error detected: Value .* at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000$/,
  )
  expect(long).not.toContain('aaaa')
  expect(refusal('sts', 'AssumeRoleWithWebIdentity', web({ WebIdentityToken: 'xyz' })).message).not.toContain('xyz')
})

test('a value of more than 200 characters is not repeated', () => {
  const { message } = refusal('sts', 'AssumeRole', { RoleArn: ROLE, RoleSessionName: 'b'.repeat(201) })
  expect(message).toContain("at 'roleSessionName'")
  expect(message).not.toContain('bbb')
})

test('members of lists are named by their number', () => {
  const { message } = refusal('iam', 'TagRole', {
    RoleName: 'r',
    Tags: [
      { Key: 'a', Value: 'b' },
      { Key: '', Value: 'x' },
    ],
  })
  expect(message).toContain(
    "Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
  )
})

test('a JSON service calls it ValidationException', () => {
  expect(refusal('cloudtrail', 'LookupEvents', { MaxResults: 51 })).toMatchObject({
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
  })
})

test('S3 answers MalformedXML for a body and InvalidArgument for a header', () => {
  expect(
    refusal('s3', 'PutBucketVersioning', { Bucket: 'b', VersioningConfiguration: { Status: 'Maybe' } }),
  ).toMatchObject({ code: 'MalformedXML' })
  expect(refusal('s3', 'PutBucketVersioning', { Bucket: 'b' })).toMatchObject({ code: 'MalformedXML' })
  expect(refusal('s3', 'PutObject', { Bucket: 'b', Key: 'k', ACL: 'everyone' })).toMatchObject({
    code: 'InvalidArgument',
    members: { ArgumentName: 'x-amz-acl', ArgumentValue: 'everyone' },
  })
})

test('every pattern of the tables compiles', () => {
  for (const table of [stsConstraints, iamConstraints, eksConstraints, cloudtrailConstraints, s3Constraints]) {
    for (const row of Object.values(table.shapes)) {
      if (row.pattern !== undefined) expect(compile(row.pattern), row.pattern).toBeInstanceOf(RegExp)
    }
  }
})

test('a name beyond the basic plane passes the ARN pattern and one with a control character does not', () => {
  const tail = (text: string) => ({
    RoleArn: `arn:aws:iam::000000000000:role/${text}`,
    RoleSessionName: 'ok',
    WebIdentityToken: 'a.b.c',
  })
  expect(() => serviceModel('sts').checkInput('AssumeRoleWithWebIdentity', tail('😀'))).not.toThrow()
  expect(refusal('sts', 'AssumeRoleWithWebIdentity', tail('\u0001')).message).toContain('regular expression pattern')
})
