import { describe, expect, it } from 'vitest'
import { SignatureError, type SignatureFacts, type SignatureReason } from '../../core/index.ts'
import type { Decision, NamedPolicy } from '../../standards/policy/index.ts'
import { deniedSentence } from './denied-sentence.ts'
import { refuseJson, refuseQuery, refuseRestJson, refuseS3 } from './refuse.ts'

const SESSION = 'arn:aws:sts::123456789012:assumed-role/app/pod'
const implicit: Decision = { outcome: 'implicit-deny', decidedBy: 'identity', because: [] }

describe('the denied sentence', () => {
  const s3 = { principalArn: SESSION, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', style: 's3' } as const

  it('of S3 has the resource in quotes', () => {
    expect(deniedSentence({ ...s3, decision: implicit })).toBe(
      `User: ${SESSION} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:GetObject action`,
    )
  })

  it('of everyone else has it bare', () => {
    const call = { principalArn: SESSION, action: 'iam:GetRole', resource: 'arn:aws:iam::1:role/r' }
    expect(deniedSentence({ ...call, decision: implicit, style: 'plain' })).toBe(
      `User: ${SESSION} is not authorized to perform: iam:GetRole on resource: arn:aws:iam::1:role/r because no identity-based policy allows the iam:GetRole action`,
    )
  })

  it('names no resource when the action knows none', () => {
    const call = { ...s3, action: 's3:ListAllMyBuckets', resource: '*' }
    expect(deniedSentence({ ...call, decision: implicit })).toBe(
      `User: ${SESSION} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
    )
  })

  it.each([
    ['identity', 'because no identity-based policy allows', 'with an explicit deny in an identity-based policy'],
    ['resource', 'because no resource-based policy allows', 'with an explicit deny in a resource-based policy'],
    ['trust', 'because no role trust policy allows', 'with an explicit deny in the role trust policy'],
    ['boundary', 'because no permissions boundary allows', 'with an explicit deny in a permissions boundary'],
    ['session', 'because no session policy allows', 'with an explicit deny in a session policy'],
    ['endpoint', 'because no VPC endpoint policy allows', 'with an explicit deny in a VPC endpoint policy'],
  ] as const)('says which type of policy decided: %s', (decidedBy, missing, denying) => {
    expect(deniedSentence({ ...s3, decision: { ...implicit, decidedBy } })).toContain(missing)
    const explicit: Decision = { outcome: 'explicit-deny', decidedBy, because: [] }
    expect(deniedSentence({ ...s3, decision: explicit }).endsWith(denying)).toBe(true)
  })

  it('says of service control policies that they deny, also when they only leave it out', () => {
    const decision: Decision = { ...implicit, decidedBy: 'service-control' }
    expect(deniedSentence({ ...s3, decision })).toMatch(/ with an explicit deny in a service control policy$/)
  })

  it('appends the ARN of a managed policy that denies, and never the name of an inline one', () => {
    const managed = { name: 'Guard', arn: 'arn:aws:iam::123456789012:policy/Guard' } as NamedPolicy
    const explicit: Decision = { outcome: 'explicit-deny', decidedBy: 'identity', policy: managed, because: [] }
    expect(deniedSentence({ ...s3, decision: explicit })).toMatch(
      /an identity-based policy: arn:aws:iam::123456789012:policy\/Guard$/,
    )
    const inline = { ...explicit, policy: { name: 'secret-name' } as NamedPolicy }
    expect(deniedSentence({ ...s3, decision: inline })).not.toContain('secret-name')
  })
})

describe('a refused signature', () => {
  const call = { operation: 'X', region: 'us-east-1' }
  const refused = (reason: SignatureReason, facts: SignatureFacts = {}) =>
    ({ kind: 'signature', error: new SignatureError(reason, reason, facts) }) as const

  it.each([
    ['missing', 'MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
    ['unknown-key', 'InvalidClientTokenId', 403, 'The security token included in the request is invalid.'],
    ['session-unopenable', 'InvalidClientTokenId', 403, 'The security token included in the request is invalid.'],
    ['session-expired', 'ExpiredToken', 403, 'The security token included in the request is expired'],
    [
      'mismatch',
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    ],
  ] as const)('speaks STS’s words: %s', (reason, code, status, message) => {
    expect(refuseQuery(refused(reason), call)).toMatchObject({ code, httpStatus: status, message })
  })

  it('names both times when the clock is off, in either direction', () => {
    const late = { requestDate: '20240101T000000Z', judgedAt: '20240101T002000Z' }
    expect(refuseQuery(refused('skewed-clock', late), call).message).toBe(
      'Signature expired: 20240101T000000Z is now earlier than 20240101T000500Z (20240101T002000Z - 15 min.)',
    )
    const early = { requestDate: '20240101T010000Z', judgedAt: '20240101T002000Z' }
    expect(refuseQuery(refused('skewed-clock', early), call).message).toBe(
      'Signature not yet current: 20240101T010000Z is still later than 20240101T003500Z (20240101T002000Z + 15 min.)',
    )
  })

  it('names the service that the scope should have', () => {
    const facts = { part: 'service', found: 'sts', wanted: 'iam' } as const
    expect(refuseQuery(refused('scope-mismatch', facts), call)).toMatchObject({
      code: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to correct service: 'iam'.",
    })
  })

  it('is 400 to awsJson and 403 to restJson', () => {
    expect(refuseJson(refused('mismatch'), call)).toMatchObject({ code: 'InvalidSignatureException', httpStatus: 400 })
    expect(refuseRestJson(refused('mismatch'), call)).toMatchObject({
      code: 'InvalidSignatureException',
      httpStatus: 403,
    })
  })

  it('speaks S3’s words, with the members that S3 gives', () => {
    expect(refuseS3(refused('session-expired'), call)).toMatchObject({ code: 'ExpiredToken', httpStatus: 400 })
    expect(refuseS3(refused('unknown-key', { accessKeyId: 'AKIAX' }), call)).toMatchObject({
      code: 'InvalidAccessKeyId',
      members: { AWSAccessKeyId: 'AKIAX' },
    })
    expect(refuseS3(refused('mismatch', { stringToSign: 'ab', signatureProvided: 'ff' }), call).members).toEqual({
      StringToSign: 'ab',
      SignatureProvided: 'ff',
      StringToSignBytes: '61 62',
    })
    const facts = { requestDate: '20240101T000000Z', judgedAt: '20240101T010000Z', expiresSeconds: 60 }
    expect(refuseS3(refused('request-expired', facts), call).members).toEqual({
      'X-Amz-Expires': '60',
      Expires: '2024-01-01T00:01:00Z',
      ServerTime: '2024-01-01T01:00:00Z',
    })
    expect(refuseS3(refused('incomplete'), { ...call, signedBy: 'query' }).code).toBe(
      'AuthorizationQueryParametersError',
    )
  })
})
