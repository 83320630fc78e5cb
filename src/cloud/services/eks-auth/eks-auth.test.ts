import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { generateSigningKey, mintServiceAccountToken } from '../../../cluster/issuer/index.ts'
import {
  type AccountId,
  type Arn,
  type Instant,
  instant,
  type Region,
  seconds,
  TokenError,
  type TokenReason,
} from '../../../core/index.ts'
import { fixedClock, seededRandomness } from '../../../core/testing/fixed.ts'
import type { IssuerUrl, SigningKey, VerificationKey } from '../../../standards/oidc/index.ts'
import { parsePolicyDocument } from '../../../standards/policy/index.ts'
import type { Role } from '../../identity/index.ts'
import type { ApiCall, ApiResult, Judged, Principal, Requirement, Service, WebIdentityKeys } from '../../operation.ts'
import { createSealKeyRing, createSessions, type Sessions } from '../../session/index.ts'
import { createEksAuth, type PodCluster, type PodIdentity } from './index.ts'

const ACCOUNT = '123456789012' as AccountId
const NOW = instant(Date.parse('2026-03-01T12:00:00Z'))
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/orders`
const PODS = 'pods.eks.amazonaws.com'
const cluster: PodCluster = {
  name: 'shop-cluster',
  account: ACCOUNT,
  region: 'eu-west-1' as Region,
  issuer: 'https://oidc.example/id/1',
}
const CLUSTER_ARN = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop-cluster`
const terms: PodIdentity = {
  associationArn: `arn:aws:eks:eu-west-1:${ACCOUNT}:podidentityassociation/shop-cluster/a-1`,
  associationId: 'a-1',
  roleArn: ROLE_ARN,
  disableSessionTags: false,
}
const node: Principal = {
  kind: 'iam-user',
  account: ACCOUNT,
  partition: 'aws',
  arn: `arn:aws:iam::${ACCOUNT}:user/node`,
  userId: 'AIDAEXAMPLE',
  userName: 'node',
  accessKeyId: 'AKIAEXAMPLE',
}
const roleOf = (uniqueId: string, actions = ['sts:AssumeRole', 'sts:TagSession']): Role => {
  const statement = { Effect: 'Allow', Principal: { Service: PODS }, Action: actions }
  const document = parsePolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), 'trust')
  return {
    account: ACCOUNT,
    partition: 'aws',
    arn: ROLE_ARN as Arn,
    uniqueId,
    path: '/',
    name: 'orders',
    maxSessionDurationSeconds: 3600,
    trustPolicy: { name: 'the trust policy', document },
    createdAt: NOW,
    tags: new Map([['team', 'shop']]),
  }
}

let key: SigningKey
let roles: Map<string, Role>
let identity: PodIdentity | undefined
let asked: unknown[]
let failure: TokenError | undefined
let refusesToConfirm: TokenError | undefined
let service: Service
let sessions: Sessions

beforeAll(() => {
  key = generateSigningKey('ES256')
})
beforeEach(() => {
  roles = new Map([[ROLE_ARN, roleOf('AROARZPUZDIKAAAAAAAAA')]])
  identity = terms
  asked = []
  failure = undefined
  refusesToConfirm = undefined
  const randomness = seededRandomness('eks-auth')
  sessions = createSessions({
    ring: createSealKeyRing(randomness),
    realmId: 'realm',
    clock: fixedClock(NOW),
    randomness,
  })
  const keys: WebIdentityKeys = {
    find: async (request) => {
      asked.push(request)
      if (failure !== undefined) throw failure
      const found: VerificationKey = { keyId: key.keyId, algorithms: ['ES256'], key: key.publicKey }
      const confirm = async () => {
        asked.push('confirm')
        if (refusesToConfirm !== undefined) throw refusesToConfirm
      }
      return { key: found, connection: 'hosted', confirm }
    },
  }
  service = createEksAuth({
    pods: {
      findCluster: async ({ account, region }, name) =>
        account === ACCOUNT && region === cluster.region && name === cluster.name ? cluster : undefined,
      tagsOf: async () => new Map([['env', 'live']]),
      find: async ({ namespace, serviceAccount }) =>
        namespace === 'shop' && serviceAccount === 'orders' ? identity : undefined,
    },
    keys,
    identity: { findRoleByArn: (arn) => roles.get(arn) },
    sessions,
    tokenLeewaySeconds: seconds(0),
    randomness,
  })
})

const tokenOf = (more: { readonly pod?: string; readonly namespace?: string } = {}): string =>
  mintServiceAccountToken(
    {
      issuer: cluster.issuer as IssuerUrl,
      serviceAccount: { namespace: more.namespace ?? 'shop', name: 'orders', uid: 'u' },
      pod: { name: more.pod ?? 'orders-1', uid: 'p' },
      audiences: [PODS],
      now: NOW,
      uuid: '00000000-0000-4000-8000-000000000000',
    },
    key,
  ).token

