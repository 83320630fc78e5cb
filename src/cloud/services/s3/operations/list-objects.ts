import type { ApiCall, ApiResult } from '../../../operation.ts'
import { type ListInput, readListing, renderListing } from '../list-answer.ts'
import { encodeKey, listPage } from '../listing.ts'
import { renderOwner } from '../owner.ts'
import type { S3Parts } from '../parts.ts'
import { getBucket } from '../scope.ts'

export interface ListObjectsInput extends ListInput {
  readonly Marker?: string
}

/** @throws ApiError NoSuchBucket, InvalidArgument */
export async function listObjects(parts: S3Parts, { input }: ApiCall<ListObjectsInput>): Promise<ApiResult> {
  const bucket = await getBucket(parts, input.Bucket)
  const { Marker = '' } = input
  const mark = Marker === '' ? {} : { mark: { after: Buffer.from(Marker, 'utf8') } }
  const page = await listPage((range) => parts.repository.scan(input.Bucket, range), { ...readListing(input), ...mark })
  const last = page.next
  const encode = input.EncodingType === 'url' ? encodeKey : (key: string) => key
  return {
    output: {
      ...renderListing(input, page, renderOwner(bucket.account)),
      Marker: encode(Marker),
      // SPEC: NextMarker is given with a delimiter only; without one the last key is the marker.
      ...(last === undefined || (input.Delimiter ?? '') === ''
        ? {}
        : { NextMarker: encode(('after' in last ? last.after : last.past).toString('utf8')) }),
    },
  }
}
