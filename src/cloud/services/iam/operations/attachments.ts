import { policyNotAttachable, policyNotFound, quotaExceeded } from '../errors.ts'
import { onHolder } from '../holders.ts'
import { LIMITS } from '../limits.ts'
import type { HolderKind, IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf, sortedBy } from '../paging.ts'
import { checkPolicyArn, policyMarker } from '../policy-arns.ts'
import { may, reading, writing } from '../row.ts'

type HolderInput = Readonly<Record<string, string>>
type AttachInput = HolderInput & { readonly PolicyArn: string }
type ListInput = HolderInput & PageInput & { readonly PathPrefix?: string }

/** `AttachRolePolicy`, `DetachRolePolicy`, `ListAttachedRolePolicies`; the same for users and groups. */
export function attachments(parts: IamParts, kind: HolderKind): Operations {
  const { identity } = parts
  const nameOf = (input: object): string => (input as HolderInput)[kind.nameMember] ?? ''
  const on = (action: string) => (input: AttachInput, scope: Scope) => {
    const keys = { 'iam:PolicyARN': input.PolicyArn }
    return [may(scope, action, onHolder(identity, scope, { kind, name: nameOf(input), keys }))]
  }
  return {
    [`Attach${kind.noun}Policy`]: writing<AttachInput>(parts, {
      requires: on(`Attach${kind.noun}Policy`),
      perform: async (input, { account }) => {
        checkPolicyArn(input.PolicyArn)
        await identity.change((changes) => {
          const holder = kind.get(changes, account, nameOf(input))
          const policy = changes.findPolicy(input.PolicyArn)
          if (policy === undefined || !isWithin(account, policy.account)) throw policyNotAttachable(input.PolicyArn)
          const attached = changes.attachedPoliciesOf(holder)
          if (attached.some(({ arn }) => arn === policy.arn)) return
          if (attached.length >= LIMITS.attachedPolicies)
            throw quotaExceeded(`PoliciesPer${kind.noun}`, LIMITS.attachedPolicies)
          changes.attachPolicy(holder, policy)
        })
        return {}
      },
    }),
    [`Detach${kind.noun}Policy`]: writing<AttachInput>(parts, {
      requires: on(`Detach${kind.noun}Policy`),
      perform: async (input, { account }) => {
        checkPolicyArn(input.PolicyArn)
        await identity.change((changes) => {
          const holder = kind.get(changes, account, nameOf(input))
          const policy = changes.attachedPoliciesOf(holder).find(({ arn }) => arn === input.PolicyArn)
          if (policy === undefined) throw policyNotFound(input.PolicyArn)
          changes.detachPolicy(holder, policy)
        })
        return {}
      },
    }),
    [`ListAttached${kind.noun}Policies`]: reading<ListInput>(parts, {
      requires: (input, scope) => [
        may(scope, `ListAttached${kind.noun}Policies`, onHolder(identity, scope, { kind, name: nameOf(input) })),
      ],
      perform: (input, { account }) => {
        const { PathPrefix = '/' } = input
        const attached = identity.attachedPoliciesOf(kind.get(identity, account, nameOf(input)))
        const wanted = sortedBy(
          attached.filter(({ path }) => path.startsWith(PathPrefix)),
          policyMarker,
        )
        const { items, more } = pageOf(wanted, policyMarker, input)
        return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...more }
      },
    }),
  }
}

/** A policy can be attached in its own account; AWS's in every one. */
const isWithin = (account: string, owner: string): boolean => owner === 'aws' || owner === account
