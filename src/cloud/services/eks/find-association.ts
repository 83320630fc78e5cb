import { parseArn, parseRegion } from '../../../core/index.ts'
import type { ApiCall, Principal, Requirement } from '../../operation.ts'
import { associationArn } from './association-arn.ts'
import { accountOf, type EksParts, findCluster } from './clusters.ts'
import { associationNotFound, clusterNotFound } from './errors.ts'
import type { EksCluster, PodIdentityAssociation } from './model.ts'
import { mayOnArn } from './requirements.ts'

/** How calls name an association. */
export interface NamedAssociation {
  readonly clusterName: string
  readonly associationId: string
}

interface Call<Input> {
  readonly call: Pick<ApiCall<Input>, 'input' | 'region'>
  readonly principal: Principal
}

/** The caller must be allowed this on the association that has, or would have, this id. */
export async function mayOnAssociation(
  parts: EksParts,
  action: string,
  { call, principal }: Call<NamedAssociation>,
): Promise<Requirement> {
  const { input, region } = call
  const place = { name: input.clusterName, account: accountOf(principal), region }
  return mayOnArn(parts, action, { arn: associationArn(place, input.associationId) })
}

export interface FoundAssociation {
  readonly cluster: EksCluster
  readonly association: PodIdentityAssociation
}

/** @throws ApiError ResourceNotFoundException, for the cluster or the association */
export async function getAssociation(
  parts: EksParts,
  { call: { input, region }, principal }: Call<NamedAssociation>,
): Promise<FoundAssociation> {
  const cluster = await findCluster(parts, { account: accountOf(principal), region }, input.clusterName)
  if (cluster === undefined) throw clusterNotFound(input.clusterName)
  const association = await parts.associations.find(associationArn(cluster, input.associationId))
  if (association === undefined || association.issuer !== cluster.issuer) throw associationNotFound(input.associationId)
  return { cluster, association }
}

/** One whose cluster is still there. */
export async function findAssociationByArn(parts: EksParts, arn: string): Promise<PodIdentityAssociation | undefined> {
  const association = await parts.associations.find(arn)
  if (association === undefined) return undefined
  const { account, clusterName, issuer } = association
  const region = regionOf(arn)
  const cluster = region === undefined ? undefined : await findCluster(parts, { account, region }, clusterName)
  return cluster?.issuer === issuer ? association : undefined
}

function regionOf(arn: string) {
  return parseRegion(parseArn(arn)?.region ?? '')
}
