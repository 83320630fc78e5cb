import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Region } from '../../core/index.ts'
import { type ChildIdentity, planEnvironment } from './environment.ts'

const identity: ChildIdentity = {
  serviceAccount: { namespace: 'shop', name: 'orders' },
  roleArn: 'arn:aws:iam::000000000000:role/orders',
  region: 'us-east-1' as Region,
  endpoint: 'http://127.0.0.1:4566',
  tokenFile: '/tmp/x/token',
  emptyFile: '/tmp/x/empty',
  sessionSuffix: '0a1b2c3d',
  stsRegionalEndpoints: 'regional',
}

describe('what the command sees', () => {
  test('is what the pod identity webhook sets, and where the endpoint is', () => {
    expect(planEnvironment({}, identity).variables).toEqual({
      AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/orders',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/tmp/x/token',
      AWS_ROLE_SESSION_NAME: 'shop.orders-0a1b2c3d',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_STS_REGIONAL_ENDPOINTS: 'regional',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/tmp/x/empty',
      AWS_CONFIG_FILE: '/tmp/x/empty',
    })
  })

  test("keeps the caller's own variables", () => {
    expect(planEnvironment({ PATH: '/bin', HOME: '/h' }, identity).variables).toMatchObject({
      PATH: '/bin',
      HOME: '/h',
    })
  })

  test.each([
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
    'AWS_DEFAULT_PROFILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_ENDPOINT_URL_S3',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ])('%s of the caller is withheld, and named', (name) => {
    const plan = planEnvironment({ [name]: 'a-secret' }, identity)
    expect(plan.variables).not.toHaveProperty(name)
    expect(plan.withheld).toEqual([name])
  })

  test('profiles stay only when that is asked for', () => {
    const { emptyFile: _, ...keeping } = identity
    const { variables } = planEnvironment({ AWS_CONFIG_FILE: '/home/me/aws' }, keeping)
    expect(variables.AWS_CONFIG_FILE).toBe('/home/me/aws')
    expect(variables).not.toHaveProperty('AWS_SHARED_CREDENTIALS_FILE')
  })

  test('the CA comes with an https endpoint', () => {
    const { variables } = planEnvironment({}, { ...identity, endpoint: 'https://127.0.0.1:4566', caFile: '/d/ca.pem' })
    expect([variables.AWS_CA_BUNDLE, variables.NODE_EXTRA_CA_CERTS]).toEqual(['/d/ca.pem', '/d/ca.pem'])
  })

  test('a proxy of the caller is not asked for this machine’s endpoint', () => {
    const { variables } = planEnvironment(
      { https_proxy: 'http://proxy:3128', NO_PROXY: 'example.com,10.0.0.1' },
      identity,
    )
    expect(variables.NO_PROXY).toBe('example.com,10.0.0.1,127.0.0.1')
    expect(variables.no_proxy).toBe(variables.NO_PROXY)
    expect(planEnvironment({ NO_PROXY: 'example.com' }, identity).variables.NO_PROXY).toBe('example.com')
  })

  test('every service account gives a session name that AWS STS accepts, and its suffix is whole', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,63}$/)
    fc.assert(
      fc.property(name, fc.stringMatching(/^[a-z0-9](\.?[a-z0-9]){0,126}$/), (namespace, account) => {
        const { variables } = planEnvironment({}, { ...identity, serviceAccount: { namespace, name: account } })
        expect(variables.AWS_ROLE_SESSION_NAME).toMatch(/^[\w+=,.@-]{2,64}$/)
        expect(variables.AWS_ROLE_SESSION_NAME?.endsWith('-0a1b2c3d')).toBe(true)
      }),
    )
  })
})
