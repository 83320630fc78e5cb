import type { IamUser, IdentityChanges } from '../../../identity/index.ts'
import { renderListedUser, renderUser } from '../answers.ts'
import { mustFirst, nameTaken, userNameWanted } from '../errors.ts'
import { onHolder, USER } from '../holders.ts'
import type { IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf } from '../paging.ts'
import { arnOf, listArn, may, reading, writing } from '../row.ts'

interface UserInput {
  readonly UserName: string
}
interface ListUsersInput extends PageInput {
  readonly PathPrefix?: string
}
interface UpdateUserInput extends UserInput {
  readonly NewUserName?: string
  readonly NewPath?: string
}

/** Everything that is done with a user that exists, but for its keys, policies, boundary and tags. */
export function users(parts: IamParts): Operations {
  const { identity } = parts
  return {
    GetUser: reading<Partial<UserInput>>(parts, {
      requires: (input, scope) => [
        may(scope, 'GetUser', onHolder(identity, scope, { kind: USER, name: userNameOf(input, scope) })),
      ],
      perform: (input, scope) => ({ User: renderUser(USER.get(identity, scope.account, userNameOf(input, scope))) }),
    }),
    ListUsers: reading<ListUsersInput>(parts, {
      requires: ({ PathPrefix }, scope) => [may(scope, 'ListUsers', { arn: listArn(scope, 'user', PathPrefix) })],
      perform: ({ PathPrefix = '/', ...input }, { account }) => {
        const found = identity.usersOf(account).filter(({ path }) => path.startsWith(PathPrefix))
        const { items, more } = pageOf(found, ({ name }) => name, input)
        return { Users: items.map(renderListedUser), ...more }
      },
    }),
    UpdateUser: writing<UpdateUserInput>(parts, {
      // SPEC: renaming or moving needs the permission on both, the user as it is and as it will be.
      requires: (input, scope) => {
        const before = onHolder(identity, scope, { kind: USER, name: input.UserName })
        const path = input.NewPath ?? identity.findUser(scope.account, input.UserName)?.path
        const after = { ...before, arn: arnOf(scope, 'user', { path, name: input.NewUserName ?? input.UserName }) }
        return [before, ...(after.arn === before.arn ? [] : [after])].map((on) => may(scope, 'UpdateUser', on))
      },
      perform: async (input, { account }) => {
        await identity.change((changes) => updateUser(changes, USER.get(changes, account, input.UserName), input))
        return {}
      },
    }),
    DeleteUser: writing<UserInput>(parts, {
      requires: ({ UserName: name }, scope) => [
        may(scope, 'DeleteUser', onHolder(identity, scope, { kind: USER, name })),
      ],
      perform: async ({ UserName }, { account }) => {
        await identity.change((changes) => deleteUser(changes, USER.get(changes, account, UserName)))
        return {}
      },
    }),
  }
}

/** The user that a call is about: the one that is named, or else the caller. @throws ApiError ValidationError */
export function userNameOf({ UserName }: Partial<UserInput>, { principal }: Scope): string {
  if (UserName !== undefined) return UserName
  if (principal.kind === 'iam-user') return principal.userName
  throw userNameWanted()
}

/** @throws ApiError EntityAlreadyExists */
function updateUser(
  changes: IdentityChanges,
  user: IamUser,
  { NewUserName: name, NewPath: path }: UpdateUserInput,
): void {
  const there = name === undefined ? undefined : changes.findUser(user.account, name)
  if (name !== undefined && there !== undefined && there.uniqueId !== user.uniqueId) throw nameTaken('User', name)
  changes.updateUser(user, { ...(name === undefined ? {} : { name }), ...(path === undefined ? {} : { path }) })
}

/** @throws ApiError DeleteConflict */
function deleteUser(changes: IdentityChanges, user: IamUser): void {
  if (changes.attachedPoliciesOf(user).length > 0) throw mustFirst('detach all policies')
  if (changes.inlinePoliciesOf(user).length > 0) throw mustFirst('delete policies')
  if (changes.accessKeysOf(user).length > 0) throw mustFirst('delete access keys')
  if (changes.groupsOfUser(user).length > 0) throw mustFirst('remove users from group')
  changes.deleteUser(user)
}
