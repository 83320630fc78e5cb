import { mintUniqueId } from '../../../core/index.ts'
import type { Group, IdentityChanges } from '../model.ts'
import { dropGrants } from './grants.ts'
import { arnIn, mustBeFree, mustExist, type Workshop } from './workshop.ts'

type GroupChanges = Pick<IdentityChanges, 'createGroup' | 'updateGroup' | 'deleteGroup'>

export function groupChanges(workshop: Workshop): GroupChanges {
  const { drafts, lookup } = workshop
  const current = ({ account, name, arn }: Group) => mustExist(lookup.findGroup(account, name), `group \`${arn}\``)
  return {
    createGroup: ({ account, name, path = '/' }) => {
      const arn = arnIn(workshop, account, `group${path}${name}`)
      mustBeFree(lookup.findGroup(account, name), `group \`${arn}\``)
      const uniqueId = mintUniqueId('AGPA', account, workshop.randomness)
      const created: Group = { account, arn, uniqueId, path, name, members: [], createdAt: workshop.clock.now() }
      drafts.groups.put(created)
      return created
    },
    updateGroup: (group, change) => {
      const before = current(group)
      const { account, ...rest } = { ...before, ...change }
      const after: Group = { ...rest, account, arn: arnIn(workshop, account, `group${rest.path}${rest.name}`) }
      if (after.name !== before.name) {
        const there = lookup.findGroup(account, after.name)
        if (there?.uniqueId !== before.uniqueId) mustBeFree(there, `group \`${after.arn}\``)
        drafts.groups.remove(before)
      }
      drafts.groups.put(after)
      return after
    },
    deleteGroup: (group) => {
      const gone = current(group)
      dropGrants(workshop, gone)
      drafts.groups.remove(gone)
    },
  }
}
