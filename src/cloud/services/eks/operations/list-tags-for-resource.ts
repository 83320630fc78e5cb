import type { ApiCall, ApiResult } from '../../../operation.ts'
import { clusterArn } from '../clusters.ts'
import { resourceNotFound } from '../errors.ts'
import type { EksOptions } from '../model.ts'

export interface ListTagsForResourceInput {
  readonly resourceArn: string
}

/** Clusters here carry no tags. @throws ApiError NotFoundException */
export async function listTagsForResource(
  { clusters }: EksOptions,
  { input }: ApiCall<ListTagsForResourceInput>,
): Promise<ApiResult> {
  if (!clusters().some((cluster) => clusterArn(cluster) === input.resourceArn))
    throw resourceNotFound(input.resourceArn)
  return { output: { tags: {} } }
}
