import type { AccountId } from '../../../../core/index.ts'
import type { Identity, IdentityLookup, InstanceProfile } from '../../../identity/index.ts'
import { renderInstanceProfile } from '../answers.ts'
import { instanceProfileNotFound, instanceProfileTaken, mustFirst, quotaExceeded, roleNotInProfile } from '../errors.ts'
import { onHolder, ROLE } from '../holders.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Operations, PageInput, Scope, Tag } from '../model.ts'
import { pageOf } from '../paging.ts'
import { arnOf, type ContextKeys, listArn, may, reading, writing } from '../row.ts'
import { readTags, requestTagKeys, resourceTagKeys } from '../tags.ts'

interface ProfileInput {
  readonly InstanceProfileName: string
}
interface CreateInput extends ProfileInput {
  readonly Path?: string
  readonly Tags?: readonly Tag[]
}
interface RoleInput extends ProfileInput {
  readonly RoleName: string
}
interface ListInput extends PageInput {
  readonly PathPrefix?: string
}

/** Instance profiles: a role each, at most. No instance runs here; Terraform and its like keep them beside their roles. */
export function instanceProfiles(parts: IamParts): Operations {
  return { ...profileOperations(parts), ...profileLists(parts), ...roleInProfile(parts) }
}

const on = (identity: Identity, action: string) => (input: ProfileInput, scope: Scope) =>
  may(scope, action, onInstanceProfile(identity, scope, { name: input.InstanceProfileName }))

function profileOperations(parts: IamParts): Operations {
  const { identity } = parts
  return {
    CreateInstanceProfile: writing<CreateInput>(parts, {
      requires: ({ InstanceProfileName: name, Path: path, Tags = [] }, scope) => {
        const resource = { arn: arnOf(scope, 'instance-profile', { path, name }), keys: requestTagKeys(Tags) }
        const tagging = Tags.length === 0 ? [] : [may(scope, 'TagInstanceProfile', resource)]
        return [may(scope, 'CreateInstanceProfile', resource), ...tagging]
      },
      perform: async ({ InstanceProfileName: name, Path: path, Tags }, { account }) => {
        const tags = readTags(Tags)
        const created = await identity.change((changes) => {
          if (changes.findInstanceProfile(account, name) !== undefined) throw instanceProfileTaken(name)
          if (changes.instanceProfilesOf(account).length >= LIMITS.instanceProfiles)
            throw quotaExceeded('InstanceProfilesPerAccount', LIMITS.instanceProfiles)
          return changes.createInstanceProfile({ account, name, tags, ...(path === undefined ? {} : { path }) })
        })
        return { InstanceProfile: renderInstanceProfile(created, undefined) }
      },
    }),
    GetInstanceProfile: reading<ProfileInput>(parts, {
      requires: (input, scope) => [on(identity, 'GetInstanceProfile')(input, scope)],
      perform: ({ InstanceProfileName }, { account }) => {
        const profile = getInstanceProfile(identity, account, InstanceProfileName)
        return { InstanceProfile: renderInstanceProfile(profile, identity.roleOfInstanceProfile(profile)) }
      },
    }),
    DeleteInstanceProfile: writing<ProfileInput>(parts, {
      requires: (input, scope) => [on(identity, 'DeleteInstanceProfile')(input, scope)],
      perform: async ({ InstanceProfileName }, { account }) => {
        await identity.change((changes) => {
          const profile = getInstanceProfile(changes, account, InstanceProfileName)
          if (profile.roleId !== undefined) throw mustFirst('remove roles from instance profile')
          changes.deleteInstanceProfile(profile)
        })
        return {}
      },
    }),
  }
}

function profileLists(parts: IamParts): Operations {
  const { identity } = parts
  const render = (profiles: readonly InstanceProfile[], input: PageInput) => {
    const { items, more } = pageOf(profiles, ({ name }) => name, input)
    return {
      InstanceProfiles: items.map((profile) => renderInstanceProfile(profile, identity.roleOfInstanceProfile(profile))),
      ...more,
    }
  }
  return {
    ListInstanceProfiles: reading<ListInput>(parts, {
      requires: ({ PathPrefix }, scope) => [
        may(scope, 'ListInstanceProfiles', { arn: listArn(scope, 'instance-profile', PathPrefix) }),
      ],
      perform: ({ PathPrefix = '/', ...input }, { account }) =>
        render(
          identity.instanceProfilesOf(account).filter(({ path }) => path.startsWith(PathPrefix)),
          input,
        ),
    }),
    ListInstanceProfilesForRole: reading<PageInput & { readonly RoleName: string }>(parts, {
      requires: ({ RoleName: name }, scope) => [
        may(scope, 'ListInstanceProfilesForRole', onHolder(identity, scope, { kind: ROLE, name })),
      ],
      perform: (input, { account }) => {
        const { uniqueId } = ROLE.get(identity, account, input.RoleName)
        const profiles = identity.instanceProfilesOf(account).filter(({ roleId }) => roleId === uniqueId)
        return render(profiles, input)
      },
    }),
  }
}

function roleInProfile(parts: IamParts): Operations {
  const { identity } = parts
  return {
    AddRoleToInstanceProfile: writing<RoleInput>(parts, {
      // SPEC: whoever puts a role where a service may use it must be allowed to pass it on.
      requires: (input, scope) => {
        const keys = { 'iam:PassedToService': 'ec2.amazonaws.com' }
        const role = onHolder(identity, scope, { kind: ROLE, name: input.RoleName, keys })
        return [on(identity, 'AddRoleToInstanceProfile')(input, scope), may(scope, 'PassRole', role)]
      },
      perform: async ({ InstanceProfileName, RoleName }, { account }) => {
        await identity.change((changes) => {
          const profile = getInstanceProfile(changes, account, InstanceProfileName)
          const { uniqueId } = ROLE.get(changes, account, RoleName)
          if (profile.roleId !== undefined) throw quotaExceeded('InstanceSessionsPerInstanceProfile', 1)
          changes.updateInstanceProfile(profile, { roleId: uniqueId })
        })
        return {}
      },
    }),
    RemoveRoleFromInstanceProfile: writing<RoleInput>(parts, {
      requires: (input, scope) => [on(identity, 'RemoveRoleFromInstanceProfile')(input, scope)],
      perform: async ({ InstanceProfileName, RoleName }, { account }) => {
        await identity.change((changes) => {
          const profile = getInstanceProfile(changes, account, InstanceProfileName)
          if (profile.roleId === undefined || changes.findRole(account, RoleName)?.uniqueId !== profile.roleId)
            throw roleNotInProfile(RoleName, InstanceProfileName)
          changes.updateInstanceProfile(profile, { roleId: undefined })
        })
        return {}
      },
    }),
  }
}

/** @throws ApiError NoSuchEntity */
export function getInstanceProfile(identity: IdentityLookup, account: AccountId, name: string): InstanceProfile {
  const profile = identity.findInstanceProfile(account, name)
  if (profile === undefined) throw instanceProfileNotFound(name)
  return profile
}

interface Wanted {
  readonly name: string
  readonly keys?: ContextKeys
}

export function onInstanceProfile(identity: Identity, scope: Scope, { name, keys = {} }: Wanted) {
  const profile = identity.findInstanceProfile(scope.account, name)
  if (profile === undefined) return { arn: arnOf(scope, 'instance-profile', { name }), keys }
  return { arn: profile.arn, keys: { ...resourceTagKeys(profile.tags), ...keys } }
}
