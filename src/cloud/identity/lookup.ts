import type { AccountId } from '../../core/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'
import { parseIamArn } from './arns.ts'
import type { AwsManagedPolicies } from './aws-managed.ts'
import type { IdentityLookup, ManagedPolicy, PolicyHolder, PolicyUses } from './model.ts'
import { keyOfName, type Views } from './nouns.ts'

/** Answers from views: from memory, or from memory with a change laid over it. */
export function createLookup(views: Views, awsManaged: AwsManagedPolicies): IdentityLookup {
  const byArn = <T extends { readonly arn: string }>(
    arn: string,
    find: (account: AccountId, name: string) => T | undefined,
  ): T | undefined => {
    const parts = parseIamArn(arn)
    if (parts === undefined) return undefined
    const found = find(parts.account as AccountId, parts.name)
    return found?.arn === arn ? found : undefined
  }
  const findRole: IdentityLookup['findRole'] = (account, name) => views.roles.get(keyOfName(account, name))
  const findUser: IdentityLookup['findUser'] = (account, name) => views.users.get(keyOfName(account, name))
  const findPolicy = (arn: string): ManagedPolicy | undefined =>
    awsManaged.find(arn) ?? byArn(arn, (account, name) => views.policies.get(keyOfName(account, name)))
  return {
    findRole,
    findUser,
    findRoleByArn: (arn) => byArn(arn, findRole),
    findUserByArn: (arn) => byArn(arn, findUser),
    findPolicy,
    findHolderByUniqueId: (uniqueId) => {
      for (const holder of uniqueId.startsWith('AROA') ? views.roles.values() : views.users.values())
        if (holder.uniqueId === uniqueId) return holder
      return undefined
    },
    findProviderByArn: (arn) => findProviderByArn(views, arn),
    findAccessKey: (accessKeyId) => views.accessKeys.get(accessKeyId),
    rolesOf: (account) => listOf(views.roles.values(), account),
    usersOf: (account) => listOf(views.users.values(), account),
    policiesOf: (account) => listOf(views.policies.values(), account),
    providersOf: (account) =>
      [...views.providers.values()]
        .filter((provider) => provider.account === account)
        .toSorted((a, b) => compare(a.url, b.url)),
    accessKeysOf: (user) =>
      [...views.accessKeys.values()]
        .filter(({ account, userName }) => account === user.account && userName === user.name)
        .toSorted((a, b) => a.createdAt - b.createdAt || compare(a.accessKeyId, b.accessKeyId)),
    inlinePoliciesOf: (holder) => inlineOf(views, holder),
    attachedPoliciesOf: (holder) =>
      (views.grants.get(holder.uniqueId)?.attached ?? []).flatMap((arn) => findPolicy(arn) ?? []),
    usesOf: (account, policyArn) => usesOf(views, account, policyArn),
  }
}

function findProviderByArn(views: Views, arn: string) {
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
  const isBoundary = ({ boundaryArn }: PolicyHolder) => boundaryArn === policyArn
  return {
    roles: roles.filter(isAttached),
    users: users.filter(isAttached),
    boundaryOfRoles: roles.filter(isBoundary),
    boundaryOfUsers: users.filter(isBoundary),
  }
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
