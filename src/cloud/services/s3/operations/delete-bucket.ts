import type { ApiCall, ApiResult } from '../../../operation.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'

/** @throws ApiError NoSuchBucket, BucketNotEmpty */
export async function deleteBucket({ repository }: S3Parts, { input }: ApiCall<BucketInput>): Promise<ApiResult> {
  await repository.deleteBucket(input.Bucket)
  return { output: {} }
}
