import type { ApiCall, ApiResult } from '../../../operation.ts'
import type { BucketInput, S3Parts } from '../model.ts'

/** @throws ApiError NoSuchBucket, BucketNotEmpty */
export async function deleteBucket({ repository }: S3Parts, { input }: ApiCall<BucketInput>): Promise<ApiResult> {
  await repository.deleteBucket(input.Bucket)
  return { output: {} }
}
