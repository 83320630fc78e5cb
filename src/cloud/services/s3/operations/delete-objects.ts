import { ApiError } from '../../../../core/index.ts'
import type { ApiCall, ApiResult, Judged, Principal } from '../../../operation.ts'
import { accessDenied, malformedXml } from '../errors.ts'
import type { BucketInput } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { denied, getBucket } from '../scope.ts'
import { checkVersion } from '../versions.ts'

export interface ObjectIdentifier {
  readonly Key: string
  readonly VersionId?: string
  readonly ETag?: string
}

export interface DeleteObjectsInput extends BucketInput {
  readonly Delete: { readonly Objects: readonly ObjectIdentifier[]; readonly Quiet?: boolean }
  readonly BypassGovernanceRetention?: boolean
}

const MOST_OBJECTS = 1000

/** @throws ApiError MalformedXML: S3 takes from one to 1,000 keys */
export function checkDelete({ Delete }: DeleteObjectsInput): readonly ObjectIdentifier[] {
  if (Delete.Objects.length === 0 || Delete.Objects.length > MOST_OBJECTS) throw malformedXml()
  return Delete.Objects
}

type Line = { readonly deleted: Record<string, string> } | { readonly error: Record<string, string> }

/**
 * Each key by itself: one that may not be deleted is an `Error` within the answer, and the others go.
 * INVARIANT: `judged` begins with one entry for each key, in the order of the keys; one that is of another key counts as a denial.
 */
export async function deleteObjects(
  parts: S3Parts,
  call: ApiCall<DeleteObjectsInput>,
  principal: Principal,
  judged: readonly Judged[],
): Promise<ApiResult> {
  const objects = checkDelete(call.input)
  // Whether a bucket is there is told only to who may do something in it.
  if (judged.every(({ decision }) => decision.outcome !== 'allow') && !(await isThere(parts, call.input.Bucket)))
    throw judged[0] === undefined ? accessDenied() : denied(judged[0], principal, call)
  await getBucket(parts, call.input.Bucket)
  const lines: Line[] = []
  for (const [at, object] of objects.entries()) {
    const one = judged[at]
    const refusal =
      one?.requirement.resource.endsWith(`:::${call.input.Bucket}/${object.Key}`) !== true
        ? accessDenied()
        : one.decision.outcome === 'allow'
          ? undefined
          : denied(one, principal, call)
    lines.push(refusal === undefined ? await deleteOne(parts, call.input.Bucket, object) : failed(object, refusal))
  }
  const Deleted = lines.flatMap((line) => ('deleted' in line ? [line.deleted] : []))
  const Errors = lines.flatMap((line) => ('error' in line ? [line.error] : []))
  return { output: { ...(call.input.Delete.Quiet === true ? {} : { Deleted }), Errors } }
}

async function isThere({ repository }: S3Parts, bucket: string): Promise<boolean> {
  return (await repository.findBucket(bucket)) !== undefined
}

const named = ({ Key, VersionId }: ObjectIdentifier): Record<string, string> => ({
  Key,
  ...(VersionId === undefined ? {} : { VersionId }),
})

const failed = (object: ObjectIdentifier, { code, message }: ApiError): Line => ({
  error: { ...named(object), Code: code, Message: message },
})

async function deleteOne({ repository, files }: S3Parts, bucket: string, object: ObjectIdentifier): Promise<Line> {
  try {
    checkVersion(object.VersionId)
    const condition = object.ETag === undefined ? {} : { ifMatch: object.ETag }
    await files.remove(await repository.deleteObject(bucket, object.Key, condition))
    return { deleted: named(object) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return failed(object, error)
  }
}
