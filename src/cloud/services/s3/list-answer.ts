import { invalidArgument } from './errors.ts'
import { encodeKey, type ListingPage, type ListingQuestion } from './listing.ts'
import type { BucketInput } from './model.ts'

/** What both listings ask with. */
export interface ListInput extends BucketInput {
  readonly Prefix?: string
  readonly Delimiter?: string
  readonly MaxKeys?: number
  readonly EncodingType?: string
}

/** SPEC: "Returns some or all (up to 1,000) of the objects". */
const LARGEST_PAGE = 1000

/** @throws ApiError InvalidArgument */
export function readListing({
  Prefix = '',
  Delimiter = '',
  MaxKeys = LARGEST_PAGE,
  EncodingType,
}: ListInput): ListingQuestion {
  if (MaxKeys < 0 || MaxKeys > 2 ** 31 - 1)
    throw invalidArgument('max-keys', String(MaxKeys), 'Argument maxKeys must be an integer between 0 and 2147483647')
  if (EncodingType !== undefined && EncodingType !== 'url')
    throw invalidArgument('encoding-type', EncodingType, 'Invalid Encoding Method specified in Request')
  return {
    prefix: Buffer.from(Prefix, 'utf8'),
    delimiter: Buffer.from(Delimiter, 'utf8'),
    limit: Math.min(MaxKeys, LARGEST_PAGE),
  }
}

/** Members that both listings answer with. */
export function renderListing(
  input: ListInput,
  { objects, prefixes, next }: ListingPage,
  owner: { readonly ID: string } | undefined,
): Record<string, unknown> {
  const { Bucket, Prefix = '', Delimiter = '', EncodingType } = input
  const encode = EncodingType === 'url' ? encodeKey : (key: string): string => key
  return {
    Name: Bucket,
    Prefix: encode(Prefix),
    ...(Delimiter === '' ? {} : { Delimiter: encode(Delimiter) }),
    MaxKeys: Math.min(input.MaxKeys ?? LARGEST_PAGE, LARGEST_PAGE),
    ...(EncodingType === undefined ? {} : { EncodingType }),
    IsTruncated: next !== undefined,
    Contents: objects.map(({ key, size, etag, modifiedAt, storageClass = 'STANDARD', checksumAlgorithm }) => ({
      Key: encode(key.toString('utf8')),
      LastModified: modifiedAt,
      ETag: `"${etag}"`,
      ...(checksumAlgorithm === undefined
        ? {}
        : { ChecksumAlgorithm: [checksumAlgorithm], ChecksumType: 'FULL_OBJECT' }),
      Size: size,
      StorageClass: storageClass,
      ...(owner === undefined ? {} : { Owner: owner }),
    })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix.toString('utf8')) })),
  }
}
