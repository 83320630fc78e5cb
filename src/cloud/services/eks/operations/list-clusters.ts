import type { Operation } from '../../../operation.ts'
import { accountOf, clustersIn, type EksParts } from '../clusters.ts'
import { pageOf } from '../paging.ts'
import { may } from '../requirements.ts'
import { reading } from '../trail.ts'

export interface ListClustersInput {
  readonly maxResults?: number
  readonly nextToken?: string
}

/** Names in order. */
export function listClusters(parts: EksParts): Operation<ListClustersInput> {
  return {
    ...reading,
    requires: async (_input, principal) => [may('ListClusters', { resource: '*', account: accountOf(principal) })],
    perform: async ({ input, region }, principal) => {
      const clusters = await clustersIn(parts, { account: accountOf(principal), region })
      const { page, next } = pageOf(
        clusters.map(({ name }) => name),
        input,
      )
      return { output: { clusters: page, ...next } }
    },
  }
}
