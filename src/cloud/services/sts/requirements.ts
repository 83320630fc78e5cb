import type { AccountId } from '../../../core/index.ts'
import type { Role } from '../../identity/index.ts'
import type { Requirement } from '../../operation.ts'
import type { Labels } from './model.ts'

/** One wish to assume a role. */
export interface Wish {
  readonly action: 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity'
  readonly roleArn: string
  /** Of the ARN: what is asked of a role that does not exist is asked of its account. */
  readonly account: AccountId
  /** Undefined when there is none of that ARN: nothing lets anybody in then. */
  readonly role: Role | undefined
  readonly sessionName: string
  readonly externalId?: string | undefined
  /** What is to be set by this call. */
  readonly passed: Labels
  /** What the session will have: also what it inherits. */
  readonly labels: Labels
}

/**
 * What it takes to assume a role. The trust policy is the role's resource policy.
 * SPEC: tags and source identity are permissions of their own, asked of the same policies; also when they are inherited
 * from the calling session (IAM User Guide, "Chaining roles with session tags", "Monitor and control actions taken with assumed roles").
 */
export function requirementsOf(wish: Wish): readonly Requirement[] {
  const { action, roleArn, account, role, labels } = wish
  const contextKeys = contextKeysOf(wish)
  const requirementOf = (asked: string): Requirement => ({
    action: asked,
    resource: roleArn,
    resourceAccount: account,
    resourcePolicy: role?.trustPolicy,
    resourcePolicyKind: 'trust',
    contextKeys,
    onDeny: 'refuse',
  })
  const requirements = [requirementOf(action)]
  if (labels.tags.size > 0) requirements.push(requirementOf('sts:TagSession'))
  if (labels.sourceIdentity !== undefined) requirements.push(requirementOf('sts:SetSourceIdentity'))
  return requirements
}

type ContextKeys = NonNullable<Requirement['contextKeys']>

/**
 * Keys that only the call knows, and the tags of the role. `sts:DurationSeconds` is not among them: AWS has that key for
 * bearer tokens alone, and a trust policy that asks for it lets nobody in.
 */
function contextKeysOf({ role, sessionName, externalId, passed, labels }: Wish): ContextKeys {
  const keys: Record<string, string | readonly string[]> = { 'sts:RoleSessionName': sessionName }
  if (externalId !== undefined) keys['sts:ExternalId'] = externalId
  if (labels.sourceIdentity !== undefined) keys['sts:SourceIdentity'] = labels.sourceIdentity
  for (const [key, value] of passed.tags) keys[`aws:RequestTag/${key}`] = value
  if (passed.tags.size > 0) keys['aws:TagKeys'] = [...passed.tags.keys()]
  if (passed.transitiveTagKeys.length > 0) keys['sts:TransitiveTagKeys'] = passed.transitiveTagKeys
  for (const [key, value] of role?.tags ?? []) {
    keys[`aws:ResourceTag/${key}`] = value
    keys[`iam:ResourceTag/${key}`] = value
  }
  return keys
}
