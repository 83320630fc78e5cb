import { type AccountId, ApiError, type Arn, instant, type Region, Secret } from '../../../../core/index.ts'
import { fixedClock, seededRandomness } from '../../../../core/testing/fixed.ts'
import type { WebIdentityToken } from '../../../../standards/oidc/index.ts'
import {
  type ContextKeys,
  evaluate,
  explain,
  type NamedPolicy,
  type PolicyPrincipal,
  parsePolicyDocument,
} from '../../../../standards/policy/index.ts'
import type { AccessKey, OidcProvider, Role } from '../../../identity/index.ts'
import type { ApiCall, ApiResult, Judged, Operation, Principal, Requirement, Service } from '../../../operation.ts'
import { createSealKeyRing, createSessions, type Sessions } from '../../../session/index.ts'
import { createSts } from '../index.ts'
import type { KeptDenial } from '../model.ts'

export const ACCOUNT = '123456789012' as AccountId
export const OTHER_ACCOUNT = '210987654321' as AccountId
export const NOW = instant(Date.parse('2026-03-01T12:00:00.500Z'))
export const ISSUER = 'oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/orders`
export const SUBJECT = 'system:serviceaccount:shop:orders'

export const provider: OidcProvider = {
  account: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` as Arn,
  url: ISSUER,
  clientIds: ['sts.amazonaws.com'],
  thumbprints: [],
  createdAt: NOW,
  tags: new Map(),
}

/** A trust policy with one Allow. */
export const trust = (
  principal: unknown,
  actions: string | readonly string[],
  condition: unknown = {},
): NamedPolicy => ({
  name: 'the trust policy',
  document: parsePolicyDocument(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: actions, Condition: condition }],
    }),
    'trust',
  ),
})

/** Lets the service account in, and everything that its token may bring along. */
export const trustOfPod = trust(
  { Federated: provider.arn },
  ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
  { StringEquals: { [`${ISSUER}:sub`]: SUBJECT, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } },
)

export const roleOf = (more: Partial<Role> = {}): Role => {
  const { name = 'orders', path = '/', account = ACCOUNT } = more
  return {
    account,
    partition: 'aws',
    arn: `arn:aws:iam::${account}:role${path}${name}` as Arn,
    uniqueId: 'AROARZPUZDIKAAAAAAAAA',
    path,
    name,
    maxSessionDurationSeconds: 3600,
    trustPolicy: trustOfPod,
    createdAt: NOW,
    tags: new Map(),
    ...more,
  }
}

/** What the holder of a verified token is. */
export const holderOf = (claims: Readonly<Record<string, unknown>> = {}): Principal => ({
  kind: 'web-identity',
  account: ACCOUNT,
  partition: 'aws',
  provider,
  token: {
    issuer: `https://${ISSUER}`,
    audience: 'sts.amazonaws.com',
    subject: SUBJECT,
    issuedAt: NOW / 1000 - 60,
    expiresAt: NOW / 1000 + 3000,
    keyId: 'k',
    claims,
    ...(typeof claims.sub === 'string' ? { subject: claims.sub } : {}),
    ...(typeof claims.jti === 'string' ? { tokenId: claims.jti } : {}),
  } as unknown as WebIdentityToken,
  connection: 'hosted',
})

export const userOf = (account: AccountId = ACCOUNT): Principal => ({
  kind: 'iam-user',
  account,
  partition: 'aws',
  arn: `arn:aws:iam::${account}:user/ops/alice`,
  userId: 'AIDARZPUZDIKAAAAAAAAA',
  userName: 'alice',
  accessKeyId: 'AKIARZPUZDIKAAAAAAAA',
})

/** What exists, for STS to ask; tests change it as they go. */
export interface World {
  readonly roles: Map<string, Role>
  readonly policies: Map<string, NamedPolicy>
  readonly accessKeys: Map<string, AccessKey>
  readonly denials: Map<string, KeptDenial>
}

export interface StsUnderTest {
  readonly service: Service
  readonly sessions: Sessions
  readonly world: World
  requirements(operation: string, input: Record<string, unknown>, principal: Principal): Promise<readonly Requirement[]>
  /** The whole call as the gateway walks it: checked, authorised by the policies, performed. @throws ApiError */
  ask(operation: string, input: Record<string, unknown>, principal: Principal): Promise<ApiResult>
  /** Between authorize and perform. */
  meanwhile: (() => void) | undefined
}

