import { parseArn } from '../../core/index.ts'

/** The bucket that an ARN of S3 is about; undefined for any other resource. */
export function bucketOf(arn: string): string | undefined {
  const parts = parseArn(arn)
  const [bucket = ''] = parts?.resource.split('/') ?? []
  return parts?.service === 's3' && /^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket) ? bucket : undefined
}
