import type { ApiCall, ApiResult } from '../../../operation.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'

/** A bucket without a policy is answered the same. @throws ApiError NoSuchBucket */
export async function deleteBucketPolicy({ repository }: S3Parts, { input }: ApiCall<BucketInput>): Promise<ApiResult> {
  await repository.setPolicy(input.Bucket, undefined)
  return { output: {} }
}
