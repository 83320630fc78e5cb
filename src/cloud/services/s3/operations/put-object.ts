import { Readable } from 'node:stream'
import type { ApiCall, ApiResult } from '../../../operation.ts'
import type { ObjectInput } from '../model.ts'
import { type HeadersInput, readObjectHeaders, refuseUnsupported } from '../object-headers.ts'
import type { S3Parts } from '../parts.ts'
import { readWriteCondition } from '../preconditions.ts'
import { publishObject } from '../publish.ts'
import { type IntegrityInput, readExpectations, receive, renderChecksum } from '../receive.ts'
import { getBucket } from '../scope.ts'

export type PutObjectInput = ObjectInput &
  HeadersInput &
  IntegrityInput & { readonly IfMatch?: string; readonly IfNoneMatch?: string }

/** The object is seen by nobody before its whole body has proven right. @throws ApiError as `errors.ts` names them */
export async function putObject(parts: S3Parts, call: ApiCall<PutObjectInput>): Promise<ApiResult> {
  const { input, headers, bodyLength } = call
  await getBucket(parts, input.Bucket)
  refuseUnsupported(input)
  const objectHeaders = readObjectHeaders(input)
  const condition = readWriteCondition(input)
  const expectations = readExpectations(input, headers, bodyLength)
  const received = await receive(parts.files, call.body ?? Readable.from([]), expectations)
  await publishObject(parts, { bucket: input.Bucket, key: input.Key, headers: objectHeaders, received, condition })
  return {
    output: {
      ETag: `"${received.etag}"`,
      ...renderChecksum(received.checksum),
      ...(objectHeaders.ServerSideEncryption === undefined
        ? {}
        : { ServerSideEncryption: objectHeaders.ServerSideEncryption }),
    },
  }
}
