import { parseServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import type { BindingCloud, BindingCluster } from '../binding/index.ts'
import { OWNER_TAG } from '../binding/index.ts'
import { rolePathOf } from './reconcile.ts'

/** Service accounts for which the controller made a role, whoever of them is still there. */
export async function listOwners(
  { call }: BindingCloud,
  cluster: BindingCluster,
): Promise<readonly ServiceAccountRef[]> {
  const owners: ServiceAccountRef[] = []
  let marker = ''
  do {
    const page = await call('ListRoles', {
      PathPrefix: rolePathOf(cluster),
      ...(marker === '' ? {} : { Marker: marker }),
    })
    for (const role of itemsOf(page?.Roles)) {
      // SPEC: ListRoles leaves tags out.
      const answer = await call('GetRole', { RoleName: role.RoleName })
      const tags = itemsOf((answer?.Role as { readonly Tags?: unknown } | undefined)?.Tags)
      const owner = parseServiceAccountRef(String(tags.find(({ Key }) => Key === OWNER_TAG)?.Value ?? ''))
      if (owner !== undefined) owners.push(owner)
    }
    marker = page?.IsTruncated === true ? String(page.Marker ?? '') : ''
  } while (marker !== '')
  return owners
}

function itemsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : []
}
