import type { AccountId, Clock, Instant, Randomness, Region } from '../../../core/index.ts'
import type { Store } from '../../../io/store/index.ts'
import type { ChecksumAlgorithm } from '../../../standards/checksums/index.ts'
import type { IdentityReader } from '../../identity/index.ts'

/** A bucket. Its name is unique in the whole installation, as it is in a partition of AWS. */
export interface Bucket {
  readonly name: string
  readonly account: AccountId
  readonly region: Region
  readonly createdAt: Instant
  /** The bucket policy, byte for byte as it was put. */
  readonly policy?: string
}

/** Where an object's bytes are: in its row when there are few, else in a file of its own. */
export type Content =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly id: string }

export interface StoredObject {
  readonly bucket: string
  /** INVARIANT: well-formed; the same bytes are signed, authorised, stored and listed. */
  readonly key: string
  readonly size: number
  /** MD5 in hex, without quotes. */
  readonly etag: string
  readonly modifiedAt: Instant
  readonly content: Content
  readonly headers: ObjectHeaders
  readonly checksum?: Checksum
}

/** Over the whole object, in base64. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly value: string
}

/** What comes back with the object as it was put. */
export interface ObjectHeaders {
  readonly CacheControl?: string
  readonly ContentDisposition?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly ContentType?: string
  /** Milliseconds since the epoch. */
  readonly Expires?: number
  readonly WebsiteRedirectLocation?: string
  readonly ServerSideEncryption?: string
  /** Absent for STANDARD. */
  readonly StorageClass?: string
  readonly Metadata?: Readonly<Record<string, string>>
}

/** What must hold of the object that is there before it is replaced or deleted. */
export interface WriteCondition {
  readonly ifMatch?: string
  /** `If-None-Match: *`: there is no such object yet. */
  readonly ifAbsent?: boolean
}

export interface S3Options {
  readonly store: Store
  /** Made when it is not there; nobody else writes into it. */
  readonly objectDirectory: string
  readonly clock: Clock
  readonly randomness: Randomness
  /** With it, a bucket policy that names a role or user which does not exist is refused, as AWS does. */
  readonly identity?: Pick<IdentityReader, 'findRoleByArn' | 'findRole' | 'findUser'>
}

/** Members that every call on a bucket has. */
export interface BucketInput {
  readonly Bucket: string
  readonly ExpectedBucketOwner?: string
}

export interface ObjectInput extends BucketInput {
  readonly Key: string
}
