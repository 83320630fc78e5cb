import {
  aclsNotSupported,
  invalidEncryption,
  invalidStorageClass,
  metadataTooLarge,
  noObjectLock,
  notImplemented,
} from './errors.ts'
import type { ObjectHeaders } from './model.ts'

/** Members of PutObject and CopyObject that say what comes back with the object, and those that ask for more than is here. */
export interface HeadersInput {
  readonly ACL?: string
  readonly GrantFullControl?: string
  readonly GrantRead?: string
  readonly GrantReadACP?: string
  readonly GrantWriteACP?: string
  readonly CacheControl?: string
  readonly ContentDisposition?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly ContentType?: string
  readonly Expires?: Date
  readonly Metadata?: Readonly<Record<string, string>>
  readonly WebsiteRedirectLocation?: string
  readonly StorageClass?: string
  readonly ServerSideEncryption?: string
  readonly SSECustomerAlgorithm?: string
  readonly SSECustomerKey?: string
  readonly SSEKMSKeyId?: string
  readonly Tagging?: string
  readonly ObjectLockMode?: string
  readonly ObjectLockRetainUntilDate?: Date
  readonly ObjectLockLegalHoldStatus?: string
  readonly WriteOffsetBytes?: number
}

/** SPEC: names and values of the metadata together, in UTF-8. */
const MOST_METADATA = 2048

/** Those whose objects are read at once, like STANDARD's: here they differ in name only. */
const STORAGE_CLASSES = new Set([
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'REDUCED_REDUNDANCY',
  'GLACIER_IR',
])
/** Those that need what is not here: a restore, another kind of bucket. */
const OTHER_STORAGE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE', 'OUTPOSTS', 'SNOW', 'EXPRESS_ONEZONE', 'FSX_OPENZFS'])

const NOT_HERE = {
  SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
  SSECustomerKey: 'x-amz-server-side-encryption-customer-key',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  Tagging: 'x-amz-tagging',
  WriteOffsetBytes: 'x-amz-write-offset-bytes',
} as const satisfies Partial<Record<keyof HeadersInput, string>>

/** Buckets here have no ACLs (BucketOwnerEnforced): these two change nothing and are let pass, as S3 does. */
const HARMLESS_ACLS = new Set(['private', 'bucket-owner-full-control'])

/** @throws ApiError NotImplemented, AccessControlListNotSupported, InvalidRequest for what would have to be left out */
export function refuseUnsupported(input: HeadersInput): void {
  for (const [member, header] of Object.entries(NOT_HERE))
    if (input[member as keyof typeof NOT_HERE] !== undefined) throw notImplemented(header)
  if (input.ObjectLockMode !== undefined || input.ObjectLockRetainUntilDate !== undefined) throw noObjectLock()
  if (input.ObjectLockLegalHoldStatus !== undefined) throw noObjectLock()
  if (asksForGrants(input) || (input.ACL !== undefined && !HARMLESS_ACLS.has(input.ACL))) throw aclsNotSupported()
  const { ServerSideEncryption: encryption } = input
  if (encryption === 'aws:kms' || encryption === 'aws:kms:dsse' || encryption === 'aws:fsx')
    throw notImplemented('x-amz-server-side-encryption')
  if (encryption !== undefined && encryption !== 'AES256') throw invalidEncryption(encryption)
}

function asksForGrants(input: HeadersInput): boolean {
  const { GrantFullControl, GrantRead, GrantReadACP, GrantWriteACP } = input
  return [GrantFullControl, GrantRead, GrantReadACP, GrantWriteACP].some((grant) => grant !== undefined)
}

/** True when the call also needs `s3:PutObjectAcl`. */
export function namesAcl(input: HeadersInput): boolean {
  return input.ACL !== undefined || asksForGrants(input)
}

/** @throws ApiError MetadataTooLarge, InvalidStorageClass, NotImplemented */
export function readObjectHeaders(input: HeadersInput): ObjectHeaders {
  const encoding = withoutChunking(input.ContentEncoding)
  const storageClass = readStorageClass(input.StorageClass)
  return {
    ContentType: input.ContentType ?? 'binary/octet-stream',
    ...(encoding === undefined ? {} : { ContentEncoding: encoding }),
    ...pick(input, [
      'CacheControl',
      'ContentDisposition',
      'ContentLanguage',
      'WebsiteRedirectLocation',
      'ServerSideEncryption',
    ]),
    ...(input.Expires === undefined ? {} : { Expires: input.Expires.getTime() }),
    ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
    ...(input.Metadata === undefined ? {} : { Metadata: readMetadata(input.Metadata) }),
  }
}

function pick<Name extends keyof HeadersInput & keyof ObjectHeaders>(
  input: HeadersInput,
  names: readonly Name[],
): Pick<ObjectHeaders, Name> {
  return Object.fromEntries(
    names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]] as const])),
  ) as unknown as Pick<ObjectHeaders, Name>
}

// SPEC: `aws-chunked` says how the body was sent, not what it is; S3 keeps the rest.
function withoutChunking(encoding: string | undefined): string | undefined {
  const kept = encoding
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked')
    .join(',')
  return kept === '' ? undefined : kept
}

function readStorageClass(given: string | undefined): string | undefined {
  if (given === undefined || given === 'STANDARD') return undefined
  if (OTHER_STORAGE_CLASSES.has(given)) throw notImplemented('x-amz-storage-class')
  if (!STORAGE_CLASSES.has(given)) throw invalidStorageClass(given)
  return given
}

function readMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let size = 0
  for (const [name, value] of Object.entries(metadata)) size += Buffer.byteLength(name) + Buffer.byteLength(value)
  if (size > MOST_METADATA) throw metadataTooLarge(size, MOST_METADATA)
  return metadata
}
