import type { IdentityChanges, PolicyHolder } from '../../../identity/index.ts'
import { readInlinePolicy, renderDocument, sizeOf } from '../documents.ts'
import { inlinePolicyNotFound, inlineQuotaExceeded } from '../errors.ts'
import { onHolder } from '../holders.ts'
import type { HolderKind, IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf } from '../paging.ts'
import { may, reading, writing } from '../row.ts'

type HolderInput = Readonly<Record<string, string>>
type PolicyInput = HolderInput & { readonly PolicyName: string }
type PutInput = PolicyInput & { readonly PolicyDocument: string }
type ListInput = HolderInput & PageInput

/** `PutRolePolicy`, `GetRolePolicy`, `ListRolePolicies`, `DeleteRolePolicy`; the same for users and groups. */
export function inlinePolicies(parts: IamParts, kind: HolderKind): Operations {
  const { identity } = parts
  const noun = kind.noun.toLowerCase()
  const nameOf = (input: object): string => (input as HolderInput)[kind.nameMember] ?? ''
  const on = (action: string) => (input: object, scope: Scope) => [
    may(scope, action, onHolder(identity, scope, { kind, name: nameOf(input) })),
  ]
  return {
    [`Put${kind.noun}Policy`]: writing<PutInput>(parts, {
      requires: on(`Put${kind.noun}Policy`),
      perform: async (input, { account }) => {
        const document = readInlinePolicy(input.PolicyDocument)
        await identity.change((changes) => {
          const holder = kind.get(changes, account, nameOf(input))
          changes.putInlinePolicy(holder, input.PolicyName, document)
          if (inlineSize(changes, holder) > kind.inlineQuota)
            throw inlineQuotaExceeded(noun, holder.name, kind.inlineQuota)
        })
        return {}
      },
    }),
    [`Get${kind.noun}Policy`]: reading<PolicyInput>(parts, {
      requires: on(`Get${kind.noun}Policy`),
      perform: (input, { account }) => {
        const holder = kind.get(identity, account, nameOf(input))
        const found = identity.inlinePoliciesOf(holder).find(({ name }) => name === input.PolicyName)
        if (found === undefined) throw inlinePolicyNotFound(noun, input.PolicyName)
        return {
          [kind.nameMember]: holder.name,
          PolicyName: found.name,
          PolicyDocument: renderDocument(found.document),
        }
      },
    }),
    [`List${kind.noun}Policies`]: reading<ListInput>(parts, {
      requires: on(`List${kind.noun}Policies`),
      perform: (input, { account }) => {
        const names = identity.inlinePoliciesOf(kind.get(identity, account, nameOf(input))).map(({ name }) => name)
        const { items, more } = pageOf(names, (name) => name, input)
        return { PolicyNames: items, ...more }
      },
    }),
    [`Delete${kind.noun}Policy`]: writing<PolicyInput>(parts, {
      requires: on(`Delete${kind.noun}Policy`),
      perform: async (input, { account }) => {
        await identity.change((changes) => {
          const holder = kind.get(changes, account, nameOf(input))
          if (!changes.inlinePoliciesOf(holder).some(({ name }) => name === input.PolicyName))
            throw inlinePolicyNotFound(noun, input.PolicyName)
          changes.deleteInlinePolicy(holder, input.PolicyName)
        })
        return {}
      },
    }),
  }
}

function inlineSize(changes: IdentityChanges, holder: PolicyHolder): number {
  return changes.inlinePoliciesOf(holder).reduce((sum, { document }) => sum + sizeOf(document.text), 0)
}
