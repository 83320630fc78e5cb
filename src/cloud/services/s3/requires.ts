import type { ApiCall, Principal, Requirement } from '../../operation.ts'
import { parseCopySource } from './copy-source.ts'
import type { BucketInput, ObjectInput } from './model.ts'
import { type HeadersInput, namesAcl } from './object-headers.ts'
import type { CopyObjectInput } from './operations/copy-object.ts'
import { asksForAcl, type CreateBucketInput } from './operations/create-bucket.ts'
import type { DeleteObjectInput } from './operations/delete-object.ts'
import { checkDelete, type DeleteObjectsInput } from './operations/delete-objects.ts'
import type { GetObjectInput } from './operations/get-object.ts'
import type { PutObjectInput } from './operations/put-object.ts'
import type { S3Parts } from './parts.ts'
import { type AnyCall, accountOf, type ContextKeys, may, mayLearnOfAbsence, type Scope, scopeOf } from './scope.ts'
import { actionFor } from './versions.ts'

type Requires<Input> = (input: Input, principal: Principal, call: ApiCall<Input>) => Promise<readonly Requirement[]>

function scopeFor(parts: S3Parts, input: BucketInput, principal: Principal, call: AnyCall): Promise<Scope> {
  return scopeOf(parts, { name: input.Bucket, expectedOwner: input.ExpectedBucketOwner }, { principal, call })
}

/** One action on the bucket. */
export function onBucket<Input extends BucketInput>(
  parts: S3Parts,
  action: string,
  keysOf: (input: Input) => ContextKeys = () => ({}),
): Requires<Input> {
  return async (input, principal, call) => [
    may(await scopeFor(parts, input, principal, call), { action, keys: keysOf(input) }),
  ]
}

/** One action on an object, or the one on its version. */
export function onObject<Input extends ObjectInput & { readonly VersionId?: string }>(
  parts: S3Parts,
  action: string,
  onVersion: string,
): Requires<Input> {
  return async (input, principal, call) => {
    const scope = await scopeFor(parts, input, principal, call)
    const wish = {
      action: actionFor(input.VersionId, action, onVersion),
      key: input.Key,
      keys: versionKeys(input.VersionId),
    }
    return [may(scope, wish), ...(await mayLearnOfAbsence(parts, scope, input.Key))]
  }
}

/** Members of an input and the condition keys that carry them. @see the table of condition keys of Amazon S3 */
const HEADER_KEYS = {
  ACL: 's3:x-amz-acl',
  GrantFullControl: 's3:x-amz-grant-full-control',
  GrantRead: 's3:x-amz-grant-read',
  GrantReadACP: 's3:x-amz-grant-read-acp',
  GrantWrite: 's3:x-amz-grant-write',
  GrantWriteACP: 's3:x-amz-grant-write-acp',
  IfMatch: 's3:if-match',
  IfNoneMatch: 's3:if-none-match',
  MetadataDirective: 's3:x-amz-metadata-directive',
  ObjectOwnership: 's3:x-amz-object-ownership',
  SSECustomerAlgorithm: 's3:x-amz-server-side-encryption-customer-algorithm',
  SSEKMSKeyId: 's3:x-amz-server-side-encryption-aws-kms-key-id',
  ServerSideEncryption: 's3:x-amz-server-side-encryption',
  StorageClass: 's3:x-amz-storage-class',
  WebsiteRedirectLocation: 's3:x-amz-website-redirect-location',
} as const

function headerKeys(input: object): ContextKeys {
  const members = input as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(HEADER_KEYS).flatMap(([member, key]) =>
      members[member] === undefined ? [] : [[key, String(members[member])] as const],
    ),
  )
}

const versionKeys = (versionId: string | undefined): ContextKeys =>
  versionId === undefined ? {} : { 's3:versionid': versionId }

interface ListingInput extends BucketInput {
  readonly Prefix?: string
  readonly Delimiter?: string
  readonly MaxKeys?: number
}

/** SPEC: a key is in the request only when the parameter is. */
export function listingKeys({ Prefix, Delimiter, MaxKeys }: ListingInput): ContextKeys {
  return {
    ...(Prefix === undefined ? {} : { 's3:prefix': Prefix }),
    ...(Delimiter === undefined ? {} : { 's3:delimiter': Delimiter }),
    ...(MaxKeys === undefined ? {} : { 's3:max-keys': String(MaxKeys) }),
  }
}

