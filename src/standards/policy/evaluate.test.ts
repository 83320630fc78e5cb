// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like that
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import type { AuthorizationRequest, PolicySet } from './model.ts'
import { ACCOUNT, OTHER_ACCOUNT, PROVIDER, policyOf, ROLE, requestOf, SESSION, USER } from './testing/requests.ts'

/** `allow identity`, `implicit-deny boundary`, … */
const said = (request: AuthorizationRequest): string => {
  const { outcome, decidedBy } = evaluate(request)
  return `${outcome} ${decidedBy}`
}
const identity = [policyOf('identity', {})]
const nothing = { Action: 'none:None' }
const deny = { Effect: 'Deny' }
const resource = (principal: unknown, more: object = {}) => policyOf('resource', { Principal: principal, ...more })

describe('the order of policies', () => {
  it('nothing allows: nothing is allowed', () => {
    expect(evaluate(requestOf({}))).toEqual({ outcome: 'implicit-deny', decidedBy: 'identity', because: [] })
  })

  it('names the policy and the first statement that allow', () => {
    const policy = policyOf('identity', nothing, { Sid: 'A' }, { Sid: 'B' })
    const decision = evaluate(requestOf({ policies: { identity: [policyOf('identity', nothing), policy] } }))
    expect(decision).toEqual({
      outcome: 'allow',
      decidedBy: 'identity',
      policy,
      because: [{ policy, statement: policy.document.statements[1] }],
    })
  })

  it.each([
    ['identity', { identity: [...identity, policyOf('identity', deny)] }],
    ['boundary', { boundary: policyOf('boundary', {}, deny) }],
    ['session', { session: [policyOf('session', {}), policyOf('session', deny)] }],
    ['resource', { resource: policyOf('resource', { ...deny, Principal: { AWS: ACCOUNT } }) }],
    [
      'service-control',
      { serviceControl: [[policyOf('service-control', {})], [policyOf('service-control', {}, deny)]] },
    ],
    [
      'resource-control',
      { resourceControl: [[policyOf('resource-control', { ...deny, Principal: '*', Action: 's3:*' })]] },
    ],
    ['endpoint', { endpoint: policyOf('endpoint', { Principal: '*' }, { ...deny, Principal: '*' }) }],
  ] as const)('a Deny in %s wins over every Allow', (type, policies: Partial<PolicySet>) => {
    expect(said(requestOf({ policies: { identity, ...policies } }))).toBe(`explicit-deny ${type}`)
    const open = { identity, resource: resource('*'), ...policies }
    expect(said(requestOf({ policies: open }))).toBe(`explicit-deny ${type}`)
    expect(said(requestOf({ as: 'root', policies: { identity, ...policies } }))).toBe(`explicit-deny ${type}`)
  })

  it.each([
    ['boundary', { boundary: policyOf('boundary', nothing) }],
    ['session', { session: [policyOf('session', nothing), policyOf('session', nothing)] }],
    ['session', { session: [] }],
    [
      'service-control',
      { serviceControl: [[policyOf('service-control', {})], [policyOf('service-control', nothing)]] },
    ],
    ['service-control', { serviceControl: [[]] }],
    ['endpoint', { endpoint: policyOf('endpoint', { ...nothing, Principal: '*' }) }],
  ] as const)('%s that leaves the action out limits what the identity may', (type, policies: Partial<PolicySet>) => {
    expect(said(requestOf({ policies: { identity, ...policies } }))).toBe(`implicit-deny ${type}`)
  })

  it('one of the session’s policies is enough, and every level of the organization is needed', () => {
    const session = [policyOf('session', nothing), policyOf('session', {})]
    const level = [policyOf('service-control', nothing), policyOf('service-control', {})]
    expect(said(requestOf({ policies: { identity, session, serviceControl: [level, level] } }))).toBe('allow identity')
  })

  it('a resource control policy that says nothing limits nothing', () => {
    expect(said(requestOf({ policies: { identity, resourceControl: [[]] } }))).toBe('allow identity')
  })

  it.each(['session', 'user', 'root'] as const)('GetCallerIdentity is allowed to a %s, whatever is denied', (as) => {
    const policies = { identity: [policyOf('identity', deny)] }
    expect(said(requestOf({ as, action: 'sts:GetCallerIdentity', resource: '*', policies }))).toBe('allow identity')
  })
})

