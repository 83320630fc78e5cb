import { type ChecksumAlgorithm, isChecksumAlgorithm } from '../../../../standards/checksums/index.ts'
import type { ApiCall, ApiResult, Judged, Principal } from '../../../operation.ts'
import { type CopySource, parseCopySource } from '../copy-source.ts'
import { invalidArgument, invalidRequest, notImplemented } from '../errors.ts'
import type { ObjectHeaders, ObjectInput, StoredObject } from '../model.ts'
import { type HeadersInput, readObjectHeaders, refuseUnsupported } from '../object-headers.ts'
import type { S3Parts } from '../parts.ts'
import { checkCopySource, readWriteCondition } from '../preconditions.ts'
import { publishObject } from '../publish.ts'
import { receive, renderChecksum } from '../receive.ts'
import { getBucket, getObject } from '../scope.ts'
import { checkVersion } from '../versions.ts'

export interface CopyObjectInput extends ObjectInput, HeadersInput {
  readonly CopySource: string
  readonly CopySourceIfMatch?: string
  readonly CopySourceIfNoneMatch?: string
  readonly CopySourceIfModifiedSince?: Date
  readonly CopySourceIfUnmodifiedSince?: Date
  readonly CopySourceSSECustomerAlgorithm?: string
  readonly ExpectedSourceBucketOwner?: string
  readonly MetadataDirective?: string
  readonly TaggingDirective?: string
  readonly ChecksumAlgorithm?: string
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
}

/** @throws ApiError as `errors.ts` names them */
export async function copyObject(
  parts: S3Parts,
  call: ApiCall<CopyObjectInput>,
  principal: Principal,
  judged: readonly Judged[],
): Promise<ApiResult> {
  const { input } = call
  const from = parseCopySource(input.CopySource)
  const bucket = await getBucket(parts, input.Bucket)
  const source = await getObject(parts, from, { principal, judged, call })
  checkVersion(from.versionId)
  refuseUnsupported(input)
  if (input.CopySourceSSECustomerAlgorithm !== undefined)
    throw notImplemented('x-amz-copy-source-server-side-encryption-customer-algorithm')
  const headers = headersOf(input, source)
  refuseNoChange(input, from)
  checkCopySource(source, conditionsOf(input))
  const condition = readWriteCondition(input)
  const received = await receive(parts.files, await bytesOf(parts, source), {
    length: source.size,
    md5: Buffer.from(source.etag, 'hex'),
    ...checksumOf(input, source),
  })
  const LastModified = await publishObject(parts, { bucket: bucket.name, key: input.Key, headers, received, condition })
  return {
    output: { CopyObjectResult: { ETag: `"${received.etag}"`, LastModified, ...renderChecksum(received.checksum) } },
  }
}

function headersOf(input: CopyObjectInput, source: StoredObject): ObjectHeaders {
  const directive = readDirective(input)
  const given = readObjectHeaders(input)
  if (directive === 'REPLACE') return given
  // SPEC: storage class, encryption and redirect are never copied.
  const {
    StorageClass: _class,
    ServerSideEncryption: _encryption,
    WebsiteRedirectLocation: _redirect,
    ...kept
  } = source.headers
  const { StorageClass, ServerSideEncryption, WebsiteRedirectLocation } = given
  return {
    ...kept,
    ...(StorageClass === undefined ? {} : { StorageClass }),
    ...(ServerSideEncryption === undefined ? {} : { ServerSideEncryption }),
    ...(WebsiteRedirectLocation === undefined ? {} : { WebsiteRedirectLocation }),
  }
}

function readDirective({ MetadataDirective = 'COPY' }: CopyObjectInput): 'COPY' | 'REPLACE' {
  if (MetadataDirective === 'COPY' || MetadataDirective === 'REPLACE') return MetadataDirective
  throw invalidArgument('x-amz-metadata-directive', MetadataDirective, 'Unknown metadata directive.')
}

function refuseNoChange(input: CopyObjectInput, { bucket, key }: CopySource): void {
  if (bucket !== input.Bucket || key !== input.Key || readDirective(input) === 'REPLACE') return
  const { StorageClass, ServerSideEncryption, WebsiteRedirectLocation } = input
  if ([StorageClass, ServerSideEncryption, WebsiteRedirectLocation].some((one) => one !== undefined)) return
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
}

function conditionsOf(input: CopyObjectInput): Parameters<typeof checkCopySource>[1] {
  const given = {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

async function bytesOf({ files }: S3Parts, source: StoredObject): Promise<AsyncIterable<Uint8Array>> {
  const body = await files.read(source.content, { first: 0, last: source.size - 1 })
  if (body === undefined) throw invalidRequest('The source of the copy was changed while it was being copied.')
  return body
}

/** The algorithm asked for, else the one that the source has. */
function checksumOf(
  input: CopyObjectInput,
  { checksum }: StoredObject,
): { checksum?: { algorithm: ChecksumAlgorithm } } {
  const algorithm = input.ChecksumAlgorithm ?? checksum?.algorithm
  if (algorithm === undefined) return {}
  if (!isChecksumAlgorithm(algorithm)) throw notImplemented('x-amz-checksum-algorithm')
  return { checksum: { algorithm } }
}
