// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like that
import { describe, expect, it } from 'vitest'
import { PolicyError } from '../../core/index.ts'
import { identityFaultWords, resourceFaultWords, trustFaultWords } from './fault-words.ts'
import type { PolicyKind } from './model.ts'
import { parsePolicyDocument } from './parse.ts'

const WORDS = { identity: identityFaultWords, trust: trustFaultWords, resource: resourceFaultWords } as const

/** AWS's answer to the text, or undefined when it is taken. */
function answerTo(text: string, kind: keyof typeof WORDS): string | undefined {
  try {
    parsePolicyDocument(text, kind)
    return undefined
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return WORDS[kind](error)
  }
}

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A1'
const TRUST = { Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity' }
const RESOURCE = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const IDENTITY = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const textOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
/** One statement without some of its elements. */
const without = (statement: object, name: string) =>
  Object.fromEntries(Object.entries(statement).filter(([element]) => element !== name))

describe('a document', () => {
  it('is read whole', () => {
    const text = textOf({
      Sid: 'One',
      Effect: 'Deny',
      NotAction: ['s3:Get*', 'sqs:*'],
      NotResource: ['arn:aws:s3:::b', null],
      Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['a*', 'b'] }, Bool: { 'aws:SecureTransport': false } },
    })
    expect(parsePolicyDocument(text, 'identity')).toEqual({
      kind: 'identity',
      version: '2012-10-17',
      statements: [
        {
          index: 0,
          sid: 'One',
          effect: 'Deny',
          actions: { not: true, patterns: ['s3:Get*', 'sqs:*'] },
          resources: { not: true, patterns: ['arn:aws:s3:::b'] },
          conditions: [
            { operator: 'ForAnyValue:StringLike', key: 'aws:TagKeys', values: ['a*', 'b'] },
            { operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] },
          ],
        },
      ],
      text,
    })
  })

  it('keeps numbers in conditions as they were written, and takes none elsewhere', () => {
    const document =
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"a":[5.50,1e2]}}}}'
    const parsed = parsePolicyDocument(document, 'identity')
    expect(parsed.statements[0]?.conditions).toEqual([{ operator: 'NumericEquals', key: 'a', values: ['5.50', '1e2'] }])
    expect(parsed.version).toBe('2008-10-17')
    expect(answerTo(document.replace('"Effect"', '"Sid":5,"Effect"'), 'identity')).toBe('Syntax errors in policy.')
  })

  it('with a key twice is refused, with the whole document as the place', () => {
    const text = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}'
    expect(() => parsePolicyDocument(text, 'identity')).toThrow(expect.objectContaining({ reason: 'json', where: '' }))
  })

  it('tells the place of a fault as a JSON pointer', () => {
    const text = textOf(IDENTITY, { ...IDENTITY, Condition: { 'a/b~c': { k: '1' } } })
    expect(() => parsePolicyDocument(text, 'identity')).toThrow(
      expect.objectContaining({ reason: 'syntax', where: '/Statement/1/Condition/a~1b~0c' }),
    )
  })

  it.each([
    ['a blank before the brace', ` ${textOf(IDENTITY)}`, 'JSON strings must not have leading spaces'],
    ['a principal', textOf({ ...IDENTITY, Principal: '*' }), 'Policy document should not specify a principal.'],
    ['null among the values', textOf({ ...IDENTITY, Condition: { Bool: { a: null } } }), 'Syntax errors in policy.'],
    [
      'no IP address',
      textOf({ ...IDENTITY, Condition: { IpAddress: { a: '10.0.0.0/33' } } }),
      'The policy failed legacy parsing',
    ],
    [
      'no number',
      textOf({ ...IDENTITY, Condition: { NumericLessThan: { a: '12abc' } } }),
      'The policy failed legacy parsing',
    ],
    ['no boolean', textOf({ ...IDENTITY, Condition: { Bool: { a: 'flase' } } }), 'The policy failed legacy parsing'],
    ['a dollar in the vendor', textOf({ ...IDENTITY, Action: '$&:x' }), 'Vendor $& is not valid'],
  ])('of an identity with %s is refused', (_, text, answer) => {
    expect(answerTo(text, 'identity')).toBe(answer)
  })

  it.each([
    ['a short ARN', { Resource: 'arn:aws:s3:*' }],
    ['any partition', { Resource: 'arn:*:s3:::b' }],
    ['another partition', { Resource: 'arn:aws-cn:s3:::b' }],
    ['a variable before the fifth colon', { Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/x' }],
    ['a boolean by variable', { Condition: { Bool: { a: '${aws:SecureTransport}' } } }],
    ['an operator in another case', { Condition: { 'foranyvalue:stringLIKEifexists': { a: 'b' } } }],
  ])('of an identity with %s is taken', (_, more) => {
    expect(answerTo(textOf({ ...IDENTITY, ...more }), 'identity')).toBeUndefined()
  })
})

describe('a managed policy', () => {
  it('must be of version 2012-10-17; an inline one need not', () => {
    const text = JSON.stringify({ Version: '2008-10-17', Statement: IDENTITY })
    expect(() => parsePolicyDocument(text, 'identity', { oldestVersion: '2012-10-17' })).toThrow(
      expect.objectContaining({ reason: 'old-version' }),
    )
    expect(parsePolicyDocument(text, 'identity').version).toBe('2008-10-17')
  })
})

