import { describe, expect, it } from 'vitest'
import { type AccountId, type Arn, instant, type Region } from '../../core/index.ts'
import type { WebIdentityToken } from '../../standards/oidc/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'
import type { OidcProvider, Role } from '../identity/index.ts'
import type { ApiCall, Asker, Principal, Requirement } from '../operation.ts'
import type { Organization } from '../organization/index.ts'
import type { AssumedRoleSession } from '../session/index.ts'
import { contextKeysOf } from './context-keys.ts'
import { contextValuesOf } from './context-values.ts'

const ACCOUNT = '111122223333' as AccountId
const ISSUER = 'oidc.eks.us-east-1.amazonaws.com/id/ABC'
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` as Arn

const call: ApiCall = {
  service: 's3',
  operation: 'GetObject',
  region: 'eu-west-1' as Region,
  requestId: 'r',
  time: instant(Date.parse('2026-03-01T12:00:00.250Z')),
  origin: { sourceIp: '192.0.2.7', userAgent: 'aws-cli/2', host: '127.0.0.1', isTls: false },
  headers: [
    ['Referer', 'https://example.com/'],
    ['X-Forwarded-For', '10.0.0.1'],
    ['aws:SourceIp', '10.0.0.1'],
  ],
  input: {},
}

const requirement: Requirement = {
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccount: '999988887777' as AccountId,
  contextKeys: { 's3:Prefix': 'home/', 'aws:RequestTag/Team': 'red' },
  onDeny: 'refuse',
}

const role: Role = {
  account: ACCOUNT,
  partition: 'aws',
  arn: `arn:aws:iam::${ACCOUNT}:role/team/app` as Arn,
  uniqueId: 'AROAEXAMPLE',
  path: '/team/',
  name: 'app',
  maxSessionDurationSeconds: 3600,
  trustPolicy: {} as NamedPolicy,
  createdAt: instant(0),
  tags: new Map([
    ['Team', 'red'],
    ['Stage', 'test'],
  ]),
}

const session: AssumedRoleSession = {
  kind: 'web-identity',
  sessionId: '00',
  accessKeyId: 'ASIAEXAMPLE',
  partition: 'aws',
  account: ACCOUNT,
  roleUniqueId: role.uniqueId,
  rolePath: role.path,
  roleName: role.name,
  sessionName: 'pod',
  issuedAt: instant(Date.parse('2026-03-01T11:00:00Z')),
  expiresAt: instant(Date.parse('2026-03-01T13:00:00Z')),
  webIdentity: {
    providerArn: PROVIDER_ARN,
    issuerHostPath: ISSUER,
    subject: 'system:serviceaccount:a:b',
    audience: 'sts.amazonaws.com',
  },
  tags: new Map([['stage', 'live']]),
  transitiveTagKeys: [],
  sessionPolicyArns: [],
  chainDepth: 0,
}

const sessionPrincipal: Principal = {
  kind: 'assumed-role',
  account: ACCOUNT,
  partition: 'aws',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/pod`,
  userId: 'AROAEXAMPLE:pod',
  accessKeyId: 'ASIAEXAMPLE',
  session,
  role,
}

const provider: OidcProvider = {
  account: ACCOUNT,
  arn: PROVIDER_ARN,
  url: ISSUER,
  clientIds: ['sts.amazonaws.com'],
  thumbprints: [],
  createdAt: instant(0),
  tags: new Map(),
}

const token = {
  issuer: `https://${ISSUER}`,
  audience: 'app',
  originalAudiences: ['sts.amazonaws.com'],
  subject: 'system:serviceaccount:a:b',
  claims: { amr: ['pwd'], 'kubernetes.io': { namespace: 'a' } },
} as unknown as WebIdentityToken

const tokenPrincipal: Principal = {
  kind: 'web-identity',
  account: ACCOUNT,
  partition: 'aws',
  provider,
  token,
  connection: 'hosted',
}

const user: Principal = {
  kind: 'iam-user',
  account: ACCOUNT,
  partition: 'aws',
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  userId: 'AIDAEXAMPLE',
  userName: 'alice',
  accessKeyId: 'AKIAEXAMPLE',
}

const keyOf = (principal: Principal, key: string) => contextKeysOf(call, principal, { requirement }).get(key)

describe('keys of the request', () => {
  it.each([
    ['aws:currenttime', '2026-03-01T12:00:00Z'],
    ['aws:epochtime', '1772366400'],
    ['aws:securetransport', 'false'],
    ['aws:sourceip', '192.0.2.7'],
    ['aws:useragent', 'aws-cli/2'],
    ['aws:referer', 'https://example.com/'],
    ['aws:requestedregion', 'eu-west-1'],
    ['aws:resourceaccount', '999988887777'],
    ['aws:viaawsservice', 'false'],
    ['aws:principalisawsservice', 'false'],
    ['s3:prefix', 'home/'],
    ['aws:requesttag/team', 'red'],
    ['aws:tagkeys', undefined],
    ['constructor', undefined],
  ])('%s is %s', (key, value) => {
    expect(keyOf(user, key)).toBe(value)
  })
})

