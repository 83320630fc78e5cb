import { liveIam } from '../../io/aws/index.ts'
import { createIamSource } from './iam-source.ts'
import { findLiveResource } from './live-bucket.ts'
import type { PolicySource } from './source.ts'

/**
 * Policies as AWS keeps them, by the credentials that the AWS SDK finds by itself. It reads and changes nothing.
 * Of resources, policies of roles are read and, where the SDK's S3 client is installed, those of buckets; an organization's are not.
 * @throws ConfigError when the SDK is not installed
 */
export async function liveSource(): Promise<PolicySource> {
  const ask = await liveIam({
    by: '--live',
    hint: 'reading policies needs credentials that may iam:Get* and iam:List*',
  })
  return createIamSource({ place: 'AWS', asking: () => ask, findResource: findLiveResource })
}
