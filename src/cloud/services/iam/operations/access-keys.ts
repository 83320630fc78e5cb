import type { AccessKey, IamUser, IdentityLookup, LastUse } from '../../../identity/index.ts'
import { accessKeyNotFound, quotaExceeded } from '../errors.ts'
import { onHolder, USER } from '../holders.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf } from '../paging.ts'
import { arnOf, may, reading, writing } from '../row.ts'
import { userNameOf } from './users.ts'

interface UserInput {
  readonly UserName?: string
}
interface KeyInput extends UserInput {
  readonly AccessKeyId: string
}
interface UpdateInput extends KeyInput {
  readonly Status: AccessKey['status']
}

/** Access keys: two a user at most. The secret is in the answer that makes the key, and in no other. */
export function accessKeys(parts: IamParts): Operations {
  const { identity, uses } = parts
  const on = (action: string) => (input: UserInput, scope: Scope) => [
    may(scope, action, onHolder(identity, scope, { kind: USER, name: userNameOf(input, scope) })),
  ]
  const getUser = (lookup: IdentityLookup, input: UserInput, scope: Scope): IamUser =>
    USER.get(lookup, scope.account, userNameOf(input, scope))
  return {
    CreateAccessKey: writing<UserInput>(parts, {
      requires: on('CreateAccessKey'),
      perform: async (input, scope) => {
        const key = await identity.change((changes) => {
          const user = getUser(changes, input, scope)
          if (changes.accessKeysOf(user).length >= LIMITS.accessKeysOfUser)
            throw quotaExceeded('AccessKeysPerUser', LIMITS.accessKeysOfUser)
          return changes.createAccessKey(user)
        })
        return { AccessKey: { ...renderKey(key), SecretAccessKey: key.secret.reveal() } }
      },
    }),
    ListAccessKeys: reading<UserInput & PageInput>(parts, {
      requires: on('ListAccessKeys'),
      perform: (input, scope) => {
        const keys = identity.accessKeysOf(getUser(identity, input, scope))
        const { items, more } = pageOf(keys, keyMarker, input)
        return { AccessKeyMetadata: items.map(renderKey), ...more }
      },
    }),
    UpdateAccessKey: writing<UpdateInput>(parts, {
      requires: on('UpdateAccessKey'),
      perform: async (input, scope) => {
        await identity.change((changes) => {
          const key = getKey(changes, getUser(changes, input, scope), input.AccessKeyId)
          changes.updateAccessKey(key, input.Status)
        })
        return {}
      },
    }),
    DeleteAccessKey: writing<KeyInput>(parts, {
      requires: on('DeleteAccessKey'),
      perform: async (input, scope) => {
        await identity.change((changes) =>
          changes.deleteAccessKey(getKey(changes, getUser(changes, input, scope), input.AccessKeyId)),
        )
        return {}
      },
    }),
    GetAccessKeyLastUsed: reading<Pick<KeyInput, 'AccessKeyId'>>(parts, {
      requires: ({ AccessKeyId }, scope) => {
        const key = ownKey(identity, scope, AccessKeyId)
        const arn = arnOf(scope, 'user', { name: '*' })
        return [
          may(
            scope,
            'GetAccessKeyLastUsed',
            key === undefined ? { arn } : onHolder(identity, scope, { kind: USER, name: key.userName }),
          ),
        ]
      },
      perform: ({ AccessKeyId }, scope) => {
        const key = ownKey(identity, scope, AccessKeyId)
        if (key === undefined) throw accessKeyNotFound(AccessKeyId)
        return { UserName: key.userName, AccessKeyLastUsed: renderKeyUse(uses.find(AccessKeyId)) }
      },
    }),
  }
}

const keyMarker = ({ createdAt, accessKeyId }: AccessKey): string =>
  `${String(createdAt).padStart(15, '0')}/${accessKeyId}`

function renderKey({ userName, accessKeyId, status, createdAt }: AccessKey) {
  return { UserName: userName, AccessKeyId: accessKeyId, Status: status, CreateDate: new Date(createdAt) }
}

/** SPEC: N/A is what IAM answers for a key whose use it has not seen. */
function renderKeyUse(use: LastUse | undefined) {
  if (use === undefined) return { ServiceName: 'N/A', Region: 'N/A' }
  return { LastUsedDate: new Date(use.at), ServiceName: use.service, Region: use.region }
}

/** @throws ApiError NoSuchEntity, also for a key of somebody else */
function getKey(lookup: IdentityLookup, user: IamUser, accessKeyId: string): AccessKey {
  const key = lookup.accessKeysOf(user).find((one) => one.accessKeyId === accessKeyId)
  if (key === undefined) throw accessKeyNotFound(accessKeyId)
  return key
}

function ownKey(lookup: IdentityLookup, { account }: Scope, accessKeyId: string): AccessKey | undefined {
  const key = lookup.findAccessKey(accessKeyId)
  return key?.account === account ? key : undefined
}
