import type { ApiCall, ApiResult } from '../../../operation.ts'
import { notImplemented } from '../errors.ts'
import type { ObjectInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'
import { checkVersion } from '../versions.ts'

export interface DeleteObjectInput extends ObjectInput {
  readonly VersionId?: string
  readonly IfMatch?: string
  readonly IfMatchLastModifiedTime?: Date
  readonly IfMatchSize?: number
  readonly BypassGovernanceRetention?: boolean
}

/** An object that is not there is deleted all the same. @throws ApiError NoSuchBucket, PreconditionFailed */
export async function deleteObject(parts: S3Parts, { input }: ApiCall<DeleteObjectInput>): Promise<ApiResult> {
  await getBucket(parts, input.Bucket)
  checkVersion(input.VersionId)
  if (input.IfMatchLastModifiedTime !== undefined) throw notImplemented('x-amz-if-match-last-modified-time')
  if (input.IfMatchSize !== undefined) throw notImplemented('x-amz-if-match-size')
  const condition = input.IfMatch === undefined ? {} : { ifMatch: input.IfMatch }
  await parts.files.remove(await parts.repository.deleteObject(input.Bucket, input.Key, condition))
  return { output: {} }
}
