import type { Decision, PolicyType } from '../../standards/policy/index.ts'

/** What the sentence speaks of. */
export interface DeniedCall {
  readonly principalArn: string
  /** `s3:GetObject` */
  readonly action: string
  /** ARN, or `*`: then the sentence names no resource. */
  readonly resource: string
  readonly decision: Decision
  /** S3 sets the resource in quotes, everyone else does not. */
  readonly style: 's3' | 'plain'
}

const MISSING = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  trust: 'role trust policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  'service-control': 'service control policy',
  'resource-control': 'resource control policy',
  endpoint: 'VPC endpoint policy',
} as const satisfies Record<PolicyType, string>

const DENYING = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  trust: 'the role trust policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
  'service-control': 'a service control policy',
  'resource-control': 'a resource control policy',
  endpoint: 'a VPC endpoint policy',
} as const satisfies Record<PolicyType, string>

/**
 * AWS's sentence for a denied call. It names one type of policy, and of a policy nothing but the ARN of a managed one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function deniedSentence({ principalArn, action, resource, decision, style }: DeniedCall): string {
  const quoted = style === 's3' ? `"${resource}"` : resource
  const onResource = resource === '*' ? '' : ` on resource: ${quoted}`
  return `User: ${principalArn} is not authorized to perform: ${action}${onResource} ${reasonOf(decision, action)}`
}

function reasonOf({ outcome, decidedBy, policy }: Decision, action: string): string {
  // SPEC: what service control policies leave out is told like what they deny.
  const isTold = outcome === 'explicit-deny' || decidedBy === 'service-control'
  if (!isTold) return `because no ${MISSING[decidedBy]} allows the ${action} action`
  const arn = policy?.arn === undefined ? '' : `: ${policy.arn}`
  return `with an explicit deny in ${DENYING[decidedBy]}${arn}`
}
