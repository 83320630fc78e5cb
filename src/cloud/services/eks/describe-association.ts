import { externalIdOf, idOfAssociation } from './association-arn.ts'
import type { PodIdentityAssociation } from './model.ts'
import type { Tags } from './tag-rows.ts'

/** An association as EKS tells of it. */
export function describeAssociation(association: PodIdentityAssociation, tags: Tags): Record<string, unknown> {
  const { createdAt, modifiedAt, terms } = association
  return {
    ...summariseAssociation(association),
    ...terms,
    ...(terms.targetRoleArn === undefined ? {} : { externalId: externalIdOf(association) }),
    tags: Object.fromEntries(tags),
    createdAt,
    modifiedAt,
  }
}

/** What ListPodIdentityAssociations tells. */
export function summariseAssociation(association: PodIdentityAssociation): Record<string, unknown> {
  const { arn, clusterName, namespace, serviceAccount } = association
  return { clusterName, namespace, serviceAccount, associationArn: arn, associationId: idOfAssociation(arn) }
}
