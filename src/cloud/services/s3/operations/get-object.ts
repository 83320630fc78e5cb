import type { ApiCall, ApiResult, Judged, Principal } from '../../../operation.ts'
import { invalidRequest } from '../errors.ts'
import type { ObjectInput, StoredObject } from '../model.ts'
import type { S3Parts } from '../parts.ts'
import { checkRead, type ReadConditions } from '../preconditions.ts'
import { type ByteRange, readPart, renderContentRange } from '../ranges.ts'
import { renderChecksum } from '../receive.ts'
import { getObject as findOrRefuse } from '../scope.ts'
import { checkVersion } from '../versions.ts'

export interface GetObjectInput extends ObjectInput, ReadConditions {
  readonly Range?: string
  readonly PartNumber?: number
  readonly VersionId?: string
  readonly ChecksumMode?: string
  readonly ResponseCacheControl?: string
  readonly ResponseContentDisposition?: string
  readonly ResponseContentEncoding?: string
  readonly ResponseContentLanguage?: string
  readonly ResponseContentType?: string
  readonly ResponseExpires?: Date
}

/** An object and the part of it that was asked for. */
interface Answer {
  readonly object: StoredObject
  readonly range: ByteRange
  readonly output: Record<string, unknown>
}

/** Replaced or deleted between its row and its file: so often is asked again before giving up. */
const MOST_ATTEMPTS = 5

/** @throws ApiError NoSuchBucket, NoSuchKey, AccessDenied, PreconditionFailed, NotModified, InvalidRange … */
export async function getObject(
  parts: S3Parts,
  call: ApiCall<GetObjectInput>,
  principal: Principal,
  judged: readonly Judged[],
): Promise<ApiResult> {
  for (let attempt = 1; ; attempt += 1) {
    const { object, range, output } = await answerFor(parts, call, principal, judged)
    const Body = await parts.files.read(object.content, range)
    if (Body !== undefined) return { output: { ...output, Body } }
    if (attempt === MOST_ATTEMPTS) throw new Error(`the file of an object is not there: ${object.bucket}`)
  }
}

/** As GetObject, without the body. */
export async function headObject(
  parts: S3Parts,
  call: ApiCall<GetObjectInput>,
  principal: Principal,
  judged: readonly Judged[],
): Promise<ApiResult> {
  return { output: (await answerFor(parts, call, principal, judged)).output }
}

async function answerFor(
  parts: S3Parts,
  call: ApiCall<GetObjectInput>,
  principal: Principal,
  judged: readonly Judged[],
): Promise<Answer> {
  const { input } = call
  const overrides = readOverrides(input)
  if (Object.keys(overrides).length > 0 && principal.kind === 'anonymous')
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.')
  const object = await findOrRefuse(parts, { bucket: input.Bucket, key: input.Key }, { principal, judged, call })
  checkVersion(input.VersionId)
  checkRead(object, input)
  const part = readPart(input, object.size)
  const range = part ?? { first: 0, last: object.size - 1 }
  const wantsChecksum = input.ChecksumMode === 'ENABLED' && input.Range === undefined
  return {
    object,
    range,
    output: {
      AcceptRanges: 'bytes',
      LastModified: object.modifiedAt,
      ETag: `"${object.etag}"`,
      ContentLength: range.last - range.first + 1,
      ...(part === undefined ? {} : { ContentRange: renderContentRange(part, object.size) }),
      ...object.headers,
      ...(wantsChecksum ? renderChecksum(object.checksum) : {}),
      ...overrides,
    },
  }
}

function readOverrides(input: GetObjectInput): Record<string, unknown> {
  const given = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
