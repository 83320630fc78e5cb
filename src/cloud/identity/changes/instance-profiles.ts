import { mintUniqueId } from '../../../core/index.ts'
import type { IdentityChanges, InstanceProfile } from '../model.ts'
import { arnIn, mustBeFree, mustExist, type Workshop } from './workshop.ts'

type InstanceProfileChanges = Pick<
  IdentityChanges,
  'createInstanceProfile' | 'updateInstanceProfile' | 'deleteInstanceProfile'
>

export function instanceProfileChanges(workshop: Workshop): InstanceProfileChanges {
  const { drafts, lookup } = workshop
  const current = ({ account, name, arn }: InstanceProfile) =>
    mustExist(lookup.findInstanceProfile(account, name), `instance profile \`${arn}\``)
  return {
    createInstanceProfile: ({ account, name, path = '/', tags = new Map() }) => {
      const arn = arnIn(workshop, account, `instance-profile${path}${name}`)
      mustBeFree(lookup.findInstanceProfile(account, name), `instance profile \`${arn}\``)
      const uniqueId = mintUniqueId('AIPA', account, workshop.randomness)
      const created: InstanceProfile = { account, arn, uniqueId, path, name, createdAt: workshop.clock.now(), tags }
      drafts.instanceProfiles.put(created)
      return created
    },
    updateInstanceProfile: (profile, change) => {
      const { roleId, ...rest } = { ...current(profile), ...change }
      if (roleId !== undefined) mustExist(lookup.findActorByUniqueId(roleId), `role \`${roleId}\``)
      const updated: InstanceProfile = { ...rest, ...(roleId === undefined ? {} : { roleId }) }
      drafts.instanceProfiles.put(updated)
      return updated
    },
    deleteInstanceProfile: (profile) => drafts.instanceProfiles.remove(current(profile)),
  }
}
