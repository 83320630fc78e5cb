import type { AccountId } from '../../../../core/index.ts'
import type { IdentityLookup, ManagedPolicy, UseCounts } from '../../../identity/index.ts'
import type { Requirement } from '../../../operation.ts'
import { renderPolicy } from '../answers.ts'
import { awsManagedStays, policyAttached, policyHasVersions, policyNotFound } from '../errors.ts'
import type { IamParts, Operations, Scope } from '../model.ts'
import { checkPolicyArn } from '../policy-arns.ts'
import { type ContextKeys, may, reading, writing } from '../row.ts'
import { resourceTagKeys } from '../tags.ts'

export interface PolicyArnInput {
  readonly PolicyArn: string
}

/** Getting and deleting managed policies. */
export function policies(parts: IamParts): Operations {
  const { identity } = parts
  return {
    GetPolicy: reading<PolicyArnInput>(parts, {
      requires: forPolicy(identity, 'GetPolicy'),
      perform: ({ PolicyArn }, { account }) => ({
        Policy: renderPolicy(getPolicy(identity, account, PolicyArn), countUses(identity, account, PolicyArn)),
      }),
    }),
    DeletePolicy: writing<PolicyArnInput>(parts, {
      requires: forPolicy(identity, 'DeletePolicy'),
      perform: async ({ PolicyArn }, { account }) => {
        await identity.change((changes) => {
          const policy = getOwnPolicy(changes, account, PolicyArn)
          const { attached, boundaries } = countUses(changes, account, PolicyArn)
          if (attached + boundaries > 0) throw policyAttached()
          if (policy.versions.length > 1) throw policyHasVersions()
          changes.deletePolicy(policy)
        })
        return {}
      },
    }),
  }
}

/** The permission on the policy that an input names. */
export function forPolicy(identity: Policies, action: string) {
  return ({ PolicyArn: arn }: PolicyArnInput, scope: Scope) => [onPolicy(identity, action, { arn, scope })]
}

interface Wanted {
  readonly arn: string
  readonly scope: Scope
  readonly keys?: ContextKeys
}

/** A permission on a managed policy. @throws ApiError ValidationError for what is no policy's ARN */
export function onPolicy(identity: Policies, action: string, { arn, scope, keys = {} }: Wanted): Requirement {
  checkPolicyArn(arn)
  const tags = identity.findPolicy(arn)?.tags
  return may(scope, action, { arn, keys: tags === undefined ? keys : { ...resourceTagKeys(tags), ...keys } })
}

type Policies = Pick<IdentityLookup, 'findPolicy'>

/** One that the account sees: its own, or AWS's. @throws ApiError NoSuchEntity */
export function getPolicy(identity: Policies, account: AccountId, arn: string): ManagedPolicy {
  const policy = identity.findPolicy(arn)
  if (policy === undefined || (policy.account !== 'aws' && policy.account !== account)) throw policyNotFound(arn)
  return policy
}

/** One that the account may change: only its own. @throws ApiError NoSuchEntity, AccessDenied */
export function getOwnPolicy(identity: Policies, account: AccountId, arn: string): ManagedPolicy {
  const policy = getPolicy(identity, account, arn)
  if (policy.account === 'aws') throw awsManagedStays(arn)
  return policy
}

const UNUSED: UseCounts = { attached: 0, boundaries: 0 }

export function countUses(identity: Pick<IdentityLookup, 'useCountsOf'>, account: AccountId, arn: string): UseCounts {
  return identity.useCountsOf(account).get(arn) ?? UNUSED
}

/** For many policies: counted once. */
export function useCounter(identity: Pick<IdentityLookup, 'useCountsOf'>, account: AccountId) {
  const counts = identity.useCountsOf(account)
  return ({ arn }: ManagedPolicy): UseCounts => counts.get(arn) ?? UNUSED
}
