import { parseRegion, type Region } from '../../../../core/index.ts'
import type { ApiCall, ApiResult, Principal } from '../../../operation.ts'
import {
  aclsOnCreation,
  bucketAlreadyExists,
  bucketAlreadyOwnedByYou,
  illegalLocation,
  invalidLocationConstraint,
  notImplemented,
} from '../errors.ts'
import type { S3Parts } from '../parts.ts'
import { accountOf } from '../scope.ts'

export interface CreateBucketInput {
  readonly Bucket: string
  readonly ACL?: string
  readonly GrantFullControl?: string
  readonly GrantRead?: string
  readonly GrantReadACP?: string
  readonly GrantWrite?: string
  readonly GrantWriteACP?: string
  readonly CreateBucketConfiguration?: {
    readonly LocationConstraint?: string
    readonly Location?: unknown
    readonly Bucket?: unknown
    readonly Tags?: unknown
  }
  readonly ObjectLockEnabledForBucket?: boolean
  readonly ObjectOwnership?: string
  readonly BucketNamespace?: string
}

/** True when the call also needs `s3:PutBucketAcl`. */
export function asksForAcl(input: CreateBucketInput): boolean {
  const { ACL, GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP } = input
  return [ACL, GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP].some((one) => one !== undefined)
}

/** @throws ApiError BucketAlreadyExists, BucketAlreadyOwnedByYou, and for what such a bucket cannot have */
export async function createBucket(
  { repository, clock }: S3Parts,
  { input, region }: ApiCall<CreateBucketInput>,
  principal: Principal,
): Promise<ApiResult> {
  refuseUnsupported(input)
  const location = locationOf(input.CreateBucketConfiguration?.LocationConstraint, region)
  const account = accountOf(principal)
  const bucket = { name: input.Bucket, account, region: location, createdAt: clock.now() }
  const there = await repository.insertBucket(bucket)
  if (there !== undefined) {
    if (there.account !== account) throw bucketAlreadyExists(input.Bucket)
    // SPEC: in us-east-1 a bucket that is one's own already is answered as if it had been made.
    if (region !== FIRST_REGION || there.region !== FIRST_REGION) throw bucketAlreadyOwnedByYou(input.Bucket)
  }
  return { output: { Location: `/${input.Bucket}` } }
}

const FIRST_REGION = 'us-east-1'

function refuseUnsupported(input: CreateBucketInput): void {
  if (input.ObjectLockEnabledForBucket === true) throw notImplemented('x-amz-bucket-object-lock-enabled')
  if (input.ObjectOwnership !== undefined && input.ObjectOwnership !== 'BucketOwnerEnforced')
    throw notImplemented('x-amz-object-ownership')
  if (input.BucketNamespace !== undefined && input.BucketNamespace !== 'global')
    throw notImplemented('x-amz-bucket-namespace')
  const { Location, Bucket, Tags } = input.CreateBucketConfiguration ?? {}
  if (Location !== undefined || Bucket !== undefined || Tags !== undefined)
    throw notImplemented('CreateBucketConfiguration')
  if (asksForAcl(input) && input.ACL !== 'private') throw aclsOnCreation()
}

/** SPEC: us-east-1 is asked for by leaving the constraint out; an endpoint of another region makes buckets of that region only. */
function locationOf(constraint: string | undefined, endpoint: Region): Region {
  const given = constraint === '' ? undefined : constraint
  if (given === undefined) {
    if (endpoint !== FIRST_REGION) throw illegalLocation(undefined)
    return endpoint
  }
  const wanted = parseRegion(given === 'EU' ? 'eu-west-1' : given)
  if (wanted === undefined || wanted === FIRST_REGION) throw invalidLocationConstraint(given)
  if (endpoint !== FIRST_REGION && wanted !== endpoint) throw illegalLocation(given)
  return wanted
}
