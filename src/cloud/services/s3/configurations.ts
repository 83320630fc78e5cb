import type { ApiError } from '../../../core/index.ts'
import { noSuchConfiguration } from './errors.ts'
import type { Bucket } from './model.ts'
import { renderOwner } from './owner.ts'

/**
 * What a bucket says of itself when it was never configured. Terraform and other clients read all of these after each change
 * and go by the code of what is missing. Nothing of it can be set here.
 */
interface Configuration {
  /** IAM action, where it is not `s3:` and the name of the operation. */
  readonly action: string
  answer(bucket: Bucket): Record<string, unknown> | ApiError
}

const missing = (code: string, message: string) => (bucket: Bucket) => noSuchConfiguration(code, message, bucket)

export const CONFIGURATIONS = {
  GetBucketAccelerateConfiguration: { action: 's3:GetAccelerateConfiguration', answer: () => ({}) },
  GetBucketAcl: { action: 's3:GetBucketAcl', answer: (bucket) => fullControl(bucket) },
  GetBucketCors: {
    action: 's3:GetBucketCORS',
    answer: missing('NoSuchCORSConfiguration', 'The CORS configuration does not exist'),
  },
  GetBucketEncryption: {
    action: 's3:GetEncryptionConfiguration',
    answer: () => ({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
      },
    }),
  },
  GetBucketLifecycleConfiguration: {
    action: 's3:GetLifecycleConfiguration',
    answer: missing('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'),
  },
  GetBucketLogging: { action: 's3:GetBucketLogging', answer: () => ({}) },
  GetBucketNotificationConfiguration: { action: 's3:GetBucketNotification', answer: () => ({}) },
  GetBucketOwnershipControls: {
    action: 's3:GetBucketOwnershipControls',
    answer: () => ({ OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }),
  },
  GetBucketReplication: {
    action: 's3:GetReplicationConfiguration',
    answer: missing('ReplicationConfigurationNotFoundError', 'The replication configuration was not found'),
  },
  GetBucketRequestPayment: { action: 's3:GetBucketRequestPayment', answer: () => ({ Payer: 'BucketOwner' }) },
  GetBucketTagging: { action: 's3:GetBucketTagging', answer: missing('NoSuchTagSet', 'The TagSet does not exist') },
  GetBucketVersioning: { action: 's3:GetBucketVersioning', answer: () => ({}) },
  GetBucketWebsite: {
    action: 's3:GetBucketWebsite',
    answer: missing('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'),
  },
  GetObjectLockConfiguration: {
    action: 's3:GetBucketObjectLockConfiguration',
    answer: missing('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'),
  },
  GetPublicAccessBlock: {
    action: 's3:GetBucketPublicAccessBlock',
    answer: missing('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'),
  },
} as const satisfies Record<string, Configuration>

/** As for a bucket: an object's too is the owner's alone. */
export const OBJECT_CONFIGURATIONS = {
  GetObjectAcl: {
    action: 's3:GetObjectAcl',
    onVersion: 's3:GetObjectVersionAcl',
    answer: (bucket) => fullControl(bucket),
  },
  GetObjectTagging: {
    action: 's3:GetObjectTagging',
    onVersion: 's3:GetObjectVersionTagging',
    answer: () => ({ TagSet: [] }),
  },
} as const satisfies Record<string, Configuration & { readonly onVersion: string }>

function fullControl({ account }: Bucket): Record<string, unknown> {
  const owner = renderOwner(account)
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] }
}
