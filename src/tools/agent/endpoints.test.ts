import { describe, expect, it } from 'vitest'
import { findEndpoints } from './endpoints.ts'
import type { AgentOptions } from './model.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
const OWN = 'https://openirsa.example:4566'

async function endpointsOf(environment: Readonly<Record<string, string>>, more: Partial<AgentOptions> = {}) {
  const { eksAuth, sts } = await findEndpoints({
    clusterName: 'production',
    region: 'eu-central-1',
    addresses: [LOOPBACK],
    health: LOOPBACK,
    logLevel: 'info',
    say: () => undefined,
    environment,
    ...more,
  })
  return [eksAuth.endpoint, sts.endpoint]
}

describe('where the agent asks', () => {
  it.each([
    ['eu-central-1', 'https://eks-auth.eu-central-1.api.aws', 'https://sts.eu-central-1.amazonaws.com'],
    [
      'cn-north-1',
      'https://eks-auth.cn-north-1.api.amazonwebservices.com.cn',
      'https://sts.cn-north-1.amazonaws.com.cn',
    ],
    ['us-gov-west-1', 'https://eks-auth.us-gov-west-1.api.aws', 'https://sts.us-gov-west-1.amazonaws.com'],
  ])('in %s, AWS is at its own names', async (region, eksAuth, sts) => {
    expect(await endpointsOf({}, { region })).toEqual([eksAuth, sts])
  })

  it('a flag wins over the variable of a service, and that over the one of all', async () => {
    const environment = { AWS_ENDPOINT_URL: 'https://all.example', AWS_ENDPOINT_URL_EKS_AUTH: 'https://one.example' }
    expect(await endpointsOf(environment)).toEqual(['https://one.example', 'https://all.example'])
    expect(await endpointsOf(environment, { endpoint: OWN })).toEqual([OWN, OWN])
  })

  it.each(['http://127.0.0.1:4566', 'http://[::1]:4566', 'http://localhost:4566'])(
    'on this machine, %s is good enough',
    async (endpoint) => {
      expect(await endpointsOf({}, { endpoint })).toEqual([endpoint, endpoint])
    },
  )

  it.each(['http://10.0.0.1:4566', 'http://openirsa.example', 'http://169.254.170.2', 'http://localhost.example'])(
    'beyond it, %s would tell tokens in the clear, and is refused',
    async (endpoint) => {
      await expect(endpointsOf({}, { endpoint })).rejects.toThrow('in the clear')
      await expect(endpointsOf({ AWS_ENDPOINT_URL_STS: endpoint })).rejects.toThrow('in the clear')
    },
  )

  it.each(['openirsa.example', 'https://openirsa.example/path', 'https://a:b@openirsa.example', 'ftp://x'])(
    '%s is no endpoint',
    async (endpoint) => {
      await expect(endpointsOf({}, { endpoint })).rejects.toThrow('is no endpoint')
    },
  )
})
