import type { Operation } from '../../../operation.ts'
import { accountOf, type EksParts, findCluster } from '../clusters.ts'
import { summariseAssociation } from '../describe-association.ts'
import { clusterNotFound } from '../errors.ts'
import { pageOf } from '../paging.ts'
import { mayOnCluster } from '../requirements.ts'
import { reading } from '../trail.ts'

export interface ListPodIdentityAssociationsInput {
  readonly clusterName: string
  readonly namespace?: string
  readonly serviceAccount?: string
  readonly maxResults?: number
  readonly nextToken?: string
}

/** Those of a cluster, by id. */
export function listPodIdentityAssociations(parts: EksParts): Operation<ListPodIdentityAssociationsInput> {
  return {
    ...reading,
    requires: async ({ clusterName: name }, principal, call) => [
      await mayOnCluster(parts, 'ListPodIdentityAssociations', { name, principal, call }),
    ],
    perform: async ({ input, region }, principal) => {
      const { clusterName, namespace, serviceAccount } = input
      const cluster = await findCluster(parts, { account: accountOf(principal), region }, clusterName)
      if (cluster === undefined) throw clusterNotFound(clusterName)
      const all = await parts.associations.list(cluster)
      const wanted = all.filter(
        (one) =>
          (namespace === undefined || one.namespace === namespace) &&
          (serviceAccount === undefined || one.serviceAccount === serviceAccount),
      )
      const byArn = new Map(wanted.map((one) => [one.arn, one]))
      const { page, next } = pageOf([...byArn.keys()], input)
      const associations = page.flatMap((arn) => byArn.get(arn) ?? []).map(summariseAssociation)
      return { output: { associations, ...next } }
    },
  }
}
