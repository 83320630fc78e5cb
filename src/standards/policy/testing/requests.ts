import type { AuthorizationRequest, NamedPolicy, PolicyKind, PolicyPrincipal, PolicySet } from '../model.ts'
import { parsePolicyDocument } from '../parse.ts'

export const ACCOUNT = '111122223333'
export const OTHER_ACCOUNT = '444455556666'
export const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.example.com/id/A1`
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/app`
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/app/pod-1`
export const USER = `arn:aws:iam::${ACCOUNT}:user/ann`

export const PRINCIPALS = {
  session: {
    kind: 'role-session',
    account: ACCOUNT,
    arn: SESSION,
    roleArn: ROLE,
    roleUniqueId: 'AROAAAAAAAAAAAAAAAAAA',
  },
  user: { kind: 'user', account: ACCOUNT, arn: USER, uniqueId: 'AIDAAAAAAAAAAAAAAAAAA' },
  root: { kind: 'root', account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
  token: { kind: 'web-identity', account: ACCOUNT, providerArn: PROVIDER },
  service: { kind: 'service', name: 's3.amazonaws.com' },
  nobody: { kind: 'anonymous' },
} as const satisfies Record<string, PolicyPrincipal>

type Written = Record<string, unknown>

/** A policy of these statements; what a statement leaves out allows everything. */
export function policyOf(kind: PolicyKind, ...statements: readonly Written[]): NamedPolicy {
  const resource = kind === 'trust' ? {} : { Resource: '*' }
  const Statement = statements.map((statement) => {
    const action = 'NotAction' in statement ? {} : { Action: kind === 'trust' ? 'sts:*' : '*' }
    const resources = 'NotResource' in statement ? {} : resource
    return { Effect: 'Allow', ...action, ...resources, ...statement }
  })
  return { name: kind, document: parsePolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement }), kind) }
}

interface Asked extends Partial<Omit<AuthorizationRequest, 'policies' | 'keys' | 'principal'>> {
  readonly as?: keyof typeof PRINCIPALS
  readonly keys?: Readonly<Record<string, string | readonly string[]>>
  readonly policies?: Partial<PolicySet>
}

/** s3:GetObject of an object in the caller's account by a role session, unless told otherwise. */
export function requestOf({ as = 'session', keys = {}, policies = {}, ...more }: Asked): AuthorizationRequest {
  const values = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value]))
  return {
    principal: PRINCIPALS[as],
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::bucket/key',
    resourceAccount: ACCOUNT,
    keys: { get: (key) => values.get(key) },
    policies: { identity: [], ...policies },
    ...more,
  }
}
