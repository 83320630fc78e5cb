import type { AccountId } from '../../../core/index.ts'
import type { NamedPolicy, PolicyPrincipal } from '../../../standards/policy/index.ts'
import {
  type Group,
  type IamUser,
  type Identity,
  type ManagedPolicy,
  type PolicyHolder,
  parseIamArn,
  type Role,
} from '../../identity/index.ts'
import { holderNotFound, notAnEntityArn } from './errors.ts'
import type { SourcedPolicy } from './simulation.ts'

/** A user, group or role whose policies are simulated. */
export interface PolicySource {
  readonly policies: readonly SourcedPolicy[]
  readonly boundary?: SourcedPolicy
  readonly principal: PolicyPrincipal
  /** Context keys that follow from who it is, in lower case. */
  readonly keys: ReadonlyMap<string, string>
}

/** @throws ApiError InvalidInput, NoSuchEntity */
export function getPolicySource(identity: Identity, arn: string): PolicySource {
  const type = parseIamArn(arn)?.type
  if (type === 'role') return ofRole(identity, mustFind(identity.findRoleByArn(arn), 'role', arn))
  if (type === 'user') return ofUser(identity, mustFind(identity.findUserByArn(arn), 'user', arn))
  if (type === 'group') return ofGroup(identity, mustFind(identity.findGroupByArn(arn), 'group', arn))
  throw notAnEntityArn(arn)
}

function mustFind<T>(found: T | undefined, noun: string, arn: string): T {
  if (found === undefined) throw holderNotFound(noun, parseIamArn(arn)?.name ?? arn)
  return found
}

function ofRole(identity: Identity, role: Role): PolicySource {
  const { account, arn, uniqueId } = role
  return {
    policies: granted(identity, role, 'role'),
    ...boundaryOf(identity, role.boundaryArn),
    principal: { kind: 'role-session', account, arn, roleArn: arn, roleUniqueId: uniqueId },
    keys: new Map([...actorKeys(role), ['aws:principaltype', 'AssumedRole'], ['aws:userid', uniqueId]]),
  }
}

function ofUser(identity: Identity, user: IamUser): PolicySource {
  const groups = identity.groupsOfUser(user).flatMap((group) => granted(identity, group, 'group'))
  return {
    policies: [...granted(identity, user, 'user'), ...groups],
    ...boundaryOf(identity, user.boundaryArn),
    principal: userPrincipal(user),
    keys: new Map([
      ...actorKeys(user),
      ['aws:principaltype', 'User'],
      ['aws:userid', user.uniqueId],
      ['aws:username', user.name],
    ]),
  }
}

/** A group asks nothing itself: whoever is imagined is some user of it. */
function ofGroup(identity: Identity, group: Group): PolicySource {
  return { policies: granted(identity, group, 'group'), principal: userPrincipal(group), keys: new Map() }
}

export function userPrincipal({
  account,
  arn,
  uniqueId,
}: {
  readonly account: AccountId
  readonly arn: string
  readonly uniqueId: string
}): PolicyPrincipal {
  return { kind: 'user', account, arn, uniqueId }
}

function actorKeys({ arn, account, tags }: Role | IamUser): readonly (readonly [string, string])[] {
  return [
    ['aws:principalarn', arn],
    ['aws:principalaccount', account],
    ...[...tags].map(([key, value]) => [`aws:principaltag/${key.toLowerCase()}`, value] as const),
  ]
}

type HolderType = 'user' | 'group' | 'role'

function granted(identity: Identity, holder: PolicyHolder, sourceType: HolderType): readonly SourcedPolicy[] {
  const inline = identity.inlinePoliciesOf(holder).map(
    (policy: NamedPolicy): SourcedPolicy => ({
      policy,
      sourceId: `${sourceType}_${holder.name}_${policy.name}`,
      sourceType,
    }),
  )
  return [...inline, ...identity.attachedPoliciesOf(holder).map(managed)]
}

function managed({ name, account, defaultVersion: { policy } }: ManagedPolicy): SourcedPolicy {
  return { policy, sourceId: name, sourceType: account === 'aws' ? 'aws-managed' : 'user-managed' }
}

function boundaryOf(identity: Identity, arn: string | undefined): { readonly boundary?: SourcedPolicy } {
  const policy = arn === undefined ? undefined : identity.findPolicy(arn)
  return policy === undefined ? {} : { boundary: managed(policy) }
}
