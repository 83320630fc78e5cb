import type { WebhookSettings } from '../../cluster/webhook/index.ts'
import { ConfigError, parseAccountId } from '../../core/index.ts'

type RoleHome = NonNullable<WebhookSettings['composeRoleArn']>

/** SPEC: EC2's instance metadata service, version 2; the SDKs' variable AWS_EC2_METADATA_SERVICE_ENDPOINT moves it. */
const METADATA_ENDPOINT = 'http://169.254.169.254'
const LIMIT_MILLISECONDS = 5000
const LARGEST_DOCUMENT = 64 * 1024

/**
 * Account and partition that this machine belongs to, for roles that are named without an ARN.
 * @throws ConfigError when the metadata service does not say: without it every such pod would get nothing
 */
export async function findRoleHome(endpoint: string = METADATA_ENDPOINT): Promise<RoleHome> {
  try {
    return parseIdentityDocument(await readIdentityDocument(endpoint.replace(/\/+$/, '')))
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError('--compose-role-arn: the metadata service of this machine does not answer', {
      cause,
      hint: 'run on EC2 with IMDSv2 and a hop limit of 2, or write whole ARNs and leave the flag out',
    })
  }
}

async function readIdentityDocument(endpoint: string): Promise<string> {
  const signal = AbortSignal.timeout(LIMIT_MILLISECONDS)
  const token = await fetch(`${endpoint}/latest/api/token`, {
    method: 'PUT',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
    redirect: 'error',
    signal,
  })
  if (!token.ok) throw new TypeError(`status ${token.status}`)
  const answer = await fetch(`${endpoint}/latest/dynamic/instance-identity/document`, {
    headers: { 'X-aws-ec2-metadata-token': await token.text() },
    redirect: 'error',
    signal,
  })
  if (!answer.ok) throw new TypeError(`status ${answer.status}`)
  return (await answer.text()).slice(0, LARGEST_DOCUMENT)
}

/** The instance identity document: `accountId` and `region`. */
export function parseIdentityDocument(text: string): RoleHome {
  const document = JSON.parse(text) as Readonly<Record<string, unknown>> | null
  const { accountId, region } = document ?? {}
  const account = typeof accountId === 'string' ? parseAccountId(accountId) : undefined
  if (account === undefined || typeof region !== 'string')
    throw new ConfigError('--compose-role-arn: the identity document of this machine names no account and region')
  return { account, partition: partitionOfRegion(region) }
}

/** SPEC: the reference's table, by the beginning of the region. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eusc-', 'aws-eusc'],
]

function partitionOfRegion(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'
}
