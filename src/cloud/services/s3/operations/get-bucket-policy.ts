import type { ApiCall, ApiResult } from '../../../operation.ts'
import { noSuchBucketPolicy } from '../errors.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'

/** The policy as it was put. @throws ApiError NoSuchBucket, NoSuchBucketPolicy */
export async function getBucketPolicy(parts: S3Parts, { input }: ApiCall<BucketInput>): Promise<ApiResult> {
  const bucket = await getBucket(parts, input.Bucket)
  if (bucket.policy === undefined) throw noSuchBucketPolicy(bucket)
  return { output: { Policy: bucket.policy } }
}
