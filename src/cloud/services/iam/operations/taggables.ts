import { onHolder, ROLE, USER } from '../holders.ts'
import type { IamParts } from '../model.ts'
import { may } from '../row.ts'
import { getInstanceProfile, onInstanceProfile } from './instance-profiles.ts'
import { getProvider, onProvider } from './open-id-connect-providers.ts'
import { getOwnPolicy, getPolicy, onPolicy } from './policies.ts'
import type { Taggable } from './tags.ts'

/** The nouns that bear tags. */
export function taggables({ identity }: IamParts): readonly Taggable[] {
  const roles: Taggable = {
    noun: 'Role',
    nameMember: 'RoleName',
    may: (action, name, { scope, keys }) => may(scope, action, onHolder(identity, scope, { kind: ROLE, name, keys })),
    tagsOf: (lookup, account, name) => ROLE.get(lookup, account, name).tags,
    setTags: (changes, { account, name }, tags) => void changes.updateRole(ROLE.get(changes, account, name), { tags }),
  }
  const users: Taggable = {
    noun: 'User',
    nameMember: 'UserName',
    may: (action, name, { scope, keys }) => may(scope, action, onHolder(identity, scope, { kind: USER, name, keys })),
    tagsOf: (lookup, account, name) => USER.get(lookup, account, name).tags,
    setTags: (changes, { account, name }, tags) => void changes.updateUser(USER.get(changes, account, name), { tags }),
  }
  const policies: Taggable = {
    noun: 'Policy',
    nameMember: 'PolicyArn',
    may: (action, arn, { scope, keys }) => onPolicy(identity, action, { arn, keys, scope }),
    tagsOf: (lookup, account, arn) => getPolicy(lookup, account, arn).tags,
    setTags: (changes, { account, name }, tags) => void changes.tagPolicy(getOwnPolicy(changes, account, name), tags),
  }
  const providers: Taggable = {
    noun: 'OpenIDConnectProvider',
    nameMember: 'OpenIDConnectProviderArn',
    may: (action, arn, { scope, keys }) => may(scope, action, onProvider(identity, arn, keys)),
    tagsOf: (lookup, _account, arn) => getProvider(lookup, arn).tags,
    setTags: (changes, { name }, tags) => void changes.updateProvider(getProvider(changes, name), { tags }),
  }
  const instanceProfiles: Taggable = {
    noun: 'InstanceProfile',
    nameMember: 'InstanceProfileName',
    may: (action, name, { scope, keys }) => may(scope, action, onInstanceProfile(identity, scope, { name, keys })),
    tagsOf: (lookup, account, name) => getInstanceProfile(lookup, account, name).tags,
    setTags: (changes, { account, name }, tags) =>
      void changes.updateInstanceProfile(getInstanceProfile(changes, account, name), { tags }),
  }
  return [roles, users, policies, providers, instanceProfiles]
}
