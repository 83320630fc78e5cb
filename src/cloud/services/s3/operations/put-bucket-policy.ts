import type { ApiCall, ApiResult } from '../../../operation.ts'
import { checkBucketPolicy } from '../bucket-policy.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'

export interface PutBucketPolicyInput extends BucketInput {
  readonly Policy: string
}

/** @throws ApiError NoSuchBucket, MalformedPolicy */
export async function putBucketPolicy(parts: S3Parts, { input }: ApiCall<PutBucketPolicyInput>): Promise<ApiResult> {
  const bucket = await getBucket(parts, input.Bucket)
  checkBucketPolicy(input.Policy, bucket, parts.identity)
  await parts.repository.setPolicy(bucket.name, input.Policy)
  return { output: {} }
}
