import { mintUniqueId } from '../../../core/index.ts'
import type { IdentityChanges, Role, RoleChange } from '../model.ts'
import { TRUST_POLICY_NAME } from '../rows.ts'
import { dropGrants } from './grants.ts'
import { unlinkPrincipal } from './unlink-principal.ts'
import { arnIn, mustBeFree, mustExist, type Workshop } from './workshop.ts'

type RoleChanges = Pick<IdentityChanges, 'createRole' | 'updateRole' | 'deleteRole'>

const DEFAULT_SESSION_SECONDS = 3600

export function roleChanges(workshop: Workshop): RoleChanges {
  const { drafts, lookup } = workshop
  const current = ({ account, name, arn }: Role) => mustExist(lookup.findRole(account, name), `role \`${arn}\``)
  return {
    createRole: (role) => {
      const { account, name, path = '/', trustPolicy, description, boundaryArn, tags = new Map() } = role
      const arn = arnIn(workshop, account, `role${path}${name}`)
      mustBeFree(lookup.findRole(account, name), `role \`${arn}\``)
      const created: Role = {
        account,
        partition: workshop.partition,
        arn,
        uniqueId: mintUniqueId('AROA', account, workshop.randomness),
        path,
        name,
        ...(description === undefined ? {} : { description }),
        maxSessionDurationSeconds: role.maxSessionDurationSeconds ?? DEFAULT_SESSION_SECONDS,
        trustPolicy: { name: TRUST_POLICY_NAME, document: trustPolicy },
        ...(boundaryArn === undefined ? {} : { boundaryArn }),
        createdAt: workshop.clock.now(),
        tags,
      }
      drafts.roles.put(created)
      return created
    },
    updateRole: (role, change) => {
      const updated = changed(current(role), change)
      drafts.roles.put(updated)
      return updated
    },
    deleteRole: (role) => {
      const gone = current(role)
      dropGrants(workshop, gone)
      drafts.roles.remove(gone)
      unlinkPrincipal(workshop, gone)
    },
  }
}

function changed(role: Role, { trustPolicy, ...change }: RoleChange): Role {
  const { description, boundaryArn, ...rest } = { ...role, ...change }
  return {
    ...rest,
    ...(description === undefined ? {} : { description }),
    ...(boundaryArn === undefined ? {} : { boundaryArn }),
    ...(trustPolicy === undefined ? {} : { trustPolicy: { name: TRUST_POLICY_NAME, document: trustPolicy } }),
  }
}
