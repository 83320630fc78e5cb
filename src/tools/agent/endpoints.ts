import { readFile } from 'node:fs/promises'
import { ConfigError, dnsSuffixOf, type Partition, parseRegion, partitionOf } from '../../core/index.ts'
import type { Wire } from '../../io/aws/index.ts'
import { isLoopback } from '../../io/http/index.ts'
import type { AgentOptions } from './model.ts'

export interface Endpoints {
  readonly eksAuth: Wire
  readonly sts: Wire
}

/** SPEC: EKS Auth has dual-stack names alone. @see https://docs.aws.amazon.com/general/latest/gr/eks.html */
const DUAL_STACK_SUFFIXES = {
  aws: 'api.aws',
  'aws-cn': 'api.amazonwebservices.com.cn',
  'aws-us-gov': 'api.aws',
} as const satisfies Record<Partition, string>

/** Where AWS's SDKs would go. @throws ConfigError for an address, or a file of certificates, that cannot be used */
export async function findEndpoints({ region, endpoint, environment }: AgentOptions): Promise<Endpoints> {
  const place = parseRegion(region)
  if (place === undefined)
    throw new ConfigError(`\`${region.slice(0, 60)}\` is no region`, { hint: 'give --region, or set AWS_REGION' })
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EKS_AUTH, AWS_ENDPOINT_URL_STS, AWS_CA_BUNDLE } = environment
  const every = endpoint ?? AWS_ENDPOINT_URL
  const trust = AWS_CA_BUNDLE === undefined || AWS_CA_BUNDLE === '' ? {} : { authority: await readPem(AWS_CA_BUNDLE) }
  const partition = partitionOf(place)
  const atAws = {
    eksAuth: `https://eks-auth.${region}.${DUAL_STACK_SUFFIXES[partition]}`,
    sts: `https://sts.${region}.${dnsSuffixOf(partition)}`,
  }
  return {
    eksAuth: { endpoint: usable(endpoint ?? AWS_ENDPOINT_URL_EKS_AUTH ?? every ?? atAws.eksAuth), ...trust },
    sts: { endpoint: usable(endpoint ?? AWS_ENDPOINT_URL_STS ?? every ?? atAws.sts), ...trust },
  }
}

/** INVARIANT: tokens and secret keys leave this machine over TLS alone. */
function usable(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !['https:', 'http:'].includes(url.protocol) || url.pathname !== '/' || url.username !== '')
    throw new ConfigError(`\`${address.slice(0, 200)}\` is no endpoint: expected such as https://openirsa.example:4566`)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (url.protocol === 'http:' && host !== 'localhost' && !isLoopback(host))
    throw new ConfigError(`\`${url.origin}\` would be told tokens in the clear: expected https beyond this machine`, {
      hint: 'name its https address, and with AWS_CA_BUNDLE the authority of its certificate',
    })
  return url.origin
}

async function readPem(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(`AWS_CA_BUNDLE cannot be read: ${path}: ${cause.code ?? cause.message}`, { cause })
  })
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new ConfigError(`AWS_CA_BUNDLE: ${path} holds no certificate in PEM`)
  return text
}
