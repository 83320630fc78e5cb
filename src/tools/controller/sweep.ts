import { parseServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import { listAllOfIam, recordOf, tagsOf, textOf } from '../../io/aws/index.ts'
import { type BindingCloud, type BindingCluster, OWNER_TAG } from '../binding/index.ts'
import { rolePathOf } from './reconcile.ts'

/** Service accounts for which the controller made a role, whoever of them is still there. */
export async function listOwners(
  { call }: BindingCloud,
  cluster: BindingCluster,
): Promise<readonly ServiceAccountRef[]> {
  const owners: ServiceAccountRef[] = []
  const input = { PathPrefix: rolePathOf(cluster) }
  for (const role of await listAllOfIam(call, 'ListRoles', { input, member: 'Roles' })) {
    // SPEC: ListRoles leaves tags out.
    const answer = await call('GetRole', { RoleName: textOf(recordOf(role).RoleName) })
    const owner = parseServiceAccountRef(tagsOf(recordOf(answer?.Role).Tags).get(OWNER_TAG) ?? '')
    if (owner !== undefined) owners.push(owner)
  }
  return owners
}
