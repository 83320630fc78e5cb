/** The agent of a node, the cloud half, and an SDK that asks the agent as it asks EKS': the command, over the wire. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeletePodIdentityAssociationCommand } from '@aws-sdk/client-eks'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromHttp } from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openirsa, type Started, start, temporaryDirectory, until } from '../cli/command.ts'
import { createProvider, createRole, roleArn, subjectOf, trust } from './circle.ts'
import { clientsOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation, REGION } from './installation.ts'
import { associate, CLUSTER, CLUSTER_ARN, createPodRole, POD, podToken } from './pod-identity-cast.ts'

const AGENT = 'openirsa-agent/openirsa-agent'

let at: InstallationUnderTest
let agent: Started
const directory = temporaryDirectory()
const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const ownToken = join(directory.path, 'own-token')

beforeAll(async () => {
  at = await openInstallation({})
  await createProvider(at, at.facts.issuer, {})
  const may = [{ Effect: 'Allow', Action: 'eks-auth:AssumeRoleForPodIdentity', Resource: CLUSTER_ARN }]
  const lets = trust({ issuer: at.facts.issuer, subject: subjectOf(AGENT) })
  await createRole(at, { name: 'node-agent', trust: [lets], may })
  await createPodRole(at, 'orders')
  agent = startAgent(ownIdentity())
  await until('the agent', () => agent.out().includes('health on'))
})
afterAll(async () => {
  agent.child.kill('SIGTERM')
  await agent.ended
  await at.close()
  directory.remove()
})

/** As the manifest sets it up: a token of the agent's own service account, for a role that may ask EKS Auth and nothing else. */
function ownIdentity(): Readonly<Record<string, string>> {
  const [namespace = '', serviceAccount = ''] = AGENT.split('/')
  writeFileSync(ownToken, podToken(at, { namespace, serviceAccount, audiences: ['sts.amazonaws.com'], pod: 'none' }))
  return { AWS_ROLE_ARN: roleArn('node-agent'), AWS_WEB_IDENTITY_TOKEN_FILE: ownToken }
}

const words = (...more: readonly string[]): readonly string[] => [
  ...['serve', 'agent', '--cluster-name', CLUSTER, '--region', REGION, '--endpoint', at.facts.endpoint],
  ...more,
]
const LOOPBACK = ['--listen', '127.0.0.1:0', '--health-listen', '127.0.0.1:0']

const startAgent = (environment: Readonly<Record<string, string>>): Started =>
  start(words(...LOOPBACK, '--node-name', 'node-1'), { environment })
const urlOf = (started: Started): string => /credentials on (\S+)/.exec(started.out())?.[1] ?? ''

const ask = async (token: string) => {
  const answer = await fetch(`${urlOf(agent)}/v1/credentials`, { headers: { authorization: token } })
  return { status: answer.status, body: JSON.parse(await answer.text()) as Readonly<Record<string, string>> }
}

/** Who the SDK says it is, with nothing but what the webhook sets in a pod. */
async function whoIs(token: string): Promise<string | undefined> {
  const file = join(directory.path, `token-${crypto.randomUUID()}`)
  writeFileSync(file, token)
  chmodSync(file, 0o600)
  const credentials = fromHttp({
    awsContainerCredentialsFullUri: `${urlOf(agent)}/v1/credentials`,
    awsContainerAuthorizationTokenFile: file,
  })
  const sts = new STSClient({ region: REGION, endpoint: at.facts.endpoint, credentials })
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn
}

