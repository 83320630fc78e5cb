import type { Scope } from './cluster-arn.ts'
import { type EksParts, findCluster } from './clusters.ts'
import { clusterNotFound, ownCluster } from './errors.ts'
import type { CreatedCluster } from './model.ts'

/** A cluster that calls may change. @throws ApiError ResourceNotFoundException, InvalidRequestException for the installation's own */
export async function findChangeable(parts: EksParts, scope: Scope, name: string): Promise<CreatedCluster> {
  const created = await parts.repository.find(scope, name)
  if (created !== undefined) return created
  throw (await findCluster(parts, scope, name)) === undefined ? clusterNotFound(name) : ownCluster(name)
}
