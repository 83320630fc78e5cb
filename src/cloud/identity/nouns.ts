import type { NamedPolicy } from '../../standards/policy/index.ts'
import type { Draft, View } from './collection.ts'
import type { AccessKey, Group, IamUser, InstanceProfile, ManagedPolicy, OidcProvider, Role } from './model.ts'

/** Permissions policies of one role, user or group, by its unique id. */
export interface Grants {
  readonly holderId: string
  readonly account: string
  readonly inline: ReadonlyMap<string, NamedPolicy>
  /** ARNs, in the order of attaching. */
  readonly attached: readonly string[]
}

export interface Alias {
  readonly account: string
  readonly alias: string
}

/** Everything that this room keeps, noun by noun. */
export interface Nouns {
  providers: OidcProvider
  roles: Role
  users: IamUser
  policies: ManagedPolicy
  grants: Grants
  accessKeys: AccessKey
  groups: Group
  instanceProfiles: InstanceProfile
  aliases: Alias
}

export type NounName = keyof Nouns
export type Views = { readonly [Name in NounName]: View<Nouns[Name]> }
export type Memory = { readonly [Name in NounName]: Map<string, Nouns[Name]> }
export type Drafts = { readonly [Name in NounName]: Draft<Nouns[Name]> }

/** SPEC: IAM's names are unique in an account without regard to case. */
export const nameKey = (name: string): string => name.toLowerCase()
export const keyOfName = (account: string, name: string): string => `${account}/${nameKey(name)}`

/** What each noun is kept under. */
export const KEYS: { readonly [Name in NounName]: (value: Nouns[Name]) => string } = {
  providers: ({ account, url }) => `${account}/${url}`,
  roles: ({ account, name }) => keyOfName(account, name),
  users: ({ account, name }) => keyOfName(account, name),
  policies: ({ account, name }) => keyOfName(account, name),
  grants: ({ holderId }) => holderId,
  accessKeys: ({ accessKeyId }) => accessKeyId,
  groups: ({ account, name }) => keyOfName(account, name),
  instanceProfiles: ({ account, name }) => keyOfName(account, name),
  aliases: ({ account }) => account,
}