describe('a pod that asks the agent of its node', () => {
  test('is refused as long as there is no association, in words that say so', async () => {
    expect(await ask(podToken(at))).toMatchObject({
      status: 404,
      body: { code: 'ResourceNotFoundException', message: expect.stringContaining('shop/orders') },
    })
  })

  test('gets the role of its association, through the SDK as it is', async () => {
    await associate(at, { roleArn: roleArn('orders') })
    const session = new RegExp(`^arn:aws:sts::${ACCOUNT}:assumed-role/orders/eks-${CLUSTER}-${POD.name.slice(0, 10)}-`)
    expect(await whoIs(podToken(at))).toMatch(session)
  })

  test.each([
    ['for STS', { audiences: ['sts.amazonaws.com'] }],
    ['of no pod', { pod: 'none' }],
  ] as const)('is refused with a token %s', async (_what, wanted) => {
    expect((await ask(podToken(at, wanted))).status).toBe(400)
  })

  test('is refused with a token that the cluster did not sign', async () => {
    const [head, claims, signature = ''] = podToken(at).split('.')
    const turned = `${head}.${claims}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
    expect(await ask(turned)).toMatchObject({ status: 400, body: { code: 'InvalidTokenException' } })
  })

  test('is refused when its association is gone, and the SDK says why', async () => {
    const gone = await associate(at, { roleArn: roleArn('orders'), serviceAccount: 'gone' })
    const input = { clusterName: CLUSTER, associationId: gone?.associationId ?? '' }
    expect(await whoIs(podToken(at, { serviceAccount: 'gone' }))).toContain('assumed-role/orders/')
    await clientsOf(at).eks.send(new DeletePodIdentityAssociationCommand(input))
    await expect(whoIs(podToken(at, { serviceAccount: 'gone' }))).rejects.toMatchObject({
      Code: 'ResourceNotFoundException',
      Message: expect.stringContaining('No pod identity association'),
    })
  })
})

describe('openirsa serve agent', () => {
  test('is ready when it has credentials of its own', async () => {
    const health = /health on (\S+)/.exec(agent.out())?.[1] ?? ''
    await expect.poll(async () => (await fetch(`${health}/readyz`)).status, { timeout: 10_000 }).toBe(200)
    expect(agent.out()).toContain(`asking EKS Auth as ${roleArn('node-agent')}`)
  })

  test('whose role may not ask EKS Auth gives nobody anything, and is not to blame on the pod', async () => {
    await createRole(at, { name: 'idle', trust: [trust({ issuer: at.facts.issuer, subject: subjectOf(AGENT) })] })
    const idle = startAgent({ ...ownIdentity(), AWS_ROLE_ARN: roleArn('idle') })
    await until('the agent', () => idle.out().includes('health on'))
    const answer = await fetch(`${urlOf(idle)}/v1/credentials`, { headers: { authorization: podToken(at) } })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('AccessDeniedException')])
    idle.child.kill('SIGTERM')
    const { code, err } = await idle.ended
    expect(code).toBe(0)
    expect(err).not.toContain(podToken(at).split('.')[0])
  })

  test('ends upon SIGTERM with 0, its token nowhere in what it wrote', async () => {
    const own = startAgent(ownIdentity())
    await until('the agent', () => own.out().includes('health on'))
    own.child.kill('SIGTERM')
    expect((await own.ended).code).toBe(0)
  })

  test.each([
    ['without an identity of its own', LOOPBACK, {}, /AWS_WEB_IDENTITY_TOKEN_FILE/],
    [
      'on an address that the machine has not',
      ['--listen', '192.0.2.1:8080'],
      KEYS,
      /ip address replace 192.0.2.1\/32 dev lo/,
    ],
    ['on what is no address', ['--listen', 'localhost:80'], KEYS, /expected ADDRESS:PORT/],
    ['with no region', [...LOOPBACK, '--region', 'nowhere'], KEYS, /no region/],
    ['with an endpoint that is none', [...LOOPBACK, '--endpoint', 'ftp://x'], KEYS, /no endpoint/],
  ])('%s it ends with 2 and the way out', async (_what, more, environment, says) => {
    const { code, err } = await openirsa(words(...more), { environment })
    expect(err).toMatch(says)
    expect(code).toBe(2)
  })
})
