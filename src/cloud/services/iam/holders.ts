import type { Group, IamUser, Identity, IdentityLookup, PolicyHolder, Role } from '../../identity/index.ts'
import { holderNotFound } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { HolderKind, Scope } from './model.ts'
import { arnOf, type ContextKeys } from './row.ts'
import { resourceTagKeys } from './tags.ts'

export const ROLE: HolderKind<Role> = {
  noun: 'Role',
  nameMember: 'RoleName',
  type: 'role',
  inlineQuota: LIMITS.inlineSizeOfRole,
  find: (identity, account, name) => identity.findRole(account, name),
  get: (identity, account, name) => found(identity.findRole(account, name), 'role', name),
}

export const USER: HolderKind<IamUser> = {
  noun: 'User',
  nameMember: 'UserName',
  type: 'user',
  inlineQuota: LIMITS.inlineSizeOfUser,
  find: (identity, account, name) => identity.findUser(account, name),
  get: (identity, account, name) => found(identity.findUser(account, name), 'user', name),
}

export const GROUP: HolderKind<Group> = {
  noun: 'Group',
  nameMember: 'GroupName',
  type: 'group',
  inlineQuota: LIMITS.inlineSizeOfGroup,
  find: (identity, account, name) => identity.findGroup(account, name),
  get: (identity, account, name) => found(identity.findGroup(account, name), 'group', name),
}

export type Holders = Pick<IdentityLookup, 'findRole' | 'findUser' | 'findGroup'>

function found<T>(holder: T | undefined, noun: string, name: string): T {
  if (holder === undefined) throw holderNotFound(noun, name)
  return holder
}

interface Wanted {
  readonly kind: HolderKind
  readonly name: string
  readonly keys?: ContextKeys
}

/** What a permission on a role, user or group is asked for: its ARN, or the one that it would have without a path; its tags and boundary. */
export function onHolder(
  identity: Identity,
  scope: Scope,
  { kind, name, keys = {} }: Wanted,
): { readonly arn: string; readonly keys: ContextKeys } {
  const holder = kind.find(identity, scope.account, name)
  if (holder === undefined) return { arn: arnOf(scope, kind.type, { name }), keys }
  return { arn: holder.arn, keys: { ...holderKeys(holder), ...keys } }
}

function holderKeys(holder: PolicyHolder): ContextKeys {
  if (!('tags' in holder)) return {}
  const { tags, boundaryArn } = holder
  return { ...resourceTagKeys(tags), ...(boundaryArn === undefined ? {} : { 'iam:PermissionsBoundary': boundaryArn }) }
}