describe('keys of the principal', () => {
  it.each([
    ['a user', user, 'aws:principalarn', `arn:aws:iam::${ACCOUNT}:user/alice`],
    ['a user', user, 'aws:username', 'alice'],
    ['a user', user, 'aws:userid', 'AIDAEXAMPLE'],
    ['a user', user, 'aws:principaltype', 'User'],
    ['a user has no session:', user, 'aws:tokenissuetime', undefined],
    ['a session is known by its role:', sessionPrincipal, 'aws:principalarn', role.arn],
    ['a session', sessionPrincipal, 'aws:userid', 'AROAEXAMPLE:pod'],
    ['a session', sessionPrincipal, 'aws:principaltype', 'AssumedRole'],
    ['a session', sessionPrincipal, 'aws:principalaccount', ACCOUNT],
    ['a session', sessionPrincipal, 'aws:tokenissuetime', '2026-03-01T11:00:00Z'],
    ['a session', sessionPrincipal, 'aws:multifactorauthpresent', 'false'],
    ['a session', sessionPrincipal, 'aws:federatedprovider', PROVIDER_ARN],
    ['a tag of the role:', sessionPrincipal, 'aws:principaltag/team', 'red'],
    ['a tag of the session wins, whatever its case:', sessionPrincipal, 'aws:principaltag/stage', 'live'],
    ['a tag that nobody has:', sessionPrincipal, 'aws:principaltag/other', undefined],
    ['a session', sessionPrincipal, `${ISSUER}:sub`.toLowerCase(), 'system:serviceaccount:a:b'],
    ['a session', sessionPrincipal, `${ISSUER}:aud`.toLowerCase(), 'sts.amazonaws.com'],
    ['a session has no name of a user:', sessionPrincipal, 'aws:username', undefined],
    ['a token', tokenPrincipal, `${ISSUER}:sub`.toLowerCase(), 'system:serviceaccount:a:b'],
    ['a token', tokenPrincipal, `${ISSUER}:aud`.toLowerCase(), 'app'],
    ['a token', tokenPrincipal, 'aws:federatedprovider', PROVIDER_ARN],
    ['a claim of Kubernetes is no key, as on AWS:', tokenPrincipal, `${ISSUER}:kubernetes.io`.toLowerCase(), undefined],
    ['another issuer:', tokenPrincipal, 'oidc.example.com:sub', undefined],
    ['nobody', { kind: 'anonymous' } as Principal, 'aws:principaltype', 'Anonymous'],
    ['nobody has no ARN:', { kind: 'anonymous' } as Principal, 'aws:principalarn', undefined],
  ])('%s: %s #%#', (_who, principal, key, value) => {
    expect(keyOf(principal, key)).toBe(value)
  })

  it('lists the original audiences and the methods of a token', () => {
    expect(keyOf(tokenPrincipal, `${ISSUER}:oaud`.toLowerCase())).toEqual(['sts.amazonaws.com'])
    expect(keyOf(tokenPrincipal, `${ISSUER}:amr`.toLowerCase())).toEqual(['pwd'])
  })
})

describe('keys of who acts further on in the call', () => {
  const PODS = { kind: 'service', name: 'pods.eks.amazonaws.com' } as const
  const further = (by: Asker, key: string) => contextKeysOf(call, by, { requirement: { ...requirement, by } }).get(key)

  it.each([
    ['aws:principalisawsservice', 'true'],
    ['aws:principalservicename', PODS.name],
    ['aws:viaawsservice', 'false'],
    ['aws:resourceaccount', '999988887777'],
    ['aws:requesttag/team', 'red'],
    ['aws:principalarn', undefined],
    ['aws:principalaccount', undefined],
    ['aws:userid', undefined],
    ['aws:principaltag/team', undefined],
    ['aws:sourceip', undefined],
    ['aws:useragent', undefined],
    ['aws:referer', undefined],
  ])('a service: %s is %s', (key, value) => {
    expect(further(PODS, key)).toBe(value)
  })

  it('a session has its own, and none of the connection that the call came over', () => {
    expect(further(PODS, 'aws:principalservicenameslist')).toEqual([PODS.name])
    expect(further(sessionPrincipal, 'aws:principaltag/stage')).toBe('live')
    expect(further(sessionPrincipal, 'aws:principalisawsservice')).toBe('false')
    expect(further(sessionPrincipal, 'aws:sourceip')).toBeUndefined()
  })
})