const callOf = (token: string, clusterName = cluster.name, time: Instant = NOW): ApiCall => ({
  service: 'eks-auth',
  operation: 'AssumeRoleForPodIdentity',
  region: cluster.region,
  requestId: 'r',
  time,
  origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: false },
  headers: [],
  input: { clusterName, token },
})

const row = () => {
  const { AssumeRoleForPodIdentity: found } = service.operations
  if (found?.requiresFurther === undefined) throw new Error('the row has no further requirements')
  return { ...found, requiresFurther: found.requiresFurther }
}
const further = (call: ApiCall): Promise<readonly Requirement[]> => row().requiresFurther(call.input, node, call)
const allowed = (requirements: readonly Requirement[]): Judged[] =>
  requirements.map((requirement) => ({
    requirement,
    decision: { outcome: 'allow', decidedBy: 'trust', because: [] },
  }))
async function exchange(token = tokenOf()): Promise<ApiResult> {
  const call = callOf(token)
  return row().perform(call, node, allowed(await further(call)))
}
const sessionOf = ({ output }: ApiResult) => {
  const { accessKeyId = '', sessionToken = '' } = output.credentials as Record<string, string>
  return sessions.open(sessionToken, accessKeyId).session
}

describe('what it requires', () => {
  it('of the caller: this action on the cluster, with the tags of that, before the token is looked at', async () => {
    const call = callOf('not.a.token')
    expect(await row().requires(call.input, node, call)).toEqual([
      {
        action: 'eks-auth:AssumeRoleForPodIdentity',
        resource: CLUSTER_ARN,
        resourceAccount: ACCOUNT,
        contextKeys: { 'aws:ResourceTag/env': 'live' },
        onDeny: 'refuse',
      },
    ])
    expect(asked).toEqual([])
  })

  it('of the service: that the trust policy lets it assume the role and set the tags', async () => {
    const requirements = await further(callOf(tokenOf()))
    expect(requirements.map(({ action }) => action)).toEqual(['sts:AssumeRole', 'sts:TagSession'])
    for (const requirement of requirements) {
      expect(requirement).toMatchObject({
        resource: ROLE_ARN,
        resourceAccount: ACCOUNT,
        resourcePolicyKind: 'trust',
        resourcePolicy: roles.get(ROLE_ARN)?.trustPolicy,
        by: { kind: 'service', name: PODS },
        onDeny: 'refuse',
      })
      expect(requirement.contextKeys).toEqual({
        'sts:RoleSessionName': expect.stringMatching(/^eks-shop-clust-orders-1-[0-9a-f-]{36}$/),
        'aws:SourceAccount': ACCOUNT,
        'aws:SourceArn': CLUSTER_ARN,
        'aws:RequestTag/eks-cluster-arn': CLUSTER_ARN,
        'aws:RequestTag/eks-cluster-name': 'shop-cluster',
        'aws:RequestTag/kubernetes-namespace': 'shop',
        'aws:RequestTag/kubernetes-service-account': 'orders',
        'aws:RequestTag/kubernetes-pod-name': 'orders-1',
        'aws:RequestTag/kubernetes-pod-uid': 'p',
        'aws:TagKeys': expect.arrayContaining(['eks-cluster-arn', 'kubernetes-pod-uid']),
        'sts:TransitiveTagKeys': expect.arrayContaining(['eks-cluster-arn', 'kubernetes-pod-uid']),
        'aws:ResourceTag/team': 'shop',
        'iam:ResourceTag/team': 'shop',
      })
    }
  })

  it('of a role that is not there: the same, without a policy that could allow it', async () => {
    roles.clear()
    const [first] = await further(callOf(tokenOf()))
    expect(first).toMatchObject({ action: 'sts:AssumeRole', resource: ROLE_ARN })
    expect(first?.resourcePolicy).toBeUndefined()
  })
})

describe('the token', () => {
  it('is verified with the keys of the cluster’s issuer, and confirmed last', async () => {
    await further(callOf(tokenOf()))
    expect(asked).toEqual([{ issuer: cluster.issuer, thumbprints: [], keyId: key.keyId }, 'confirm'])
  })

  it('costs no look at keys when it is not one of the cluster', async () => {
    await expect(further(callOf(tokenOf().replace(/\..*\./, '.e30.')))).rejects.toBeInstanceOf(TokenError)
    await expect(further(callOf(tokenOf(), cluster.name, instant(NOW + 7_200_000)))).rejects.toMatchObject({
      reason: 'expired',
    })
    expect(asked).toEqual([])
  })

  it('that its cluster does not confirm gives nothing', async () => {
    refusesToConfirm = new TokenError('bound-object-gone', 'the pod is gone')
    await expect(exchange()).rejects.toMatchObject({ reason: 'bound-object-gone' })
  })

  it.each([
    ['issuer-unreachable', 'ServiceUnavailableException', 503],
    ['unconfirmed', 'ServiceUnavailableException', 503],
    ['expired', 'ExpiredTokenException', 400],
    ['bound-object-gone', 'InvalidTokenException', 400],
    ['bad-signature', 'InvalidTokenException', 400],
  ] as const)('%s is answered with %s', (reason: TokenReason, code, httpStatus) => {
    const error = new TokenError(reason, 'a secret reason')
    const answer = service.refuse(
      { kind: 'token', error },
      { operation: 'AssumeRoleForPodIdentity', region: cluster.region },
    )
    expect(answer).toMatchObject({ code, httpStatus })
    expect(answer.message).not.toContain('secret')
  })
})

