/** The AWS SDK's own clients, unmodified but for where they ask and that they ask once. */
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { EKSClient } from '@aws-sdk/client-eks'
import { IAMClient } from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import type { InstallationUnderTest } from './installation.ts'

export interface Clients {
  readonly iam: IAMClient
  readonly sts: STSClient
  readonly s3: S3Client
  readonly eks: EKSClient
  readonly cloudtrail: CloudTrailClient
}

/** Clients of those credentials, the administrator's unless told otherwise. */
export function clientsOf(
  at: InstallationUnderTest,
  { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials = at.administrator(),
): Clients {
  const options = {
    endpoint: at.facts.endpoint,
    region: at.facts.region,
    maxAttempts: 1,
    // The SDK signs by this machine's clock, the installation judges by its own.
    systemClockOffset: at.clock.now() - Date.now(),
    credentials: {
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  }
  return {
    iam: new IAMClient(options),
    sts: new STSClient(options),
    s3: new S3Client(options),
    eks: new EKSClient(options),
    // AWS allows two look-ups a second: the SDK waits when it is told so.
    cloudtrail: new CloudTrailClient({ ...options, maxAttempts: 6 }),
  }
}

/** What an SDK call was answered, also when it was refused. */
export interface SdkAnswer {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly denial: string
}

interface SdkFailure {
  readonly name: string
  readonly message: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

/** The refusal of a call that must not pass. */
export async function refusalOf(call: Promise<unknown>): Promise<SdkAnswer> {
  try {
    await call
  } catch (failure) {
    const { name, message, $metadata, $response } = failure as SdkFailure
    if ($metadata?.httpStatusCode === undefined) throw failure
    return {
      status: $metadata.httpStatusCode,
      code: name,
      message,
      denial: $response?.headers?.['x-openirsa-denial'] ?? '',
    }
  }
  throw new Error('the call was allowed')
}
