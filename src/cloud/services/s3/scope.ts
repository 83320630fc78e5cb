import { type AccountId, ApiError, type Partition, partitionOf } from '../../../core/index.ts'
import type { NamedPolicy } from '../../../standards/policy/index.ts'
import type { ApiCall, Judged, Principal, Requirement } from '../../operation.ts'
import { refuseS3 } from '../../refusal/index.ts'
import { accessDenied, noSuchBucket, noSuchKey } from './errors.ts'
import type { Bucket, StoredObject } from './model.ts'
import { checkBucketName, checkKey } from './names.ts'
import type { S3Parts } from './parts.ts'

/** A bucket as a call names it, with what authorising the call needs. */
export interface Scope {
  readonly name: string
  /** Undefined when there is no such bucket; the requirement is then judged as if it were the caller's own. */
  readonly bucket: Bucket | undefined
  readonly owner: AccountId
  readonly partition: Partition
  readonly policy: NamedPolicy | undefined
  readonly keys: ContextKeys
}

/** A call, whatever its input. */
export type AnyCall = Omit<ApiCall, 'input'>

export type ContextKeys = Readonly<Record<string, string | readonly string[]>>

/** Owner of a bucket that does not exist, asked for by nobody: no account has this number. */
const NOBODY = 'anonymous' as AccountId

export const accountOf = (principal: Principal): AccountId =>
  principal.kind === 'anonymous' ? NOBODY : principal.account

interface Asked {
  readonly name: string
  readonly expectedOwner?: string | undefined
}

/** @throws ApiError InvalidBucketName; AccessDenied when the bucket is not of the account that the caller expects */
export async function scopeOf(
  parts: S3Parts,
  { name, expectedOwner }: Asked,
  { principal, call }: { readonly principal: Principal; readonly call: AnyCall },
): Promise<Scope> {
  checkBucketName(name)
  const bucket = await parts.repository.findBucket(name)
  if (bucket !== undefined && expectedOwner !== undefined && expectedOwner !== bucket.account) throw accessDenied()
  const owner = bucket?.account ?? accountOf(principal)
  return {
    name,
    bucket,
    owner,
    partition: partitionOf(bucket?.region ?? call.region),
    policy: bucket === undefined ? undefined : parts.policies.of(bucket),
    keys: callKeys(call, owner),
  }
}

/** Keys of every S3 call. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
function callKeys({ signedBy, origin, headers }: AnyCall, owner: AccountId): ContextKeys {
  const hash = headers.find(([name]) => name.toLowerCase() === 'x-amz-content-sha256')?.[1]
  return {
    's3:ResourceAccount': owner,
    ...(signedBy === undefined
      ? {}
      : {
          's3:authType': signedBy === 'header' ? 'REST-HEADER' : 'REST-QUERY-STRING',
          's3:signatureversion': 'AWS4-HMAC-SHA256',
        }),
    ...(hash === undefined ? {} : { 's3:x-amz-content-sha256': hash }),
    ...(origin.tlsVersion === undefined ? {} : { 's3:TlsVersion': origin.tlsVersion.replace(/^TLSv/, '') }),
  }
}

interface Wish {
  readonly action: string
  /** For an object; without it the bucket itself is the resource. */
  readonly key?: string
  readonly keys?: ContextKeys
  readonly onDeny?: Requirement['onDeny']
}

/** What the caller must be allowed in that bucket. @throws ApiError KeyTooLongError, InvalidURI */
export function may(scope: Scope, { action, key, keys = {}, onDeny = 'refuse' }: Wish): Requirement {
  if (key !== undefined) checkKey(key)
  const bucketArn = `arn:${scope.partition}:s3:::${scope.name}`
  return {
    action,
    resource: key === undefined ? bucketArn : `${bucketArn}/${key}`,
    resourceAccount: scope.owner,
    ...(scope.policy === undefined ? {} : { resourcePolicy: scope.policy, resourcePolicyKind: 'ordinary' }),
    contextKeys: { ...scope.keys, ...keys },
    onDeny,
  }
}

/** For an object that is read: whether it is there may be told only to who may list the bucket. */
export async function mayLearnOfAbsence(parts: S3Parts, scope: Scope, key: string): Promise<readonly Requirement[]> {
  if (scope.bucket === undefined || (await parts.repository.hasObject(scope.name, key))) return []
  return [may(scope, { action: 's3:ListBucket', onDeny: 'report' })]
}

/** @throws ApiError NoSuchBucket */
export async function getBucket(parts: S3Parts, name: string): Promise<Bucket> {
  const bucket = await parts.repository.findBucket(name)
  if (bucket === undefined) throw noSuchBucket(name)
  return bucket
}

interface Reader {
  readonly principal: Principal
  readonly judged: readonly Judged[]
  readonly call: AnyCall
}

/** @throws ApiError NoSuchBucket; NoSuchKey to who may list the bucket, AccessDenied to everybody else */
export async function getObject(
  parts: S3Parts,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { principal, judged, call }: Reader,
): Promise<StoredObject> {
  await getBucket(parts, bucket)
  const object = await parts.repository.findObject(bucket, key)
  if (object !== undefined) return object
  const listing = judged.find(
    ({ requirement: { action, resource, onDeny } }) =>
      onDeny === 'report' && action === 's3:ListBucket' && resource.endsWith(`:::${bucket}`),
  )
  if (listing?.decision.outcome === 'allow') throw noSuchKey(key)
  // Not asked: the object went between authorising and reading, and then nothing is told.
  throw listing === undefined ? accessDenied() : denied(listing, principal, call)
}

/** The sentence for a denied requirement that was only to be reported; `cause` carries what was judged. */
export function denied(judged: Judged, principal: Principal, call: AnyCall): ApiError {
  const explanation = { decision: judged.decision, rungs: [], nearest: [] }
  const error = refuseS3({ kind: 'denial', judged, principal, explanation }, call)
  return new ApiError(error.code, error.httpStatus, error.message, error.members, { cause: judged })
}
