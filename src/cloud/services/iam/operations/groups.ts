import type { Group, IdentityChanges } from '../../../identity/index.ts'
import { renderGroup, renderListedUser } from '../answers.ts'
import { mustFirst, nameTaken, quotaExceeded } from '../errors.ts'
import { GROUP, onHolder, USER } from '../holders.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf } from '../paging.ts'
import { arnOf, listArn, may, reading, writing } from '../row.ts'

interface GroupInput {
  readonly GroupName: string
}
interface MemberInput extends GroupInput {
  readonly UserName: string
}
interface UpdateInput extends GroupInput {
  readonly NewGroupName?: string
  readonly NewPath?: string
}
interface ListInput extends PageInput {
  readonly PathPrefix?: string
}

export function groups(parts: IamParts): Operations {
  return { ...groupOperations(parts), ...groupLists(parts), ...membership(parts) }
}

const on =
  ({ identity }: IamParts, action: string) =>
  ({ GroupName: name }: GroupInput, scope: Scope) => [
    may(scope, action, onHolder(identity, scope, { kind: GROUP, name })),
  ]

function groupOperations(parts: IamParts): Operations {
  const { identity } = parts
  return {
    CreateGroup: writing<GroupInput & { readonly Path?: string }>(parts, {
      requires: ({ GroupName: name, Path: path }, scope) => [
        may(scope, 'CreateGroup', { arn: arnOf(scope, 'group', { path, name }) }),
      ],
      perform: async ({ GroupName: name, Path: path }, { account }) => {
        const created = await identity.change((changes) => {
          if (changes.findGroup(account, name) !== undefined) throw nameTaken('Group', name)
          if (changes.groupsOf(account).length >= LIMITS.groups) throw quotaExceeded('GroupsPerAccount', LIMITS.groups)
          return changes.createGroup({ account, name, ...(path === undefined ? {} : { path }) })
        })
        return { Group: renderGroup(created) }
      },
    }),
    UpdateGroup: writing<UpdateInput>(parts, {
      // SPEC: renaming or moving needs the permission on both, the group as it is and as it will be.
      requires: (input, scope) => {
        const before = onHolder(identity, scope, { kind: GROUP, name: input.GroupName })
        const path = input.NewPath ?? identity.findGroup(scope.account, input.GroupName)?.path
        const after = { arn: arnOf(scope, 'group', { path, name: input.NewGroupName ?? input.GroupName }) }
        return [before, ...(after.arn === before.arn ? [] : [after])].map((one) => may(scope, 'UpdateGroup', one))
      },
      perform: async (input, { account }) => {
        await identity.change((changes) => updateGroup(changes, GROUP.get(changes, account, input.GroupName), input))
        return {}
      },
    }),
    DeleteGroup: writing<GroupInput>(parts, {
      requires: on(parts, 'DeleteGroup'),
      perform: async ({ GroupName }, { account }) => {
        await identity.change((changes) => deleteGroup(changes, GROUP.get(changes, account, GroupName)))
        return {}
      },
    }),
  }
}

function groupLists(parts: IamParts): Operations {
  const { identity } = parts
  return {
    GetGroup: reading<GroupInput & PageInput>(parts, {
      requires: on(parts, 'GetGroup'),
      perform: (input, { account }) => {
        const group = GROUP.get(identity, account, input.GroupName)
        const { items, more } = pageOf(identity.membersOf(group), ({ name }) => name, input)
        return { Group: renderGroup(group), Users: items.map(renderListedUser), ...more }
      },
    }),
    ListGroups: reading<ListInput>(parts, {
      requires: ({ PathPrefix }, scope) => [may(scope, 'ListGroups', { arn: listArn(scope, 'group', PathPrefix) })],
      perform: ({ PathPrefix = '/', ...input }, { account }) => {
        const found = identity.groupsOf(account).filter(({ path }) => path.startsWith(PathPrefix))
        const { items, more } = pageOf(found, ({ name }) => name, input)
        return { Groups: items.map(renderGroup), ...more }
      },
    }),
    ListGroupsForUser: reading<PageInput & { readonly UserName: string }>(parts, {
      requires: ({ UserName: name }, scope) => [
        may(scope, 'ListGroupsForUser', onHolder(identity, scope, { kind: USER, name })),
      ],
      perform: (input, { account }) => {
        const found = identity.groupsOfUser(USER.get(identity, account, input.UserName))
        const { items, more } = pageOf(found, ({ name }) => name, input)
        return { Groups: items.map(renderGroup), ...more }
      },
    }),
  }
}

function membership(parts: IamParts): Operations {
  const { identity } = parts
  return {
    AddUserToGroup: writing<MemberInput>(parts, {
      requires: on(parts, 'AddUserToGroup'),
      perform: async ({ GroupName, UserName }, { account }) => {
        await identity.change((changes) => {
          const group = GROUP.get(changes, account, GroupName)
          const user = USER.get(changes, account, UserName)
          if (group.members.includes(user.uniqueId)) return
          if (changes.groupsOfUser(user).length >= LIMITS.groupsOfUser)
            throw quotaExceeded('GroupsPerUser', LIMITS.groupsOfUser)
          changes.updateGroup(group, { members: [...group.members, user.uniqueId] })
        })
        return {}
      },
    }),
    RemoveUserFromGroup: writing<MemberInput>(parts, {
      requires: on(parts, 'RemoveUserFromGroup'),
      perform: async ({ GroupName, UserName }, { account }) => {
        await identity.change((changes) => {
          const group = GROUP.get(changes, account, GroupName)
          const { uniqueId } = USER.get(changes, account, UserName)
          changes.updateGroup(group, { members: group.members.filter((member) => member !== uniqueId) })
        })
        return {}
      },
    }),
  }
}

/** @throws ApiError EntityAlreadyExists */
function updateGroup(changes: IdentityChanges, group: Group, { NewGroupName: name, NewPath: path }: UpdateInput): void {
  const there = name === undefined ? undefined : changes.findGroup(group.account, name)
  if (name !== undefined && there !== undefined && there.uniqueId !== group.uniqueId) throw nameTaken('Group', name)
  changes.updateGroup(group, { ...(name === undefined ? {} : { name }), ...(path === undefined ? {} : { path }) })
}

/** @throws ApiError DeleteConflict */
function deleteGroup(changes: IdentityChanges, group: Group): void {
  if (group.members.length > 0) throw mustFirst('remove users from group')
  if (changes.attachedPoliciesOf(group).length > 0) throw mustFirst('detach all policies')
  if (changes.inlinePoliciesOf(group).length > 0) throw mustFirst('delete policies')
  changes.deleteGroup(group)
}
