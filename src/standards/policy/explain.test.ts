// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like that
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { explain } from './explain.ts'
import type { AuthorizationRequest } from './model.ts'
import { ACCOUNT, PROVIDER, policyOf, ROLE, requestOf, SESSION } from './testing/requests.ts'

const SUB = 'oidc.example.com/id/A1:sub'
const AUD = 'oidc.example.com/id/A1:aud'

/** What the nearest statement asked for in vain, dimension by dimension. */
const misses = (request: AuthorizationRequest, at = 0) =>
  explain(request).nearest[at]?.dimensions.filter(({ matches }) => !matches)

describe('a token that a trust policy does not let in', () => {
  const trust = policyOf('trust', {
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [SUB]: 'system:serviceaccount:prod:app', [AUD]: 'sts.amazonaws.com' } },
  })
  const ask = (keys: Record<string, string>) =>
    requestOf({
      as: 'token',
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: ROLE,
      resourcePolicyKind: 'trust',
      policies: { resource: trust },
      keys,
    })

  it('is told the claim, what was wanted, what came, and where they part', () => {
    const request = ask({ [SUB]: 'system:serviceaccount:staging:app', [AUD]: 'sts.amazonaws.com' })
    expect(misses(request)).toEqual([
      {
        dimension: 'condition',
        matches: false,
        operator: 'StringEquals',
        key: SUB,
        wanted: ['system:serviceaccount:prod:app'],
        got: ['system:serviceaccount:staging:app'],
        differsAt: 'system:serviceaccount:'.length,
      },
    ])
    expect(explain(request).nearest[0]).toMatchObject({ policyType: 'trust', matches: false, policy: trust })
  })

  it('is told that a claim is missing', () => {
    expect(misses(ask({ [SUB]: 'system:serviceaccount:prod:app' }))).toEqual([
      {
        dimension: 'condition',
        matches: false,
        operator: 'StringEquals',
        key: AUD,
        wanted: ['sts.amazonaws.com'],
        got: undefined,
      },
    ])
  })

  it('climbs the ladder in its order', () => {
    expect(explain(ask({})).rungs).toEqual([
      { policyType: 'trust', state: 'does-not-allow' },
      { policyType: 'resource-control', state: 'absent' },
      { policyType: 'service-control', state: 'absent' },
      { policyType: 'boundary', state: 'absent' },
      { policyType: 'session', state: 'absent' },
      { policyType: 'identity', state: 'absent' },
      { policyType: 'resource', state: 'absent' },
      { policyType: 'endpoint', state: 'absent' },
    ])
  })
})

describe('the nearest statements', () => {
  const nearestSids = (request: AuthorizationRequest) => explain(request).nearest.map(({ statement }) => statement.sid)

  it('are at most two, nearest first, and none of another service', () => {
    const policy = policyOf(
      'identity',
      { Sid: 'Queue', Action: 'sqs:*' },
      { Sid: 'Bucket', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::bucket' },
      { Sid: 'Other', Action: 's3:GetObject', Resource: 'arn:aws:s3:::other/*' },
      { Sid: 'Here', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/keys/*' },
      { Sid: 'Never', Effect: 'Deny', Action: 's3:DeleteObject' },
    )
    expect(nearestSids(requestOf({ policies: { identity: [policy] } }))).toEqual(['Here', 'Other'])
    expect(nearestSids(requestOf({ action: 'dynamodb:GetItem', policies: { identity: [policy] } }))).toEqual([])
  })

  it('of an explicit deny are those that deny; of an allow those that allow', () => {
    const policy = policyOf('identity', { Sid: 'All' }, { Sid: 'No', Effect: 'Deny', Action: 's3:Get*' })
    expect(nearestSids(requestOf({ policies: { identity: [policy] } }))).toEqual(['No'])
    expect(nearestSids(requestOf({ action: 's3:PutObject', policies: { identity: [policy] } }))).toEqual(['All'])
  })

  it('are those of the type that decided', () => {
    const boundary = policyOf('boundary', { Sid: 'Less', Action: 's3:PutObject' })
    const { decision, nearest, rungs } = explain(
      requestOf({ policies: { identity: [policyOf('identity', {})], boundary } }),
    )
    expect(decision).toMatchObject({ outcome: 'implicit-deny', decidedBy: 'boundary' })
    expect(nearest.map(({ policyType, statement }) => [policyType, statement.sid])).toEqual([['boundary', 'Less']])
    expect(rungs.filter(({ state }) => state !== 'absent')).toEqual([
      { policyType: 'boundary', state: 'does-not-allow' },
      { policyType: 'identity', state: 'allows' },
    ])
  })
})

describe('what was wanted', () => {
  const resourceOf = (Resource: string, keys = {}) =>
    misses(
      requestOf({ keys, policies: { identity: [policyOf('identity', { Action: 's3:GetObject', Resource })] } }),
    )?.[0]

  it('has its variables replaced; a star that came with a value is told from a wildcard', () => {
    const keys = { 'aws:PrincipalTag/team': 'r*d' }
    expect(resourceOf('arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*', keys)).toEqual({
      dimension: 'resource',
      matches: false,
      wanted: ['arn:aws:s3:::bucket/r${*}d/*'],
      got: ['arn:aws:s3:::bucket/key'],
      differsAt: 'arn:aws:s3:::bucket/'.length,
    })
  })

  it('keeps a variable that has no value', () => {
    expect(resourceOf('arn:aws:s3:::bucket/${aws:PrincipalTag/team}')?.wanted).toEqual([
      'arn:aws:s3:::bucket/${aws:PrincipalTag/team}',
    ])
  })

  it('of a bucket is a bucket, where an object was asked for', () => {
    expect(resourceOf('arn:aws:s3:::bucket')).toMatchObject({
      wanted: ['arn:aws:s3:::bucket'],
      differsAt: 'arn:aws:s3:::bucket'.length,
    })
  })

  it('of a session’s principal is compared with the role’s name and its own', () => {
    const resource = policyOf('resource', { Principal: { AWS: `${ROLE}2` } })
    const [miss] =
      misses(
        requestOf({ resourceAccount: '444455556666', policies: { identity: [policyOf('identity', {})], resource } }),
      ) ?? []
    expect(miss).toEqual({ dimension: 'principal', matches: false, wanted: [`${ROLE}2`], got: [ROLE, SESSION] })
  })
})

describe('explaining', () => {
  it('decides as evaluating does', () => {
    const policies = {
      identity: [policyOf('identity', {})],
      resource: policyOf('resource', { Principal: { AWS: ACCOUNT } }),
    }
    for (const as of ['session', 'user', 'root', 'token', 'service', 'nobody'] as const) {
      const request = requestOf({ as, policies })
      expect(explain(request).decision).toEqual(evaluate(request))
    }
  })
})
