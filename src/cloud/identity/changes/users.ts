import { mintUniqueId } from '../../../core/index.ts'
import type { IamUser, IdentityChanges, UserChange } from '../model.ts'
import { dropGrants } from './grants.ts'
import { unlinkPrincipal } from './unlink-principal.ts'
import { arnIn, mustBeFree, mustExist, type Workshop } from './workshop.ts'

type UserChanges = Pick<IdentityChanges, 'createUser' | 'updateUser' | 'deleteUser'>

export function userChanges(workshop: Workshop): UserChanges {
  const { drafts, lookup } = workshop
  const current = ({ account, name, arn }: IamUser) => mustExist(lookup.findUser(account, name), `user \`${arn}\``)
  return {
    createUser: ({ account, name, path = '/', boundaryArn, tags = new Map() }) => {
      const arn = arnIn(workshop, account, `user${path}${name}`)
      mustBeFree(lookup.findUser(account, name), `user \`${arn}\``)
      const created: IamUser = {
        account,
        partition: workshop.partition,
        arn,
        uniqueId: mintUniqueId('AIDA', account, workshop.randomness),
        path,
        name,
        ...(boundaryArn === undefined ? {} : { boundaryArn }),
        createdAt: workshop.clock.now(),
        tags,
      }
      drafts.users.put(created)
      return created
    },
    updateUser: (user, change) => {
      const before = current(user)
      const after = changed(workshop, before, change)
      if (after.name !== before.name) rename(workshop, before, after)
      drafts.users.put(after)
      return after
    },
    deleteUser: (user) => {
      const gone = current(user)
      for (const key of lookup.accessKeysOf(gone)) drafts.accessKeys.remove(key)
      for (const group of lookup.groupsOfUser(gone))
        drafts.groups.put({ ...group, members: group.members.filter((member) => member !== gone.uniqueId) })
      dropGrants(workshop, gone)
      drafts.users.remove(gone)
      unlinkPrincipal(workshop, gone)
    },
  }
}

function changed(workshop: Workshop, user: IamUser, change: UserChange): IamUser {
  const { boundaryArn, ...rest } = { ...user, ...change }
  return {
    ...rest,
    arn: arnIn(workshop, user.account, `user${rest.path}${rest.name}`),
    ...(boundaryArn === undefined ? {} : { boundaryArn }),
  }
}

/** Keys are of the user by name; grants are bound to the unique id, which stays. */
function rename({ drafts, lookup }: Workshop, before: IamUser, after: IamUser): void {
  const there = lookup.findUser(after.account, after.name)
  if (there?.uniqueId !== before.uniqueId) mustBeFree(there, `user \`${after.arn}\``)
  const keys = lookup.accessKeysOf(before)
  drafts.users.remove(before)
  for (const key of keys) drafts.accessKeys.put({ ...key, userName: after.name })
}