export function openSts(ratePerSecond?: number): StsUnderTest {
  const world: World = { roles: new Map(), policies: new Map(), accessKeys: new Map(), denials: new Map() }
  const randomness = seededRandomness('sts')
  const sessions = createSessions({
    ring: createSealKeyRing(randomness),
    realmId: 'realm',
    clock: fixedClock(NOW),
    randomness,
  })
  const identity = {
    findRoleByArn: (arn: string) => world.roles.get(arn),
    findManagedPolicy: (arn: string) => world.policies.get(arn),
    findAccessKey: (id: string) => world.accessKeys.get(id),
  }
  const service = createSts({ identity, sessions, ratePerSecond, findDenial: async (id) => world.denials.get(id) })
  const rowOf = (operation: string): Operation => {
    const row = service.operations[operation]
    if (row === undefined) throw new Error(`no operation ${operation}`)
    return row
  }
  const under: StsUnderTest = {
    service,
    sessions,
    world,
    meanwhile: undefined,
    requirements: async (operation, input, principal) =>
      rowOf(operation).requires(input, principal, callOf(operation, input)),
    ask: async (operation, input, principal) => {
      const row = rowOf(operation)
      service.model.checkInput(operation, input)
      if (row.authenticate.by === 'web-identity') row.authenticate.token(input as never)
      const call = callOf(operation, input)
      const judged: Judged[] = []
      for (const requirement of await row.requires(input, principal, call)) {
        const request = requestOf(requirement, principal)
        const one = { requirement, decision: evaluate(request) }
        judged.push(one)
        if (one.decision.outcome !== 'allow') {
          throw service.refuse(
            { kind: 'denial', judged: one, principal, explanation: explain(request) },
            { operation, region: call.region },
          )
        }
      }
      under.meanwhile?.()
      return await row.perform(call, principal, judged)
    },
  }
  return under
}

export function callOf(operation: string, input: Record<string, unknown>): ApiCall {
  return {
    service: 'sts',
    operation,
    region: 'us-east-1' as Region,
    requestId: 'r',
    time: NOW,
    origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: false },
    headers: [],
    input,
  }
}

/** Everything is allowed to whoever has policies of their own: what decides here is the trust policy. */
const everything: NamedPolicy = {
  name: 'everything',
  document: parsePolicyDocument(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    'identity',
  ),
}

function requestOf(requirement: Requirement, principal: Principal) {
  const { action, resource, resourceAccount, resourcePolicyKind, resourcePolicy } = requirement
  return {
    principal: policyPrincipalOf(principal),
    action,
    resource,
    resourceAccount,
    ...(resourcePolicyKind === undefined ? {} : { resourcePolicyKind }),
    keys: keysOf(requirement, principal),
    policies: {
      identity: principal.kind === 'web-identity' ? [] : [everything],
      ...(resourcePolicy === undefined ? {} : { resource: resourcePolicy }),
    },
  }
}

function keysOf({ contextKeys = {} }: Requirement, principal: Principal): ContextKeys {
  const keys = new Map(Object.entries(contextKeys).map(([key, value]) => [key.toLowerCase(), value]))
  if (principal.kind === 'web-identity') {
    keys.set(`${ISSUER}:sub`.toLowerCase(), principal.token.subject)
    keys.set(`${ISSUER}:aud`.toLowerCase(), principal.token.audience)
  }
  return { get: (key) => keys.get(key) }
}

function policyPrincipalOf(principal: Principal): PolicyPrincipal {
  switch (principal.kind) {
    case 'web-identity':
      return { kind: 'web-identity', account: principal.account, providerArn: principal.provider.arn }
    case 'iam-user':
      return { kind: 'user', account: principal.account, arn: principal.arn, uniqueId: principal.userId }
    case 'assumed-role': {
      const { account, arn, role } = principal
      return { kind: 'role-session', account, arn, roleArn: role.arn, roleUniqueId: role.uniqueId }
    }
    case 'anonymous':
      return { kind: 'anonymous' }
  }
}

/** Who signs with these credentials. */
export function signerOf(under: StsUnderTest, { output }: ApiResult): Principal {
  const { AccessKeyId, SessionToken } = output.Credentials as {
    readonly AccessKeyId: string
    readonly SessionToken: string
  }
  const { session } = under.sessions.open(SessionToken, AccessKeyId)
  const role = [...under.world.roles.values()].find(({ uniqueId }) => uniqueId === session.roleUniqueId)
  if (role === undefined) throw new Error('the role is gone')
  const { partition, account, roleName, sessionName, roleUniqueId } = session
  return {
    kind: 'assumed-role',
    account,
    partition,
    arn: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`,
    userId: `${roleUniqueId}:${sessionName}`,
    accessKeyId: AccessKeyId,
    session,
    role,
  }
}

export const accessKeyOf = (accessKeyId: string, account: AccountId): AccessKey => ({
  accessKeyId,
  account,
  userName: 'alice',
  secret: new Secret('secret'),
  status: 'Active',
  createdAt: NOW,
})

/** The error that a call ends with, as code, status and message. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<readonly [code: string, status: number, message: string]> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ApiError) return [error.code, error.httpStatus, error.message]
    throw error
  }
  throw new Error('it was answered')
}
