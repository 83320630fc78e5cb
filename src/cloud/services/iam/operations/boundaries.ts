import type { AccountId } from '../../../../core/index.ts'
import type { IdentityChanges, PolicyHolder } from '../../../identity/index.ts'
import { boundaryNotAttachable } from '../errors.ts'
import { onHolder, ROLE, USER } from '../holders.ts'
import type { HolderKind, IamParts, Operations, Scope } from '../model.ts'
import { checkPolicyArn } from '../policy-arns.ts'
import { type ContextKeys, may, writing } from '../row.ts'

type HolderInput = Readonly<Record<string, string>>
type PutInput = HolderInput & { readonly PermissionsBoundary: string }

interface BoundaryKind<Holder extends PolicyHolder> {
  readonly kind: HolderKind<Holder>
  set(changes: IdentityChanges, holder: Holder, boundaryArn: string | undefined): void
}

export function roleBoundaries(parts: IamParts): Operations {
  return boundaries(parts, {
    kind: ROLE,
    set: (changes, role, boundaryArn) => void changes.updateRole(role, { boundaryArn }),
  })
}

export function userBoundaries(parts: IamParts): Operations {
  return boundaries(parts, {
    kind: USER,
    set: (changes, user, boundaryArn) => void changes.updateUser(user, { boundaryArn }),
  })
}

/** `PutRolePermissionsBoundary` and `DeleteRolePermissionsBoundary`; the same for users. */
function boundaries<Holder extends PolicyHolder>(parts: IamParts, holders: BoundaryKind<Holder>): Operations {
  const { identity } = parts
  const { kind } = holders
  const nameOf = (input: object): string => (input as HolderInput)[kind.nameMember] ?? ''
  const on = (action: string, input: object, scope: Scope, keys: ContextKeys = {}) => [
    may(scope, action, onHolder(identity, scope, { kind, name: nameOf(input), keys })),
  ]
  const set = async (input: object, { account }: Scope, boundaryArn: string | undefined) => {
    await identity.change((changes) => {
      const holder = kind.get(changes, account, nameOf(input))
      if (boundaryArn !== undefined) checkBoundary(changes, account, boundaryArn)
      holders.set(changes, holder, boundaryArn)
    })
    return {}
  }
  return {
    [`Put${kind.noun}PermissionsBoundary`]: writing<PutInput>(parts, {
      // SPEC: here iam:PermissionsBoundary is the boundary that is to be.
      requires: (input, scope) =>
        on(`Put${kind.noun}PermissionsBoundary`, input, scope, {
          'iam:PermissionsBoundary': input.PermissionsBoundary,
        }),
      perform: (input, scope) => set(input, scope, input.PermissionsBoundary),
    }),
    [`Delete${kind.noun}PermissionsBoundary`]: writing<HolderInput>(parts, {
      requires: (input, scope) => on(`Delete${kind.noun}PermissionsBoundary`, input, scope),
      perform: (input, scope) => set(input, scope, undefined),
    }),
  }
}

/** @throws ApiError ValidationError, NoSuchEntity */
export function checkBoundary(changes: IdentityChanges, account: AccountId, arn: string): void {
  checkPolicyArn(arn)
  const policy = changes.findPolicy(arn)
  if (policy === undefined || (policy.account !== 'aws' && policy.account !== account)) throw boundaryNotAttachable(arn)
}