describe('a trust policy', () => {
  it.each([
    ['a provider', {}],
    ['a role', { Principal: { AWS: 'arn:aws:iam::111122223333:role/a/b' } }],
    ['a service', { Principal: { Service: ['ec2.amazonaws.com', 'pods.eks.amazonaws.com'] } }],
    ['a domain', { Principal: { Federated: 'accounts.google.com' } }],
    ['tags', { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] }],
    ['a wildcard of STS', { Action: 'sts:Assume*' }],
  ])('with %s is taken', (_, more) => {
    expect(answerTo(textOf({ ...TRUST, ...more }), 'trust')).toBeUndefined()
  })

  it.each([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['a list', '[]', 'This policy contains invalid Json'],
    [
      'an unknown version',
      JSON.stringify({ Version: '2013-10-17', Statement: TRUST }),
      'The policy must contain a valid version string',
    ],
    ['no statement', '{}', 'Missing required field Statement'],
    ['an empty statement', '{"Statement":[]}', 'Could not parse the policy: Statement is empty!'],
    [
      'a Sid twice',
      textOf({ ...TRUST, Sid: 'A' }, { ...TRUST, Sid: 'A' }),
      'The Statement Ids in the policy are not unique',
    ],
    ['no effect', textOf(without(TRUST, 'Effect')), 'Missing required field Effect'],
    ['a wrong effect', textOf({ ...TRUST, Effect: 'allow' }), 'Invalid effect: allow'],
    ['no principal', textOf(without(TRUST, 'Principal')), 'Missing required field Principal'],
    ['an empty principal', textOf({ ...TRUST, Principal: {} }), 'Missing required field Principal cannot be empty!'],
    ['everybody', textOf({ ...TRUST, Principal: '*' }), 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'],
    [
      'a wildcard in a principal',
      textOf({ ...TRUST, Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"',
    ],
    [
      'no ARN for a provider',
      textOf({ ...TRUST, Principal: { Federated: 'https://oidc.example.com' } }),
      'Federated principals must be valid domain names or SAML metadata ARNs',
    ],
    ['no action', textOf(without(TRUST, 'Action')), 'Missing required field Action'],
    [
      'another service’s action',
      textOf({ ...TRUST, Action: 's3:GetObject' }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    [
      'an action of STS that is none',
      textOf({ ...TRUST, Action: ['sts:AssumeRole', 'sts:TagSessions'] }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['a resource', textOf({ ...TRUST, Resource: '*' }), 'Has prohibited field Resource'],
    ['NotResource', textOf({ ...TRUST, NotResource: '*' }), 'AssumeRole policy must not contain resources.'],
    [
      'NotPrincipal',
      textOf({ ...without(TRUST, 'Principal'), NotPrincipal: { AWS: '111122223333' } }),
      'Allow with NotPrincipal is not allowed.',
    ],
    [
      'NotPrincipal to deny',
      textOf({ ...without(TRUST, 'Principal'), Effect: 'Deny', NotPrincipal: { AWS: '111122223333' } }),
      'AssumeRole policy must not contain NotPrincipal field.',
    ],
    ['an unknown element', textOf({ ...TRUST, Conditions: {} }), 'Syntax error in policy.'],
  ])('with %s is refused', (_, text, answer) => {
    expect(answerTo(text, 'trust')).toBe(answer)
  })
})

describe('a resource policy', () => {
  it.each([
    ['no resource', textOf(without(RESOURCE, 'Resource')), 'Missing required field Resource'],
    ['no principal', textOf(without(RESOURCE, 'Principal')), 'Missing required field Principal'],
    [
      'a principal of an unknown type',
      textOf({ ...RESOURCE, Principal: { Nobody: '*' } }),
      'Invalid principal in policy',
    ],
    [
      'NotPrincipal to allow',
      textOf({ ...without(RESOURCE, 'Principal'), NotPrincipal: '*' }),
      'Allow with NotPrincipal is not allowed.',
    ],
    [
      'no IP address',
      textOf({ ...RESOURCE, Condition: { IpAddress: { 'aws:SourceIp': 'home' } } }),
      'Invalid IP address in Conditions',
    ],
  ])('with %s is refused', (_, text, answer) => {
    expect(answerTo(text, 'resource')).toBe(answer)
  })

  it.each([[' '], ['\n'], ['\t']])('must begin with its brace, not with %j', (blank) => {
    expect(answerTo(`${blank}${textOf(RESOURCE)}`, 'resource')).toBe(
      "Policies must be valid JSON and the first byte must be '{'",
    )
    expect(answerTo(`${textOf(RESOURCE)}${blank}`, 'resource')).toBeUndefined()
  })
})

describe('a policy of an organization', () => {
  const control = (more: object) => () =>
    parsePolicyDocument(textOf({ ...RESOURCE, Effect: 'Deny', ...more }), 'resource-control')

  it('for resources denies, everybody, actions of services', () => {
    expect(control({})).not.toThrow()
    expect(control({ Effect: 'Allow', Action: '*', Resource: '*' })).not.toThrow()
    for (const more of [{ Effect: 'Allow' }, { Action: '*' }, { Principal: { AWS: '111122223333' } }])
      expect(control(more)).toThrow(PolicyError)
  })

  it.each(['identity', 'boundary', 'session', 'service-control'] as const satisfies readonly PolicyKind[])(
    'as every %s policy names no principal and needs resources',
    (kind) => {
      expect(() => parsePolicyDocument(textOf(IDENTITY), kind)).not.toThrow()
      expect(() => parsePolicyDocument(textOf(RESOURCE), kind)).toThrow(PolicyError)
      expect(() => parsePolicyDocument(textOf(without(IDENTITY, 'Resource')), kind)).toThrow(PolicyError)
    },
  )
})
