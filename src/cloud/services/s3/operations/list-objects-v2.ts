import type { ApiCall, ApiResult } from '../../../operation.ts'
import { invalidArgument } from '../errors.ts'
import { type ListInput, readListing, renderListing } from '../list-answer.ts'
import { encodeKey, listPage, type Mark, parseToken, renderToken } from '../listing.ts'
import { renderOwner } from '../owner.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'

export interface ListObjectsV2Input extends ListInput {
  readonly ContinuationToken?: string
  readonly StartAfter?: string
  readonly FetchOwner?: boolean
}

/** @throws ApiError NoSuchBucket, InvalidArgument */
export async function listObjectsV2(parts: S3Parts, { input }: ApiCall<ListObjectsV2Input>): Promise<ApiResult> {
  const bucket = await getBucket(parts, input.Bucket)
  const { StartAfter, ContinuationToken } = input
  const mark = markOf(input)
  const page = await listPage((range) => parts.repository.scan(input.Bucket, range), {
    ...readListing(input),
    ...(mark === undefined ? {} : { mark }),
  })
  const owner = input.FetchOwner === true ? renderOwner(bucket.account) : undefined
  return {
    output: {
      ...renderListing(input, page, owner),
      KeyCount: page.objects.length + page.prefixes.length,
      ...(StartAfter === undefined
        ? {}
        : { StartAfter: input.EncodingType === 'url' ? encodeKey(StartAfter) : StartAfter }),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(page.next === undefined ? {} : { NextContinuationToken: renderToken(page.next) }),
    },
  }
}

/** SPEC: a continuation token outranks start-after. */
function markOf({ ContinuationToken, StartAfter = '' }: ListObjectsV2Input): Mark | undefined {
  if (ContinuationToken === undefined) return StartAfter === '' ? undefined : { after: Buffer.from(StartAfter, 'utf8') }
  const mark = parseToken(ContinuationToken)
  if (mark === undefined)
    throw invalidArgument('continuation-token', ContinuationToken, 'The continuation token provided is incorrect')
  return mark
}
