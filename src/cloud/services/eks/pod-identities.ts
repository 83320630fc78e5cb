import { externalIdOf, idOfAssociation } from './association-arn.ts'
import type { ServiceAccountOfCluster } from './associations.ts'
import { clusterArn, type Scope } from './cluster-arn.ts'
import { type EksParts, findCluster } from './clusters.ts'
import type { AssociationTerms, EksCluster, PodIdentityAssociation } from './model.ts'
import type { Tags } from './tag-rows.ts'

/** Whom the pods of a service account are let be. */
export interface PodIdentity extends AssociationTerms {
  readonly associationArn: string
  readonly associationId: string
  /** For the target role, when there is one. */
  readonly externalId?: string
}

/** Clusters and whom their pods are let be, for whoever gives them credentials. */
export interface PodIdentities {
  /** A cluster of one account in one region. */
  findCluster(scope: Scope, name: string): Promise<EksCluster | undefined>
  /** Of a cluster. */
  tagsOf(cluster: Pick<EksCluster, 'name' | 'account' | 'region'>): Promise<Tags>
  find(whose: ServiceAccountOfCluster): Promise<PodIdentity | undefined>
}

export function podIdentitiesOf(parts: EksParts): PodIdentities {
  const { associations, repository } = parts
  return {
    findCluster: (scope, name) => findCluster(parts, scope, name),
    tagsOf: (cluster) => repository.tagsOf(clusterArn(cluster)),
    find: async (whose) => {
      const association = await associations.findFor(whose)
      return association === undefined ? undefined : podIdentityOf(association)
    },
  }
}

function podIdentityOf(association: PodIdentityAssociation): PodIdentity {
  const { arn, terms } = association
  return {
    ...terms,
    associationArn: arn,
    associationId: idOfAssociation(arn),
    ...(terms.targetRoleArn === undefined ? {} : { externalId: externalIdOf(association) }),
  }
}
