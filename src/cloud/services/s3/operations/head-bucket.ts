import type { ApiCall, ApiResult } from '../../../operation.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'

/** @throws ApiError NoSuchBucket */
export async function headBucket(parts: S3Parts, { input }: ApiCall<BucketInput>): Promise<ApiResult> {
  const { region } = await getBucket(parts, input.Bucket)
  return { output: { BucketRegion: region, AccessPointAlias: false } }
}