describe('a resource policy in the same account', () => {
  const limits = { boundary: policyOf('boundary', nothing), session: [policyOf('session', nothing)] }

  it.each([
    ['everyone', '*'],
    ['everyone, written long', { AWS: '*' }],
    ['the session itself', { AWS: SESSION }],
    ['the session, its role in another case', { AWS: SESSION.replace('/app/', '/App/') }],
  ])('lets in %s, whatever boundary and session policy leave out', (_, principal) => {
    expect(said(requestOf({ policies: { resource: resource(principal), ...limits } }))).toBe('allow resource')
  })

  it.each([
    ['the role', { AWS: ROLE }],
    ['the role’s unique id', { AWS: 'AROAAAAAAAAAAAAAAAAAA' }],
  ])('lets in %s, within boundary and session policy', (_, principal) => {
    const policies = { resource: resource(principal) }
    expect(said(requestOf({ policies }))).toBe('allow resource')
    expect(said(requestOf({ policies: { ...policies, boundary: limits.boundary } }))).toBe('implicit-deny boundary')
    expect(said(requestOf({ policies: { ...policies, session: limits.session } }))).toBe('implicit-deny session')
  })

  it('lets in a user by name and by unique id, whatever its boundary leaves out', () => {
    for (const AWS of [USER, 'AIDAAAAAAAAAAAAAAAAAA']) {
      const policies = { resource: resource({ AWS }), boundary: limits.boundary }
      expect(said(requestOf({ as: 'user', policies }))).toBe('allow resource')
    }
  })

  it.each([ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`])('by account (%s) leaves it to the identity’s policies', (AWS) => {
    expect(said(requestOf({ policies: { resource: resource({ AWS }) } }))).toBe('implicit-deny identity')
    expect(said(requestOf({ policies: { resource: resource({ AWS }), identity } }))).toBe('allow identity')
  })

  it.each(['session', 'user', 'root'] as const)(
    'that names the account of another partition is not about the %s',
    (as) => {
      const AWS = `arn:aws-cn:iam::${ACCOUNT}:root`
      const policies = { identity, resource: resource({ AWS }, deny) }
      expect(said(requestOf({ as, policies }))).toBe('allow identity')
      const trusting = { resource: resource({ AWS }), identity }
      expect(said(requestOf({ as, policies: trusting, resourcePolicyKind: 'trust' }))).not.toContain('allow ')
    },
  )

  it.each([
    ['another role', { AWS: `${ROLE}2` }],
    ['another session', { AWS: `${SESSION}2` }],
    ['the session in another case', { AWS: SESSION.replace('pod-1', 'POD-1') }],
    ['the role without its path', { AWS: `arn:aws:iam::${ACCOUNT}:role/app` }],
    ['another account', { AWS: OTHER_ACCOUNT }],
    ['a service', { Service: 's3.amazonaws.com' }],
    ['a provider', { Federated: PROVIDER }],
    ['a canonical user', { CanonicalUser: 'a'.repeat(64) }],
  ])('that names %s does not let the session in', (_, principal) => {
    expect(said(requestOf({ policies: { resource: resource(principal) } }))).toBe('implicit-deny identity')
  })

  it('is not needed by the root user, and no boundary of others stops it', () => {
    expect(said(requestOf({ as: 'root' }))).toBe('allow identity')
  })
})

describe('across accounts', () => {
  const away = { resourceAccount: OTHER_ACCOUNT }

  it.each([[{ AWS: ACCOUNT }], [{ AWS: ROLE }], [{ AWS: SESSION }], ['*']])(
    'both sides must allow: %j',
    (principal) => {
      const theirs = resource(principal)
      expect(said(requestOf({ ...away, policies: { resource: theirs } }))).toBe('implicit-deny identity')
      expect(said(requestOf({ ...away, policies: { identity } }))).toBe('implicit-deny resource')
      const { because } = evaluate(requestOf({ ...away, policies: { identity, resource: theirs } }))
      expect(because.map(({ policy }) => policy.name)).toEqual(['identity', 'resource'])
    },
  )

  it('boundary and session policy limit even what names the session', () => {
    const open = { identity, resource: resource({ AWS: SESSION }) }
    const policies = { ...open, boundary: policyOf('boundary', nothing) }
    expect(said(requestOf({ ...away, policies }))).toBe('implicit-deny boundary')
    expect(said(requestOf({ ...away, policies: { ...open, session: [] } }))).toBe('implicit-deny session')
  })

  it('the root user needs the other side too', () => {
    expect(said(requestOf({ ...away, as: 'root' }))).toBe('implicit-deny resource')
    expect(said(requestOf({ ...away, as: 'root', policies: { resource: resource({ AWS: ACCOUNT }) } }))).toBe(
      'allow identity',
    )
  })
})

describe('who has no policies of its own', () => {
  it.each([
    ['nobody', '*', 'allow resource'],
    ['nobody', { AWS: '*' }, 'allow resource'],
    ['nobody', { AWS: ACCOUNT }, 'implicit-deny resource'],
    ['service', { Service: 's3.amazonaws.com' }, 'allow resource'],
    ['service', { Service: 'sns.amazonaws.com' }, 'implicit-deny resource'],
    ['service', '*', 'allow resource'],
  ] as const)('%s is let in by the resource’s policy alone: %j', (as, principal, expected) => {
    const blind = { identity, serviceControl: [[]] }
    expect(said(requestOf({ as, policies: { ...blind, resource: resource(principal) } }))).toBe(expected)
    expect(said(requestOf({ as, policies: blind }))).toBe('implicit-deny resource')
  })
})

describe('NotPrincipal with Deny', () => {
  const denyOthers = (NotPrincipal: unknown) => resource(undefined, { ...deny, NotPrincipal })

  it.each([
    [{ AWS: ROLE }, 'allow identity'],
    [{ AWS: ACCOUNT }, 'allow identity'],
    [{ AWS: [OTHER_ACCOUNT, SESSION] }, 'allow identity'],
    [{ AWS: OTHER_ACCOUNT }, 'explicit-deny resource'],
    [{ CanonicalUser: 'a'.repeat(64) }, 'explicit-deny resource'],
  ])('spares who is listed: %j', (principal, expected) => {
    expect(said(requestOf({ policies: { identity, resource: denyOthers(principal) } }))).toBe(expected)
  })

  it('spares nobody who has a boundary', () => {
    const policies = { identity, boundary: policyOf('boundary', {}), resource: denyOthers({ AWS: ROLE }) }
    expect(said(requestOf({ policies }))).toBe('explicit-deny resource')
  })
})

describe('a trust policy', () => {
  const role = { resource: ROLE, resourcePolicyKind: 'trust' } as const
  const token = { ...role, as: 'token', action: 'sts:AssumeRoleWithWebIdentity' } as const
  const trust = (principal: unknown, more: object = {}) => policyOf('trust', { Principal: principal, ...more })

  it('lets in a token by its provider only', () => {
    expect(said(requestOf({ ...token, policies: { resource: trust({ Federated: PROVIDER }) } }))).toBe('allow trust')
    for (const principal of [
      { Federated: `${PROVIDER}2` },
      { AWS: '*' },
      { AWS: ACCOUNT },
      { Service: 'eks.amazonaws.com' },
    ])
      expect(said(requestOf({ ...token, policies: { resource: trust(principal), identity } }))).toBe(
        'implicit-deny trust',
      )
  })

  it('shuts tokens out by a Deny to everybody', () => {
    const resource = policyOf('trust', { Principal: { Federated: PROVIDER } }, { ...deny, Principal: { AWS: '*' } })
    expect(said(requestOf({ ...token, policies: { resource } }))).toBe('explicit-deny trust')
  })

  it('must list the action, in any case, also by a wildcard', () => {
    const byAction = (Action: string) =>
      said(requestOf({ ...token, policies: { resource: trust({ Federated: PROVIDER }, { Action }) } }))
    expect(byAction('STS:assumerolewithwebidentity')).toBe('allow trust')
    expect(byAction('sts:AssumeRole*')).toBe('allow trust')
    expect(byAction('sts:AssumeRole')).toBe('implicit-deny trust')
  })

  it('closes a role to its own account, unless it opens it', () => {
    const assume = { ...role, action: 'sts:AssumeRole' }
    expect(said(requestOf({ ...assume, policies: { identity } }))).toBe('implicit-deny trust')
    expect(said(requestOf({ ...assume, policies: { identity, resource: trust({ AWS: USER }) } }))).toBe(
      'implicit-deny trust',
    )
    expect(said(requestOf({ ...assume, policies: { resource: trust({ AWS: ACCOUNT }) } }))).toBe(
      'implicit-deny identity',
    )
    expect(said(requestOf({ ...assume, policies: { identity, resource: trust({ AWS: ACCOUNT }) } }))).toBe(
      'allow identity',
    )
    expect(said(requestOf({ ...assume, policies: { resource: trust({ AWS: ROLE }) } }))).toBe('allow trust')
  })

  it('so does the policy of a key', () => {
    const key = {
      resourcePolicyKind: 'key',
      action: 'kms:Decrypt',
      resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`,
    } as const
    expect(said(requestOf({ ...key, policies: { identity } }))).toBe('implicit-deny resource')
    expect(said(requestOf({ ...key, policies: { identity, resource: resource({ AWS: ACCOUNT }) } }))).toBe(
      'allow identity',
    )
  })

  it('is subject to resource control policies', () => {
    const guard = policyOf('resource-control', {
      ...deny,
      Principal: '*',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringNotLike: { 'oidc.example.com/id/A1:sub': 'system:serviceaccount:shop:*' } },
    })
    const policies = { resource: trust({ Federated: PROVIDER }), resourceControl: [[guard]] }
    const sub = (name: string) => ({ 'oidc.example.com/id/A1:sub': `system:serviceaccount:${name}` })
    expect(said(requestOf({ ...token, policies, keys: sub('shop:orders') }))).toBe('allow trust')
    expect(said(requestOf({ ...token, policies, keys: sub('other:orders') }))).toBe('explicit-deny resource-control')
    expect(said(requestOf({ ...token, policies }))).toBe('explicit-deny resource-control')
  })
})

