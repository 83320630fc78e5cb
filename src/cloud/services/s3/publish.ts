import type { Instant } from '../../../core/index.ts'
import type { Content, ObjectHeaders, StoredObject, WriteCondition } from './model.ts'
import type { S3Parts } from './parts.ts'
import type { Received } from './receive.ts'

export interface NewObject {
  readonly bucket: string
  readonly key: string
  readonly headers: ObjectHeaders
  readonly received: Received
  readonly condition: WriteCondition
}

/** Makes received bytes an object, and frees what it replaces. @throws ApiError NoSuchBucket, NoSuchKey, PreconditionFailed */
export async function publishObject(
  parts: S3Parts,
  { bucket, key, headers, received, condition }: NewObject,
): Promise<Instant> {
  const { size, etag, content, checksum } = received
  const modifiedAt = parts.clock.now()
  const object = {
    bucket,
    key,
    size,
    etag,
    modifiedAt,
    content,
    headers,
    ...(checksum === undefined ? {} : { checksum }),
  }
  const replaced = await publishOrFree(parts, object, condition)
  await parts.files.remove(replaced)
  return modifiedAt
}

/** INVARIANT: the new bytes are freed only when no row names them. */
async function publishOrFree(
  { repository, files }: S3Parts,
  object: StoredObject,
  condition: WriteCondition,
): Promise<Content | undefined> {
  try {
    return await repository.putObject(object, condition)
  } catch (error) {
    await files.remove(object.content)
    throw error
  }
}