describe('keys of the organization', () => {
  const members = [ACCOUNT, requirement.resourceAccount]
  const organization: Organization = {
    id: 'o-exampleorgid',
    managementAccount: ACCOUNT,
    policiesOf: (account) =>
      members.some((member) => member === account)
        ? { organizationId: 'o-exampleorgid', paths: [`o-exampleorgid/r-root/${account}/`] }
        : undefined,
  }
  const inOrganization = (principal: Principal, key: string, resourceAccount = requirement.resourceAccount) =>
    contextKeysOf(call, principal, { requirement: { ...requirement, resourceAccount }, organization }).get(key)

  it.each([
    ['a user', user],
    ['a session', sessionPrincipal],
  ])('%s belongs to that of its account, and the resource to that of its owner', (_, principal) => {
    expect(inOrganization(principal, 'aws:principalorgid')).toBe('o-exampleorgid')
    expect(inOrganization(principal, 'aws:principalorgpaths')).toEqual([`o-exampleorgid/r-root/${ACCOUNT}/`])
    expect(inOrganization(principal, 'aws:resourceorgid')).toBe('o-exampleorgid')
    expect(inOrganization(principal, 'aws:resourceorgpaths')).toEqual(['o-exampleorgid/r-root/999988887777/'])
  })

  it('a token that is being exchanged, and nobody, belong to none; what they ask for does', () => {
    for (const principal of [tokenPrincipal, { kind: 'anonymous' } as Principal]) {
      for (const key of ['aws:principalorgid', 'aws:principalorgpaths'])
        expect(inOrganization(principal, key)).toBeUndefined()
      expect(inOrganization(principal, 'aws:resourceorgid')).toBe('o-exampleorgid')
    }
  })

  it('a service has those of the account that it acts for, under names of their own; nobody else has them', () => {
    const contextKeys = { 'aws:SourceAccount': ACCOUNT }
    const of = (asker: Asker, key: string) =>
      contextKeysOf(call, asker, { requirement: { ...requirement, contextKeys }, organization }).get(key)
    const service = { kind: 'service', name: 'pods.eks.amazonaws.com' } as const
    expect(of(service, 'aws:sourceorgid')).toBe('o-exampleorgid')
    expect(of(service, 'aws:sourceorgpaths')).toEqual([`o-exampleorgid/r-root/${ACCOUNT}/`])
    expect(of(service, 'aws:principalorgid')).toBeUndefined()
    expect(of(user, 'aws:sourceorgid')).toBeUndefined()
  })

  it('an account outside has none of them, and without an organization nobody has', () => {
    expect(inOrganization(user, 'aws:resourceorgid', '000000000000' as AccountId)).toBeUndefined()
    for (const key of ['aws:principalorgid', 'aws:resourceorgid', 'aws:resourceorgpaths'])
      expect(keyOf(user, key)).toBeUndefined()
  })
})

describe('the list of all keys', () => {
  const valuesOf = (principal: Principal, of: ApiCall = call, organization?: Organization) =>
    Object.fromEntries(
      contextValuesOf(contextKeysOf(of, principal, { requirement, organization }), principal, requirement).map(
        ({ key, values }) => [key, values],
      ),
    )

  it('has those of the request and of a session as AWS spells them, with a tag of the session before the role’s', () => {
    expect(valuesOf(sessionPrincipal)).toEqual({
      's3:Prefix': ['home/'],
      'aws:RequestTag/Team': ['red'],
      'aws:CurrentTime': ['2026-03-01T12:00:00Z'],
      'aws:EpochTime': ['1772366400'],
      'aws:SecureTransport': ['false'],
      'aws:SourceIp': ['192.0.2.7'],
      'aws:UserAgent': ['aws-cli/2'],
      'aws:Referer': ['https://example.com/'],
      'aws:RequestedRegion': ['eu-west-1'],
      'aws:ResourceAccount': ['999988887777'],
      'aws:ViaAWSService': ['false'],
      'aws:PrincipalIsAWSService': ['false'],
      'aws:PrincipalArn': [role.arn],
      'aws:PrincipalAccount': [ACCOUNT],
      'aws:PrincipalType': ['AssumedRole'],
      'aws:userid': ['AROAEXAMPLE:pod'],
      'aws:TokenIssueTime': ['2026-03-01T11:00:00Z'],
      'aws:MultiFactorAuthPresent': ['false'],
      'aws:FederatedProvider': [PROVIDER_ARN],
      'aws:PrincipalTag/stage': ['live'],
      'aws:PrincipalTag/Team': ['red'],
      [`${ISSUER}:sub`]: ['system:serviceaccount:a:b'],
      [`${ISSUER}:aud`]: ['sts.amazonaws.com'],
    })
  })

  it('has the claims of a token, and the name of a user', () => {
    expect(valuesOf(tokenPrincipal)).toMatchObject({
      [`${ISSUER}:oaud`]: ['sts.amazonaws.com'],
      [`${ISSUER}:amr`]: ['pwd'],
      'aws:FederatedProvider': [PROVIDER_ARN],
    })
    expect(valuesOf(user)).toMatchObject({ 'aws:username': ['alice'], 'aws:PrincipalType': ['User'] })
    expect(valuesOf({ kind: 'anonymous' })).toMatchObject({ 'aws:userid': ['anonymous'] })
  })

  it('keeps no more of a value than a caller may make us keep', () => {
    const long = { ...call, origin: { ...call.origin, userAgent: 'x'.repeat(5000) } }
    expect(valuesOf(user, long)['aws:UserAgent']).toEqual(['x'.repeat(1024)])
  })
})