describe('actions', () => {
  it.each([
    ['*', true],
    ['s3:*', true],
    ['S3:gETobject', true],
    ['s3:Get*', true],
    ['s3:?etObject', true],
    ['*:*', true],
    ['s3:GetObjec', false],
    ['s3: GetObject', false],
    ['s3:GetObject ', false],
    ['s3:PutObject', false],
  ])('`%s` and s3:GetObject: %j; NotAction is the other way round', (pattern, expected) => {
    const by = (statement: object) =>
      evaluate(requestOf({ policies: { identity: [policyOf('identity', { ...statement })] } })).outcome
    expect(by({ Action: pattern })).toBe(expected ? 'allow' : 'implicit-deny')
    expect(by({ NotAction: pattern })).toBe(expected ? 'implicit-deny' : 'allow')
  })
})

describe('resources', () => {
  const keys = {
    'aws:PrincipalTag/team': 'red',
    'aws:PrincipalTag/empty': '',
    'aws:PrincipalTag/star': '*',
    'aws:PrincipalAccount': ACCOUNT,
  }
  /** Resource, then NotResource: a pattern that means nothing matches in neither. */
  it.each([
    ['*', 'arn:aws:s3:::b/k', true, false],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/a/b:c\nd', true, false],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b', false, true],
    ['arn:aws:s3:::b*', 'arn:aws:s3:::bucket/k', true, false],
    ['arn:aws:s3:::B', 'arn:aws:s3:::b', false, true],
    ['arn:aws:s3:::b/?', 'arn:aws:s3:::b/ab', false, true],
    ['arn:*:s3:::b', 'arn:aws:s3:::b', true, false],
    ['arn:aws:s3:*:*:b', 'arn:aws:s3:::b', true, false],
    ['arn:aws:s3:*:b', 'arn:aws:s3:::b', false, true],
    ['arn:aws:*s3:::b', 'arn:aws:x:s3:::b', false, true],
    ['arn:aws:s3:*', 'arn:aws:s3:::b/k', true, false],
    ['arn:aws:sqs:*', 'arn:aws:s3:::b/k', false, true],
    ['arn:aws:s3:::b/${aws:PrincipalTag/team}/*', 'arn:aws:s3:::b/red/k', true, false],
    ['arn:aws:s3:::b/${aws:PrincipalTag/team}/*', 'arn:aws:s3:::b/blue/k', false, true],
    ['arn:aws:s3:::b/${aws:PrincipalTag/star}/k', 'arn:aws:s3:::b/x/k', false, true],
    ['arn:aws:s3:::b/${aws:PrincipalTag/star}/k', 'arn:aws:s3:::b/*/k', true, false],
    ['arn:aws:s3:::b/${aws:PrincipalTag/none}/*', 'arn:aws:s3:::b/red/k', false, false],
    ['arn:aws:s3:::b/${aws:PrincipalTag/empty}/*', 'arn:aws:s3:::b//k', false, false],
    ["arn:aws:s3:::b/${aws:PrincipalTag/none, 'red'}/*", 'arn:aws:s3:::b/red/k', true, false],
    ["arn:aws:s3:::b/${aws:PrincipalTag/empty, 'red'}/*", 'arn:aws:s3:::b/red/k', true, false],
    ['arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/*', true, false],
    ['arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/x', false, true],
    ['arn:aws:iam::${aws:PrincipalAccount}:role/x', `arn:aws:iam::${ACCOUNT}:role/x`, false, false],
    ['arn:aws:s3:::b', '*', false, true],
    ['*', '*', true, false],
    ['arn:aws:s3:::*', '*', false, true],
  ])('`%s` and `%s`: %j, excluded %j', (pattern, name, included, excluded) => {
    const by = (statement: object) =>
      evaluate(
        requestOf({
          keys,
          resource: name,
          policies: { identity: [policyOf('identity', statement as Record<string, unknown>)] },
        }),
      ).outcome
    expect(by({ Resource: pattern })).toBe(included ? 'allow' : 'implicit-deny')
    expect(by({ NotResource: pattern })).toBe(excluded ? 'allow' : 'implicit-deny')
  })

  it('a short ARN is open at its end for identities; in a resource policy only by a wildcard', () => {
    const identityBy = (Resource: string) =>
      said(requestOf({ policies: { identity: [policyOf('identity', { Resource })] } }))
    const resourceBy = (Resource: string) => said(requestOf({ policies: { resource: resource('*', { Resource }) } }))
    expect([identityBy('arn:aws:s3'), identityBy('arn:aws:s3:*')]).toEqual(['allow identity', 'allow identity'])
    expect([resourceBy('arn:aws:s3'), resourceBy('arn:aws:s3:*')]).toEqual(['implicit-deny identity', 'allow resource'])
  })
})

describe('what is not understood', () => {
  /** As a document could stand in a store that another hand has written. */
  const stored = (effect: 'Allow' | 'Deny', operator: string) => {
    const policy = policyOf('identity', { Effect: effect })
    const [statement] = policy.document.statements
    const conditions = [{ operator, key: 'aws:x', values: ['1'] }]
    return { ...policy, document: { ...policy.document, statements: [{ ...statement!, conditions }] } }
  }

  it('an unknown operator never lets anybody in', () => {
    expect(said(requestOf({ policies: { identity: [stored('Allow', 'StringResembles')] } }))).toBe(
      'implicit-deny identity',
    )
    const denied = { identity: [...identity, stored('Deny', 'StringResembles')] }
    expect(said(requestOf({ policies: denied }))).toBe('explicit-deny identity')
  })

  it('a statement of a resource policy that names nobody applies to nobody', () => {
    const policy = resource('*')
    const { principals: _, ...bare } = policy.document.statements[0]!
    const document = { ...policy.document, statements: [bare] }
    expect(said(requestOf({ policies: { resource: { ...policy, document } } }))).toBe('implicit-deny identity')
  })
})
