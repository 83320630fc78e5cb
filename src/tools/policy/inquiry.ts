import { epochSeconds, type Instant, parseArn, renderIsoSeconds } from '../../core/index.ts'
import type { AuthorizationRequest, PolicySet } from '../../standards/policy/index.ts'
import type { Asker, KeyValue } from './asker.ts'

/** A request that is only imagined. */
export interface Inquiry {
  readonly asker: Asker
  /** `s3:GetObject` */
  readonly action: string
  /** An ARN, or `*` for actions without resource types. */
  readonly resource: string
  /** Default: the account in the resource's ARN, else the principal's. */
  readonly resourceAccount?: string
  /** Context keys; they win over those that follow from principal, resource and time. */
  readonly context: Readonly<Record<string, KeyValue>>
  readonly policies: PolicySet
  /** Gives aws:CurrentTime and aws:EpochTime; without it there are none, so that a decision is the same tomorrow. */
  readonly now?: Instant
}

/** The request that the engine decides. */
export function requestOf(inquiry: Inquiry): AuthorizationRequest {
  const { asker, action, resource, policies } = inquiry
  const resourceAccount = resourceAccountOf(inquiry)
  const keys = keysOf(inquiry, resourceAccount)
  return {
    principal: asker.principal,
    action,
    resource,
    resourceAccount,
    resourcePolicyKind: resourcePolicyKindOf(action, resource),
    keys: { get: (key) => keys.get(key) },
    policies,
  }
}

/** What the policy of the resource is: a role's trust policy, a KMS key's, or any other. */
export function resourcePolicyKindOf(action: string, resource: string): 'ordinary' | 'trust' | 'key' {
  const arn = parseArn(resource)
  if (arn?.service === 'kms') return 'key'
  const isRole = arn?.service === 'iam' && arn.resource.startsWith('role/')
  return isRole && action.toLowerCase().startsWith('sts:') ? 'trust' : 'ordinary'
}

/** The account that owns the resource; empty when nothing tells. */
export function resourceAccountOf({ resource, resourceAccount, asker: { principal } }: Inquiry): string {
  const account = resourceAccount ?? parseArn(resource)?.account ?? ''
  if (account !== '') return account
  return 'account' in principal ? principal.account : ''
}

function keysOf({ asker, context, now }: Inquiry, resourceAccount: string): ReadonlyMap<string, KeyValue> {
  const keys = new Map<string, KeyValue>(asker.keys)
  if (resourceAccount !== '') keys.set('aws:resourceaccount', resourceAccount)
  if (now !== undefined) {
    keys.set('aws:currenttime', renderIsoSeconds(now))
    keys.set('aws:epochtime', String(epochSeconds(now)))
  }
  for (const [key, value] of Object.entries(context)) keys.set(key.toLowerCase(), value)
  return keys
}
