import type { AccountId } from '../../core/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'
import { parseIamArn } from './arns.ts'
import type { AwsManagedPolicies } from './aws-managed.ts'
import type { IdentityLookup, ManagedPolicy, OidcProvider, PolicyHolder, PolicyUses, UseCounts } from './model.ts'
import { keyOfName, type Views } from './nouns.ts'

/** Answers from views: from memory, or from memory with a change laid over it. */
export function createLookup(views: Views, awsManaged: AwsManagedPolicies): IdentityLookup {
  const finds = createFinds(views, awsManaged)
  return { ...finds, ...createLists(views, finds) }
}

type Finds = Pick<
  IdentityLookup,
  | 'findRole'
  | 'findRoleByArn'
  | 'findUser'
  | 'findUserByArn'
  | 'findActorByUniqueId'
  | 'findGroup'
  | 'findGroupByArn'
  | 'findInstanceProfile'
  | 'findPolicy'
  | 'findProviderByArn'
  | 'findAccessKey'
  | 'aliasOf'
>

function createFinds(views: Views, awsManaged: AwsManagedPolicies): Finds {
  const findRole: Finds['findRole'] = (account, name) => views.roles.get(keyOfName(account, name))
  const findUser: Finds['findUser'] = (account, name) => views.users.get(keyOfName(account, name))
  const findGroup: Finds['findGroup'] = (account, name) => views.groups.get(keyOfName(account, name))
  const findOwnPolicy = (account: AccountId, name: string) => views.policies.get(keyOfName(account, name))
  return {
    findRole,
    findUser,
    findGroup,
    findRoleByArn: (arn) => byArn(arn, findRole),
    findUserByArn: (arn) => byArn(arn, findUser),
    findGroupByArn: (arn) => byArn(arn, findGroup),
    findActorByUniqueId: (uniqueId) => {
      for (const actor of uniqueId.startsWith('AROA') ? views.roles.values() : views.users.values())
        if (actor.uniqueId === uniqueId) return actor
      return undefined
    },
    findInstanceProfile: (account, name) => views.instanceProfiles.get(keyOfName(account, name)),
    findPolicy: (arn) => awsManaged.find(arn) ?? byArn(arn, findOwnPolicy),
    findProviderByArn: (arn) => findProviderByArn(views, arn),
    findAccessKey: (accessKeyId) => views.accessKeys.get(accessKeyId),
    aliasOf: (account) => views.aliases.get(account)?.alias,
  }
}

type Lists = Omit<IdentityLookup, keyof Finds>

function createLists(views: Views, { findPolicy }: Finds): Lists {
  return {
    rolesOf: (account) => listOf(views.roles.values(), account),
    usersOf: (account) => listOf(views.users.values(), account),
    groupsOf: (account) => listOf(views.groups.values(), account),
    instanceProfilesOf: (account) => listOf(views.instanceProfiles.values(), account),
    policiesOf: (account) => listOf(views.policies.values(), account),
    providersOf: (account) =>
      [...views.providers.values()]
        .filter((provider) => provider.account === account)
        .toSorted((a, b) => compare(a.url, b.url)),
    groupsOfUser: (user) =>
      listOf(views.groups.values(), user.account).filter(({ members }) => members.includes(user.uniqueId)),
    membersOf: (group) =>
      listOf(views.users.values(), group.account).filter(({ uniqueId }) => group.members.includes(uniqueId)),
    roleOfInstanceProfile: ({ account, roleId }) =>
      roleId === undefined
        ? undefined
        : listOf(views.roles.values(), account).find(({ uniqueId }) => uniqueId === roleId),
    accessKeysOf: (user) =>
      [...views.accessKeys.values()]
        .filter(({ account, userName }) => account === user.account && userName === user.name)
        .toSorted((a, b) => a.createdAt - b.createdAt || compare(a.accessKeyId, b.accessKeyId)),
    inlinePoliciesOf: (holder) => inlineOf(views, holder),
    attachedPoliciesOf: (holder) =>
      (views.grants.get(holder.uniqueId)?.attached ?? []).flatMap((arn): ManagedPolicy[] => {
        const policy = findPolicy(arn)
        return policy === undefined ? [] : [policy]
      }),
    usesOf: (account, policyArn) => usesOf(views, account, policyArn),
    useCountsOf: (account) => useCountsOf(views, account),
  }
}

function byArn<T extends { readonly arn: string }>(
  arn: string,
  find: (account: AccountId, name: string) => T | undefined,
): T | undefined {
  const parts = parseIamArn(arn)
  if (parts === undefined) return undefined
  const found = find(parts.account as AccountId, parts.name)
  return found?.arn === arn ? found : undefined
}

function findProviderByArn(views: Views, arn: string): OidcProvider | undefined {
  const parts = parseIamArn(arn)
  if (parts?.type !== 'oidc-provider') return undefined
  // The URL has slashes of its own: all that stands after the type.
  const url = arn.slice(arn.indexOf(':oidc-provider/') + ':oidc-provider/'.length)
  const found = views.providers.get(`${parts.account}/${url}`)
  return found?.arn === arn ? found : undefined
}

function inlineOf(views: Views, { uniqueId }: PolicyHolder): readonly NamedPolicy[] {
  const inline = views.grants.get(uniqueId)?.inline
  return inline === undefined ? [] : [...inline.values()].toSorted((a, b) => compare(a.name, b.name))
}

function usesOf(views: Views, account: AccountId, policyArn: string): PolicyUses {
  const roles = listOf(views.roles.values(), account)
  const users = listOf(views.users.values(), account)
  const isAttached = ({ uniqueId }: PolicyHolder) => views.grants.get(uniqueId)?.attached.includes(policyArn) === true
  return {
    roles: roles.filter(isAttached),
    users: users.filter(isAttached),
    groups: listOf(views.groups.values(), account).filter(isAttached),
    boundaryOfRoles: roles.filter(({ boundaryArn }) => boundaryArn === policyArn),
    boundaryOfUsers: users.filter(({ boundaryArn }) => boundaryArn === policyArn),
  }
}

const UNUSED: UseCounts = { attached: 0, boundaries: 0 }

function useCountsOf(views: Views, account: AccountId): ReadonlyMap<string, UseCounts> {
  const counts = new Map<string, UseCounts>()
  const count = (arn: string, how: keyof UseCounts): void => {
    const before = counts.get(arn) ?? UNUSED
    counts.set(arn, { ...before, [how]: before[how] + 1 })
  }
  for (const grants of views.grants.values())
    if (grants.account === account) for (const arn of grants.attached) count(arn, 'attached')
  for (const actors of [views.roles.values(), views.users.values()])
    for (const { account: owner, boundaryArn } of actors)
      if (owner === account && boundaryArn !== undefined) count(boundaryArn, 'boundaries')
  return counts
}

interface Listed {
  readonly account: string
  readonly name: string
}

function listOf<T extends Listed>(values: Iterable<T>, account: AccountId): readonly T[] {
  return [...values].filter((value) => value.account === account).toSorted(byName)
}

const byName = (a: Listed, b: Listed): number => compare(a.name, b.name)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
