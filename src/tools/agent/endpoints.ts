import { readFile } from 'node:fs/promises'
import { ConfigError, dnsSuffixOf, parseRegion, partitionOf } from '../../core/index.ts'
import type { Wire } from '../../io/aws/index.ts'
import type { AgentOptions } from './model.ts'

export interface Endpoints {
  readonly eksAuth: Wire
  readonly sts: Wire
}

/** Where AWS's SDKs would go. @throws ConfigError for an address, or a file of certificates, that cannot be used */
export async function findEndpoints({ region, endpoint, environment }: AgentOptions): Promise<Endpoints> {
  const place = parseRegion(region)
  if (place === undefined)
    throw new ConfigError(`\`${region.slice(0, 60)}\` is no region`, { hint: 'give --region, or set AWS_REGION' })
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EKS_AUTH, AWS_ENDPOINT_URL_STS, AWS_CA_BUNDLE } = environment
  const every = endpoint ?? AWS_ENDPOINT_URL
  const trust = AWS_CA_BUNDLE === undefined || AWS_CA_BUNDLE === '' ? {} : { authority: await readPem(AWS_CA_BUNDLE) }
  const suffix = dnsSuffixOf(partitionOf(place))
  // SPEC: EKS Auth has dual-stack names alone. @see https://docs.aws.amazon.com/general/latest/gr/eks.html
  const own = { eksAuth: `https://eks-auth.${region}.api.${suffix === 'amazonaws.com' ? 'aws' : suffix}` }
  return {
    eksAuth: { endpoint: usable(endpoint ?? AWS_ENDPOINT_URL_EKS_AUTH ?? every ?? own.eksAuth), ...trust },
    sts: { endpoint: usable(endpoint ?? AWS_ENDPOINT_URL_STS ?? every ?? `https://sts.${region}.${suffix}`), ...trust },
  }
}

function usable(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/')
    return url.origin
  throw new ConfigError(`\`${address.slice(0, 200)}\` is no endpoint: expected such as https://openirsa.example:4566`)
}

async function readPem(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(`AWS_CA_BUNDLE cannot be read: ${path}: ${cause.code ?? cause.message}`, { cause })
  })
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new ConfigError(`AWS_CA_BUNDLE: ${path} holds no certificate in PEM`)
  return text
}