export const toListBuckets: Requires<object> = async (_input, principal) => {
  const account = accountOf(principal)
  return [
    {
      action: 's3:ListAllMyBuckets',
      resource: '*',
      resourceAccount: account,
      contextKeys: { 's3:ResourceAccount': account },
      onDeny: 'refuse',
    },
  ]
}

/** The new bucket will be the caller's, whoever has one of that name: no policy of theirs is asked. */
export function toCreateBucket(parts: S3Parts): Requires<CreateBucketInput> {
  return async (input, principal, call) => {
    const found = await scopeOf(parts, { name: input.Bucket }, { principal, call })
    const owner = accountOf(principal)
    const scope: Scope = { ...found, owner, policy: undefined, keys: { ...found.keys, 's3:ResourceAccount': owner } }
    const location = input.CreateBucketConfiguration?.LocationConstraint
    const keys = { ...headerKeys(input), 's3:LocationConstraint': location ?? call.region }
    return [
      may(scope, { action: 's3:CreateBucket', keys }),
      ...(asksForAcl(input) ? [may(scope, { action: 's3:PutBucketAcl', keys })] : []),
    ]
  }
}

/** Writing an object, and what its headers ask for besides. */
function writing(scope: Scope, key: string, input: HeadersInput, keys: ContextKeys): readonly Requirement[] {
  const { Tagging, ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = input
  const further = [
    ...(Tagging === undefined ? [] : ['s3:PutObjectTagging']),
    ...(namesAcl(input) ? ['s3:PutObjectAcl'] : []),
    ...(ObjectLockMode === undefined && ObjectLockRetainUntilDate === undefined ? [] : ['s3:PutObjectRetention']),
    ...(ObjectLockLegalHoldStatus === undefined ? [] : ['s3:PutObjectLegalHold']),
  ]
  return ['s3:PutObject', ...further].map((action) => may(scope, { action, key, keys }))
}

export function toPutObject(parts: S3Parts): Requires<PutObjectInput> {
  return async (input, principal, call) =>
    writing(await scopeFor(parts, input, principal, call), input.Key, input, headerKeys(input))
}

/** Two buckets, two requirements: reading the source and writing the copy. */
export function toCopyObject(parts: S3Parts): Requires<CopyObjectInput> {
  return async (input, principal, call) => {
    const { bucket, key, versionId } = parseCopySource(input.CopySource)
    const source = await scopeOf(
      parts,
      { name: bucket, expectedOwner: input.ExpectedSourceBucketOwner },
      { principal, call },
    )
    const target = await scopeFor(parts, input, principal, call)
    const keys = { ...headerKeys(input), 's3:x-amz-copy-source': `${bucket}/${key}` }
    return [
      may(source, {
        action: actionFor(versionId, 's3:GetObject', 's3:GetObjectVersion'),
        key,
        keys: versionKeys(versionId),
      }),
      ...(await mayLearnOfAbsence(parts, source, key)),
      ...writing(target, input.Key, input, keys),
    ]
  }
}

export const toGetObject = (parts: S3Parts): Requires<GetObjectInput> =>
  onObject<GetObjectInput>(parts, 's3:GetObject', 's3:GetObjectVersion')

export function toDeleteObject(parts: S3Parts): Requires<DeleteObjectInput> {
  return async (input, principal, call) => {
    const scope = await scopeFor(parts, input, principal, call)
    const action = actionFor(input.VersionId, 's3:DeleteObject', 's3:DeleteObjectVersion')
    const keys = { ...versionKeys(input.VersionId), ...headerKeys(input) }
    return [action, ...bypass(input)].map((one) => may(scope, { action: one, key: input.Key, keys }))
  }
}

function bypass({ BypassGovernanceRetention }: { readonly BypassGovernanceRetention?: boolean }): readonly string[] {
  return BypassGovernanceRetention === true ? ['s3:BypassGovernanceRetention'] : []
}

/** One for each key, in their order, and none of them fatal: the answer says which keys were refused. */
export function toDeleteObjects(parts: S3Parts): Requires<DeleteObjectsInput> {
  return async (input, principal, call) => {
    const objects = checkDelete(input)
    const scope = await scopeFor(parts, input, principal, call)
    const deleting = objects.map(({ Key, VersionId }) =>
      may(scope, {
        action: actionFor(VersionId, 's3:DeleteObject', 's3:DeleteObjectVersion'),
        key: Key,
        keys: versionKeys(VersionId),
        onDeny: 'report',
      }),
    )
    const bypassing = bypass(input).flatMap((action) => objects.map(({ Key }) => may(scope, { action, key: Key })))
    return [...deleting, ...bypassing]
  }
}
