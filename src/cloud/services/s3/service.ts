import { ApiError } from '../../../core/index.ts'
import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Authentication, Operation, Service } from '../../operation.ts'
import { refuseS3 } from '../../refusal/index.ts'
import { createBucketPolicies } from './bucket-policy.ts'
import { CONFIGURATIONS, OBJECT_CONFIGURATIONS } from './configurations.ts'
import type { BucketInput, ObjectInput, S3Options } from './model.ts'
import { openObjectFiles } from './object-files.ts'
import { type CopyObjectInput, copyObject } from './operations/copy-object.ts'
import { type CreateBucketInput, createBucket } from './operations/create-bucket.ts'
import { deleteBucket } from './operations/delete-bucket.ts'
import { deleteBucketPolicy } from './operations/delete-bucket-policy.ts'
import { type DeleteObjectInput, deleteObject } from './operations/delete-object.ts'
import { type DeleteObjectsInput, deleteObjects } from './operations/delete-objects.ts'
import { getBucketLocation } from './operations/get-bucket-location.ts'
import { getBucketPolicy } from './operations/get-bucket-policy.ts'
import { type GetObjectInput, getObject, headObject } from './operations/get-object.ts'
import { headBucket } from './operations/head-bucket.ts'
import { type ListBucketsInput, listBuckets } from './operations/list-buckets.ts'
import { type ListObjectsInput, listObjects } from './operations/list-objects.ts'
import { type ListObjectsV2Input, listObjectsV2 } from './operations/list-objects-v2.ts'
import { type PutBucketPolicyInput, putBucketPolicy } from './operations/put-bucket-policy.ts'
import { type PutObjectInput, putObject } from './operations/put-object.ts'
import type { S3Parts } from './parts.ts'
import { createRepository } from './repository.ts'
import {
  listingKeys,
  onBucket,
  onObject,
  toCopyObject,
  toCreateBucket,
  toDeleteObject,
  toDeleteObjects,
  toGetObject,
  toListBuckets,
  toPutObject,
} from './requires.ts'
import { getObject as findOrRefuse, getBucket } from './scope.ts'
import { s3Migrations } from './tables.ts'
import { bucketRead, bucketWrite, objectRead, objectWrite } from './trail.ts'
import { checkVersion } from './versions.ts'

/** The one service that answers callers who show nothing: to them, what a bucket policy opens to everybody. */
const signedOrNot: Authentication = { by: 'sigv4', orAnonymous: true }

/** Its longest body is DeleteObjects with 1,000 keys of 1,024 bytes, all of them written as character references. */
const LONGEST_BODY = 8 * 1024 * 1024

/** S3 over a store and a directory. Runs its migrations, and removes the files that a crash left behind. */
export async function createS3({ store, objectDirectory, clock, randomness, identity }: S3Options): Promise<Service> {
  await store.migrate(s3Migrations)
  const repository = createRepository(store)
  const files = await openObjectFiles(objectDirectory, randomness)
  await files.sweep(repository.filesInUse)
  const parts: S3Parts = { repository, files, policies: createBucketPolicies(), clock, identity }
  return {
    name: 's3',
    eventSource: 's3.amazonaws.com',
    model: serviceModel('s3'),
    operations: {
      ...bucketOperations(parts),
      ...policyOperations(parts),
      ...objectOperations(parts),
      ...configurationOperations(parts),
    },
    refuse: refuseS3,
    maxBodyBytes: LONGEST_BODY,
  }
}

type Operations = Record<string, Operation>

function bucketOperations(parts: S3Parts): Operations {
  return {
    ListBuckets: {
      authenticate: signedOrNot,
      requires: toListBuckets,
      perform: (call, principal) => listBuckets(parts, call, principal),
      trail: bucketRead,
    } satisfies Operation<ListBucketsInput>,
    CreateBucket: {
      authenticate: signedOrNot,
      requires: toCreateBucket(parts),
      perform: (call, principal) => createBucket(parts, call, principal),
      trail: bucketWrite,
    } satisfies Operation<CreateBucketInput>,
    DeleteBucket: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:DeleteBucket'),
      perform: (call) => deleteBucket(parts, call),
      trail: bucketWrite,
    } satisfies Operation<BucketInput>,
    HeadBucket: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:ListBucket'),
      perform: (call) => headBucket(parts, call),
      trail: objectRead,
    } satisfies Operation<BucketInput>,
    GetBucketLocation: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:GetBucketLocation'),
      perform: (call) => getBucketLocation(parts, call),
      trail: bucketRead,
    } satisfies Operation<BucketInput>,
    ListObjects: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:ListBucket', listingKeys),
      perform: (call) => listObjects(parts, call),
      trail: objectRead,
    } satisfies Operation<ListObjectsInput>,
    ListObjectsV2: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:ListBucket', listingKeys),
      perform: (call) => listObjectsV2(parts, call),
      trail: objectRead,
    } satisfies Operation<ListObjectsV2Input>,
  }
}

