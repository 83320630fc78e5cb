import { ConfigError } from '../../core/index.ts'
import type { AskIam, IamAnswer } from './iam-reads.ts'
import { createIamSource } from './iam-source.ts'
import { findLiveResource } from './live-bucket.ts'
import type { PolicySource } from './source.ts'

/** IAM is one for all regions: who has configured none is asked where its API has always been. */
const REGION_OF_IAM = 'us-east-1'

/**
 * Policies as AWS keeps them, by the credentials that the AWS SDK finds by itself. It reads and changes nothing.
 * Of resources, policies of roles are read and, where the SDK's S3 client is installed, those of buckets; an organization's are not.
 * @throws ConfigError when the SDK is not installed
 */
export async function liveSource(): Promise<PolicySource> {
  const sdk = await loadSdk()
  const client = await createClient(sdk)
  const ask: AskIam = async (operation, input) => {
    try {
      const Command = sdk[`${operation}Command`] as unknown as new (input: unknown) => never
      return (await client.send(new Command(input))) as unknown as IamAnswer
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause
      if (cause.name === 'NoSuchEntityException') return undefined
      throw new ConfigError(`AWS does not answer ${operation}: ${cause.name}: ${cause.message}`, {
        cause,
        hint: 'reading policies needs credentials that may iam:Get* and iam:List*',
      })
    }
  }
  return createIamSource({ place: 'AWS', asking: () => ask, findResource: findLiveResource })
}

type Sdk = typeof import('@aws-sdk/client-iam')

async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-iam')
  } catch (cause) {
    throw new ConfigError('--live needs the package `@aws-sdk/client-iam`, which is not installed', {
      cause,
      hint: 'npm install @aws-sdk/client-iam',
    })
  }
}

async function createClient({ IAMClient }: Sdk): Promise<InstanceType<Sdk['IAMClient']>> {
  const client = new IAMClient({})
  try {
    await client.config.region()
    return client
  } catch {
    return new IAMClient({ region: REGION_OF_IAM })
  }
}
