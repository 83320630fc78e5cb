import type { IdentityChanges, Role, RoleChange } from '../../../identity/index.ts'
import { renderLastUse, renderListedRole, renderRole } from '../answers.ts'
import { readTrustPolicy } from '../documents.ts'
import { mustFirst } from '../errors.ts'
import { onHolder, ROLE } from '../holders.ts'
import type { IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf } from '../paging.ts'
import { listArn, may, reading, writing } from '../row.ts'
import { checkTrustPrincipals } from '../trust-principals.ts'

interface RoleInput {
  readonly RoleName: string
}
interface ListRolesInput extends PageInput {
  readonly PathPrefix?: string
}
interface UpdateRoleInput extends RoleInput {
  readonly Description?: string
  readonly MaxSessionDuration?: number
}
interface UpdateRoleDescriptionInput extends RoleInput {
  readonly Description: string
}
interface UpdateAssumeRolePolicyInput extends RoleInput {
  readonly PolicyDocument: string
}

/** Everything that is done with a role that exists, but for its policies, boundary and tags. */
export function roles(parts: IamParts): Operations {
  const { identity, uses } = parts
  const on = (action: string) => (input: RoleInput, scope: Scope) => [
    may(scope, action, onHolder(identity, scope, { kind: ROLE, name: input.RoleName })),
  ]
  const update = (input: RoleInput, scope: Scope, change: RoleChange): Promise<Role> =>
    identity.change((changes) => changes.updateRole(ROLE.get(changes, scope.account, input.RoleName), change))
  return {
    GetRole: reading<RoleInput>(parts, {
      requires: on('GetRole'),
      perform: ({ RoleName }, { account }) => {
        const role = ROLE.get(identity, account, RoleName)
        return { Role: { ...renderRole(role), RoleLastUsed: renderLastUse(uses.find(role.uniqueId)) } }
      },
    }),
    ListRoles: reading<ListRolesInput>(parts, {
      requires: ({ PathPrefix }, scope) => [may(scope, 'ListRoles', { arn: listArn(scope, 'role', PathPrefix) })],
      perform: ({ PathPrefix = '/', ...input }, { account }) => {
        const found = identity.rolesOf(account).filter(({ path }) => path.startsWith(PathPrefix))
        const { items, more } = pageOf(found, ({ name }) => name, input)
        return { Roles: items.map(renderListedRole), ...more }
      },
    }),
    DeleteRole: writing<RoleInput>(parts, {
      requires: on('DeleteRole'),
      perform: async ({ RoleName }, { account }) => {
        await identity.change((changes) => deleteRole(changes, ROLE.get(changes, account, RoleName)))
        return {}
      },
    }),
    UpdateRole: writing<UpdateRoleInput>(parts, {
      requires: on('UpdateRole'),
      perform: async (input, scope) => {
        const { Description: description, MaxSessionDuration: maxSessionDurationSeconds } = input
        await update(input, scope, {
          ...(description === undefined ? {} : { description }),
          ...(maxSessionDurationSeconds === undefined ? {} : { maxSessionDurationSeconds }),
        })
        return {}
      },
    }),
    UpdateRoleDescription: writing<UpdateRoleDescriptionInput>(parts, {
      requires: on('UpdateRoleDescription'),
      perform: async (input, scope) => ({
        Role: renderRole(await update(input, scope, { description: input.Description })),
      }),
    }),
    UpdateAssumeRolePolicy: writing<UpdateAssumeRolePolicyInput>(parts, {
      requires: on('UpdateAssumeRolePolicy'),
      perform: async ({ RoleName, PolicyDocument }, { account }) => {
        const trustPolicy = readTrustPolicy(PolicyDocument)
        await identity.change((changes) => {
          const role = ROLE.get(changes, account, RoleName)
          checkTrustPrincipals(trustPolicy, changes, identity)
          changes.updateRole(role, { trustPolicy })
        })
        return {}
      },
    }),
  }
}

/** @throws ApiError DeleteConflict */
function deleteRole(changes: IdentityChanges, role: Role): void {
  if (changes.attachedPoliciesOf(role).length > 0) throw mustFirst('detach all policies')
  if (changes.inlinePoliciesOf(role).length > 0) throw mustFirst('delete policies')
  const isInProfile = changes.instanceProfilesOf(role.account).some(({ roleId }) => roleId === role.uniqueId)
  if (isInProfile) throw mustFirst('remove roles from instance profile')
  changes.deleteRole(role)
}
