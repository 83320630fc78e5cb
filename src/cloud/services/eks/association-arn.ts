import { parseArn, partitionOf, type Randomness, renderArn } from '../../../core/index.ts'
import type { EksCluster, PodIdentityAssociation } from './model.ts'

/** `a-` and seventeen characters, as EKS makes them. */
export function mintAssociationId(randomness: Randomness): string {
  return `a-${[...randomness.bytes(17)].map((byte) => (byte % 36).toString(36)).join('')}`
}

export function associationArn(
  { name, account, region }: Pick<EksCluster, 'name' | 'account' | 'region'>,
  id: string,
): string {
  const resource = `podidentityassociation/${name}/${id}`
  return renderArn({ partition: partitionOf(region), service: 'eks', region, account, resource })
}

/** Whether an ARN is that of an association; there may be none. */
export function isAssociationArn(arn: string): boolean {
  const parts = parseArn(arn)
  return parts?.service === 'eks' && parts.resource.startsWith('podidentityassociation/')
}

/** The last part of an association's ARN. */
export const idOfAssociation = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** Proves to a target role which association asks. SPEC: region, account, cluster, namespace and service account with slashes between them. */
export function externalIdOf(association: PodIdentityAssociation): string {
  const { arn, account, clusterName, namespace, serviceAccount } = association
  return [parseArn(arn)?.region, account, clusterName, namespace, serviceAccount].join('/')
}
