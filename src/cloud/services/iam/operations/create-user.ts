import type { Operation } from '../../../operation.ts'
import { renderUser } from '../answers.ts'
import { nameTaken, quotaExceeded } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Tag } from '../model.ts'
import { arnOf, may, writing } from '../row.ts'
import { readTags, requestTagKeys } from '../tags.ts'
import { checkBoundary } from './boundaries.ts'

export interface CreateUserInput {
  readonly UserName: string
  readonly Path?: string
  readonly PermissionsBoundary?: string
  readonly Tags?: readonly Tag[]
}

export function createUser(parts: IamParts): Operation<CreateUserInput> {
  return writing(parts, {
    requires: ({ UserName: name, Path: path, PermissionsBoundary: boundary, Tags = [] }, scope) => {
      const keys = {
        ...requestTagKeys(Tags),
        ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
      }
      const on = { arn: arnOf(scope, 'user', { path, name }), keys }
      return [may(scope, 'CreateUser', on), ...(Tags.length === 0 ? [] : [may(scope, 'TagUser', on)])]
    },
    perform: async ({ UserName: name, Path: path, PermissionsBoundary: boundaryArn, Tags }, { account }) => {
      const tags = readTags(Tags)
      const created = await parts.identity.change((changes) => {
        if (changes.findUser(account, name) !== undefined) throw nameTaken('User', name)
        if (changes.usersOf(account).length >= LIMITS.users) throw quotaExceeded('UsersPerAccount', LIMITS.users)
        if (boundaryArn !== undefined) checkBoundary(changes, account, boundaryArn)
        return changes.createUser({
          account,
          name,
          tags,
          ...(path === undefined ? {} : { path }),
          ...(boundaryArn === undefined ? {} : { boundaryArn }),
        })
      })
      return { User: renderUser(created) }
    },
  })
}
