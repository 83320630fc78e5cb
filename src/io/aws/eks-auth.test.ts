import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { instant, Secret } from '../../core/index.ts'
import { assumeRoleForPodIdentity, CallerRefusedError, EksAuthError } from './eks-auth.ts'

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'
const GIVEN = {
  assumedRoleUser: { arn: 'arn:aws:sts::111122223333:assumed-role/orders/eks-x', assumeRoleId: 'AROA:eks-x' },
  credentials: { accessKeyId: 'ASIAX', secretAccessKey: 'key', sessionToken: 'session', expiration: 1772366400.5 },
}

let server: Server | undefined
afterEach(() => server?.close())

interface Answer {
  readonly status: number
  readonly type?: string
  readonly body: unknown
}

/** EKS Auth's side of the wire, with one answer. */
async function startEksAuth({ status, type, body }: Answer) {
  const asked: { readonly request: IncomingMessage; readonly body: string }[] = []
  const made = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      asked.push({ request, body: text })
      response.writeHead(status, type === undefined ? {} : { 'x-amzn-ErrorType': type })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return { asked, endpoint: `http://127.0.0.1:${(made.address() as AddressInfo).port}` }
}

const exchangeAt = (endpoint: string) =>
  assumeRoleForPodIdentity({
    endpoint,
    region: 'eu-central-1',
    clusterName: 'production',
    token: new Secret(TOKEN),
    credentials: { accessKeyId: 'AKIAX', secretAccessKey: new Secret('own'), sessionToken: 'own-session' },
    now: instant(Date.UTC(2026, 2, 1, 12)),
  })

async function failureOf(answer: Answer): Promise<EksAuthError> {
  const { endpoint } = await startEksAuth(answer)
  const failure = await exchangeAt(endpoint).catch((thrown: unknown) => thrown)
  if (!(failure instanceof EksAuthError)) throw new Error('no failure of EKS Auth')
  return failure
}

describe('AssumeRoleForPodIdentity', () => {
  it('is sent to the cluster, signed for EKS Auth, with nothing but the token', async () => {
    const { asked, endpoint } = await startEksAuth({ status: 200, body: GIVEN })
    const { secretAccessKey, ...given } = await exchangeAt(endpoint)
    expect(given).toMatchObject({ accessKeyId: 'ASIAX', expiresAt: 1772366400500, account: '111122223333' })
    expect(secretAccessKey.reveal()).toBe('key')
    const [{ request, body } = { request: undefined, body: '' }] = asked
    expect([request?.method, request?.url]).toEqual(['POST', '/clusters/production/assume-role-for-pod-identity'])
    expect(request?.headers.authorization).toContain('/20260301/eu-central-1/eks-auth/aws4_request')
    expect(request?.headers['x-amz-security-token']).toBe('own-session')
    expect(JSON.parse(body)).toEqual({ token: TOKEN })
  })

  it.each([
    [400, 'InvalidTokenException', 400],
    [404, 'ResourceNotFoundException', 404],
    [429, 'ThrottlingException', 503],
  ])('refused with %i %s, it is an error with EKS Auth’s words and the status %i', async (status, type, expected) => {
    const failure = await failureOf({ status, type: `${type}:http://internal.amazon.com/`, body: { message: 'why' } })
    expect([failure.awsCode, failure.status, failure.message]).toEqual([type, expected, 'why'])
    expect(failure).not.toBeInstanceOf(CallerRefusedError)
  })

  it('refused because of who asks, it is told apart from what is wrong with a pod', async () => {
    const failure = await failureOf({ status: 403, type: 'UnrecognizedClientException', body: { message: 'invalid.' } })
    expect(failure).toBeInstanceOf(CallerRefusedError)
    expect([failure.status, failure.message]).toEqual([
      503,
      'the agent itself is refused: UnrecognizedClientException: invalid.',
    ])
  })

  it.each([
    ['an outage', { status: 503, body: { message: 'back off' } }, 'back off'],
    ['an answer without credentials', { status: 200, body: {} }, 'EKS Auth gives an answer without credentials'],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, 'EKS Auth gives an answer without credentials'],
    ['a refusal that is no JSON', { status: 502, body: '<html>' }, 'EKS Auth answers 502'],
  ])('%s is one, whatever it looks like', async (_what, answer, message) => {
    expect(await failureOf(answer)).toMatchObject({ status: 503, awsCode: 'ServiceUnavailableException', message })
  })

  it('unreachable, it says where and why, and nothing of the token', async () => {
    const { endpoint } = await startEksAuth({ status: 200, body: GIVEN })
    await new Promise((closed) => server?.close(closed))
    const failure = (await exchangeAt(endpoint).catch((thrown: unknown) => thrown)) as EksAuthError
    expect(failure.status).toBe(503)
    expect(failure.message).toBe(`EKS Auth at ${endpoint} cannot be reached: ECONNREFUSED`)
    expect(JSON.stringify(failure)).not.toContain(TOKEN)
  })
})