function policyOperations(parts: S3Parts): Operations {
  return {
    PutBucketPolicy: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:PutBucketPolicy'),
      perform: (call) => putBucketPolicy(parts, call),
      trail: bucketWrite,
    } satisfies Operation<PutBucketPolicyInput>,
    GetBucketPolicy: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:GetBucketPolicy'),
      perform: (call) => getBucketPolicy(parts, call),
      trail: bucketRead,
    } satisfies Operation<BucketInput>,
    DeleteBucketPolicy: {
      authenticate: signedOrNot,
      requires: onBucket(parts, 's3:DeleteBucketPolicy'),
      perform: (call) => deleteBucketPolicy(parts, call),
      trail: bucketWrite,
    } satisfies Operation<BucketInput>,
  }
}

function objectOperations(parts: S3Parts): Operations {
  return {
    PutObject: {
      authenticate: signedOrNot,
      requires: toPutObject(parts),
      perform: (call) => putObject(parts, call),
      trail: objectWrite,
    } satisfies Operation<PutObjectInput>,
    GetObject: {
      authenticate: signedOrNot,
      requires: toGetObject(parts),
      perform: (call, principal, judged) => getObject(parts, call, principal, judged),
      trail: objectRead,
    } satisfies Operation<GetObjectInput>,
    HeadObject: {
      authenticate: signedOrNot,
      requires: toGetObject(parts),
      perform: (call, principal, judged) => headObject(parts, call, principal, judged),
      trail: objectRead,
    } satisfies Operation<GetObjectInput>,
    CopyObject: {
      authenticate: signedOrNot,
      requires: toCopyObject(parts),
      perform: (call, principal, judged) => copyObject(parts, call, principal, judged),
      trail: objectWrite,
    } satisfies Operation<CopyObjectInput>,
    DeleteObject: {
      authenticate: signedOrNot,
      requires: toDeleteObject(parts),
      perform: (call) => deleteObject(parts, call),
      trail: objectWrite,
    } satisfies Operation<DeleteObjectInput>,
    DeleteObjects: {
      authenticate: signedOrNot,
      requires: toDeleteObjects(parts),
      perform: (call, principal, judged) => deleteObjects(parts, call, principal, judged),
      trail: objectWrite,
    } satisfies Operation<DeleteObjectsInput>,
  }
}

/** A row for each thing that a bucket or an object here is asked about and never was configured to be. */
function configurationOperations(parts: S3Parts): Operations {
  const ofBuckets = Object.entries(CONFIGURATIONS).map(
    ([name, { action, answer }]): [string, Operation<BucketInput>] => [
      name,
      {
        authenticate: signedOrNot,
        requires: onBucket(parts, action),
        perform: async ({ input }) => answered(answer(await getBucket(parts, input.Bucket))),
        trail: bucketRead,
      },
    ],
  )
  type Versioned = ObjectInput & { readonly VersionId?: string }
  const ofObjects = Object.entries(OBJECT_CONFIGURATIONS).map(
    ([name, { action, onVersion, answer }]): [string, Operation<Versioned>] => [
      name,
      {
        authenticate: signedOrNot,
        requires: onObject<Versioned>(parts, action, onVersion),
        perform: async (call, principal, judged) => {
          const { Bucket, Key, VersionId } = call.input
          await findOrRefuse(parts, { bucket: Bucket, key: Key }, { principal, judged, call })
          checkVersion(VersionId)
          return answered(answer(await getBucket(parts, Bucket)))
        },
        trail: objectRead,
      },
    ],
  )
  return Object.fromEntries([...ofBuckets, ...ofObjects])
}

function answered(answer: Record<string, unknown> | ApiError): { readonly output: Record<string, unknown> } {
  if (answer instanceof ApiError) throw answer
  return { output: answer }
}
