import { ConfigError } from '../../core/index.ts'
import { inSomeRegion } from '../../io/aws/index.ts'
import { bucketOf } from './bucket-of.ts'
import type { FoundResource } from './source.ts'

/** The policy of a bucket, as AWS keeps it; of other resources, and without the SDK's S3 client, nothing is read. */
export async function findLiveResource(arn: string): Promise<FoundResource> {
  const bucket = bucketOf(arn)
  const sdk = bucket === undefined ? undefined : await findSdk()
  if (bucket === undefined || sdk === undefined) return { isRead: false }
  const client = await inSomeRegion((options) => new sdk.S3Client({ ...options, followRegionRedirects: true }))
  try {
    const { Policy } = await client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket }))
    return {
      ...(Policy === undefined ? {} : { policy: { name: `the policy of the bucket ${bucket}`, text: Policy } }),
      isRead: true,
    }
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    if (cause.name === 'NoSuchBucketPolicy' || cause.name === 'NoSuchBucket') return { isRead: true }
    throw new ConfigError(`AWS does not answer GetBucketPolicy of \`${bucket}\`: ${cause.name}: ${cause.message}`, {
      cause,
      hint: "reading it needs credentials of the bucket's account that may s3:GetBucketPolicy; or give it with --resource-policy",
    })
  } finally {
    client.destroy()
  }
}

type Sdk = typeof import('@aws-sdk/client-s3')

async function findSdk(): Promise<Sdk | undefined> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch {
    return undefined
  }
}