describe('the session', () => {
  it('has the tags, all of them transitive, and six hours', async () => {
    const session = sessionOf(await exchange())
    expect(Object.fromEntries(session.tags)).toEqual({
      'eks-cluster-arn': CLUSTER_ARN,
      'eks-cluster-name': 'shop-cluster',
      'kubernetes-namespace': 'shop',
      'kubernetes-service-account': 'orders',
      'kubernetes-pod-name': 'orders-1',
      'kubernetes-pod-uid': 'p',
    })
    expect(session.transitiveTagKeys).toEqual([...session.tags.keys()])
    expect(session.expiresAt - session.issuedAt).toBe(6 * 3600 * 1000)
    expect([session.kind, session.chainDepth]).toEqual(['assume-role', 0])
  })

  it('has a name of at most 64 characters that STS takes, however long cluster and pod are called', async () => {
    const { sessionName } = sessionOf(await exchange(tokenOf({ pod: `a.${'b'.repeat(200)}` })))
    expect(sessionName).toMatch(/^eks-shop-clust-a\.bbbbbbbb-[0-9a-f-]{36}$/)
    expect(sessionName).toMatch(/^[\w+=,.@-]{2,64}$/)
  })

  it('has no tags and asks for none where the association disables them', async () => {
    identity = { ...terms, disableSessionTags: true }
    const requirements = await further(callOf(tokenOf()))
    expect(requirements.map(({ action }) => action)).toEqual(['sts:AssumeRole'])
    expect(Object.keys(requirements[0]?.contextKeys ?? {}).filter((name) => /Request|TagKeys/.test(name))).toEqual([])
    expect(sessionOf(await exchange()).tags.size).toBe(0)
  })

  it('is limited by the policy of the association', async () => {
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    identity = { ...terms, disableSessionTags: true, policy }
    expect(sessionOf(await exchange()).sessionPolicy).toBe(policy)
  })

  it('is of the role that was judged: not of one that was made anew, or that trusts somebody else by now', async () => {
    const call = callOf(tokenOf())
    const judged = allowed(await further(call))
    const refusal = { code: 'AccessDeniedException', httpStatus: 400 }
    roles.set(ROLE_ARN, roleOf('AROARZPUZDIKBBBBBBBBB'))
    await expect(row().perform(call, node, judged)).rejects.toMatchObject(refusal)
    roles.set(ROLE_ARN, roleOf('AROARZPUZDIKAAAAAAAAA', ['sts:AssumeRole']))
    await expect(row().perform(call, node, judged)).rejects.toMatchObject(refusal)
    roles.set(ROLE_ARN, roleOf('AROARZPUZDIKAAAAAAAAA'))
    expect((await row().perform(call, node, judged)).output.audience).toBe(PODS)
  })

  it('is not given for judgements that are not of this call', async () => {
    const call = callOf(tokenOf())
    const [first] = await row().requires(call.input, node, call)
    await expect(row().perform(call, node, allowed(first === undefined ? [] : [first]))).rejects.toMatchObject({
      code: 'AccessDeniedException',
    })
  })
})

describe('a target role', () => {
  const target = 'arn:aws:iam::210987654321:role/far'
  beforeEach(() => {
    identity = { ...terms, targetRoleArn: target, externalId: 'eu-west-1/1/shop-cluster/shop/orders' }
    roles.set(target, {
      ...roleOf('AROARZPUZDIKCCCCCCCCC'),
      arn: target as Arn,
      account: '210987654321' as AccountId,
      name: 'far',
    })
  })

  it('is asked for by the session of the role, with its tags and the external id', async () => {
    const requirements = await further(callOf(tokenOf()))
    expect(requirements.map(({ action, resource, by }) => [action, resource, by?.kind])).toEqual([
      ['sts:AssumeRole', ROLE_ARN, 'service'],
      ['sts:TagSession', ROLE_ARN, 'service'],
      ['sts:AssumeRole', target, 'assumed-role'],
      ['sts:TagSession', target, 'assumed-role'],
    ])
    const [, , third] = requirements
    expect(third?.contextKeys).toMatchObject({ 'sts:ExternalId': 'eu-west-1/1/shop-cluster/shop/orders' })
    expect(third?.by).toMatchObject({ account: ACCOUNT, role: { arn: ROLE_ARN }, accessKeyId: '' })
    expect(third?.contextKeys).not.toHaveProperty('aws:SourceArn')
  })

  it('gives its own credentials, for an hour', async () => {
    const session = sessionOf(await exchange())
    expect([session.account, session.roleName, session.chainDepth]).toEqual(['210987654321', 'far', 1])
    expect(session.expiresAt - session.issuedAt).toBe(3600 * 1000)
    expect(session.tags.get('kubernetes-namespace')).toBe('shop')
  })
})
