import type { ApiCall, ApiResult, Principal } from '../../../operation.ts'
import { invalidArgument } from '../errors.ts'
import { renderOwner } from '../owner.ts'
import type { S3Parts } from '../parts.ts'
import { accountOf } from '../scope.ts'

export interface ListBucketsInput {
  readonly MaxBuckets?: number
  readonly ContinuationToken?: string
  readonly Prefix?: string
  readonly BucketRegion?: string
}

const MOST_BUCKETS = 10_000

/** The buckets of the caller's account, by name. @throws ApiError InvalidArgument */
export async function listBuckets(
  { repository }: S3Parts,
  { input }: ApiCall<ListBucketsInput>,
  principal: Principal,
): Promise<ApiResult> {
  const { MaxBuckets = MOST_BUCKETS, Prefix = '', BucketRegion } = input
  if (MaxBuckets < 1 || MaxBuckets > MOST_BUCKETS)
    throw invalidArgument(
      'max-buckets',
      String(MaxBuckets),
      'Argument max-buckets must be an integer between 1 and 10000',
    )
  const after = input.ContinuationToken === undefined ? '' : readToken(input.ContinuationToken)
  const all = (await repository.listBuckets(accountOf(principal))).filter(
    ({ name, region }) =>
      name > after && name.startsWith(Prefix) && (BucketRegion === undefined || region === BucketRegion),
  )
  const page = all.slice(0, MaxBuckets)
  const last = page.at(-1)
  return {
    output: {
      Buckets: page.map(({ name, createdAt, region }) => ({
        Name: name,
        CreationDate: createdAt,
        BucketRegion: region,
      })),
      Owner: renderOwner(accountOf(principal)),
      ...(input.Prefix === undefined ? {} : { Prefix }),
      ...(last === undefined || page.length === all.length ? {} : { ContinuationToken: writeToken(last.name) }),
    },
  }
}

const writeToken = (name: string): string => Buffer.from(name, 'utf8').toString('base64')

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString('utf8')
  if (name === '' || writeToken(name) !== token)
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect')
  return name
}
