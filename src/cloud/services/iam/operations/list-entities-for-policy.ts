import type { PolicyHolder } from '../../../identity/index.ts'
import type { Operation } from '../../../operation.ts'
import type { IamParts, PageInput } from '../model.ts'
import { pageOf, sortedBy } from '../paging.ts'
import { reading } from '../row.ts'
import { forPolicy, getPolicy, type PolicyArnInput } from './policies.ts'

export interface ListEntitiesForPolicyInput extends PolicyArnInput, PageInput {
  readonly EntityFilter?: string
  readonly PathPrefix?: string
  readonly PolicyUsageFilter?: 'PermissionsPolicy' | 'PermissionsBoundary'
}

interface Entity {
  readonly kind: 'Role' | 'User' | 'Group'
  readonly holder: PolicyHolder
}

export function listEntitiesForPolicy(parts: IamParts): Operation<ListEntitiesForPolicyInput> {
  const { identity } = parts
  return reading<ListEntitiesForPolicyInput>(parts, {
    requires: forPolicy(identity, 'ListEntitiesForPolicy'),
    perform: (input, { account }) => {
      const { PathPrefix = '/', EntityFilter } = input
      const { arn } = getPolicy(identity, account, input.PolicyArn)
      const uses = identity.usesOf(account, arn)
      const asBoundary = input.PolicyUsageFilter !== 'PermissionsPolicy'
      const asPermissions = input.PolicyUsageFilter !== 'PermissionsBoundary'
      const entities: readonly Entity[] = [
        ...entitiesOf('Role', asPermissions ? uses.roles : [], asBoundary ? uses.boundaryOfRoles : []),
        ...entitiesOf('Group', asPermissions ? uses.groups : []),
        ...entitiesOf('User', asPermissions ? uses.users : [], asBoundary ? uses.boundaryOfUsers : []),
      ]
      const wanted = entities.filter(
        ({ kind, holder }) =>
          (EntityFilter === undefined || EntityFilter === kind) && holder.path.startsWith(PathPrefix),
      )
      const { items, more } = pageOf(sortedBy(wanted, markerOf), markerOf, input)
      return {
        PolicyGroups: idsOf(items, 'Group'),
        PolicyUsers: idsOf(items, 'User'),
        PolicyRoles: idsOf(items, 'Role'),
        ...more,
      }
    },
  })
}

const markerOf = ({ kind, holder }: Entity): string => `${kind}/${holder.name}`

/** Each once, though it may have the policy as permissions and as boundary. */
function entitiesOf(kind: Entity['kind'], ...lists: readonly (readonly PolicyHolder[])[]): readonly Entity[] {
  return [...new Map(lists.flat().map((holder) => [holder.uniqueId, { kind, holder }])).values()]
}

function idsOf(entities: readonly Entity[], kind: Entity['kind']): readonly Record<string, string>[] {
  return entities
    .filter((entity) => entity.kind === kind)
    .map(({ holder }) => ({ [`${kind}Name`]: holder.name, [`${kind}Id`]: holder.uniqueId }))
}
