import type { ApiCall, ApiResult } from '../../../operation.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'

/** SPEC: us-east-1 is answered as nothing. @throws ApiError NoSuchBucket */
export async function getBucketLocation(parts: S3Parts, { input }: ApiCall<BucketInput>): Promise<ApiResult> {
  const { region } = await getBucket(parts, input.Bucket)
  return { output: region === 'us-east-1' ? {} : { LocationConstraint: region } }
}
