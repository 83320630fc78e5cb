import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateSigningKey } from '../../src/cluster/issuer/index.ts'
import { createAdministratorCalls } from '../../src/io/aws/index.ts'
import { systemClock } from '../../src/io/host/index.ts'
import { mintAuthority, mintServer } from '../../src/io/http/mint-certificate.ts'
import { mintOptions } from '../../src/io/http/testing/issuer-under-test.ts'
import { readFacts } from '../../src/io/installation/index.ts'
import { mintToken, renderJwkSet } from '../../src/standards/oidc/index.ts'
import { openirsa, temporaryDirectory, type Up, up } from './command.ts'

const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const SUBJECT = 'system:serviceaccount:shop:orders'
const ACCOUNT = '444455556666'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders`

const directory = temporaryDirectory()
const data = join(directory.path, 'data')
const kubeconfig = join(directory.path, 'kubeconfig')
const key = generateSigningKey('ES256')
let running: Up

/** An API server with a certificate of its own authority: discovery, keys, and TokenReview for who shows the token of the kubeconfig. */
const api = { server: undefined as unknown as Server, reviews: 0, isPodThere: true, isSilent: false }

async function startApi(): Promise<void> {
  const authority = await mintAuthority(mintOptions())
  api.server = createServer(await mintServer(authority, ['127.0.0.1'], mintOptions()), (request, response) => {
    if (api.isSilent || request.headers.authorization !== 'Bearer kube-canary') return void request.socket.destroy()
    const answer = (text: string): void => void response.setHeader('Content-Type', 'application/json').end(text)
    if (request.url === '/.well-known/openid-configuration')
      return answer(JSON.stringify({ issuer: ISSUER, jwks_uri: 'https://10.0.0.1:6443/openid/v1/jwks' }))
    if (request.url === '/openid/v1/jwks') return answer(renderJwkSet([key]))
    if (request.url !== '/apis/authentication.k8s.io/v1/tokenreviews') return void response.writeHead(404).end()
    api.reviews += 1
    const user = { username: SUBJECT }
    const yes = { authenticated: true, audiences: ['sts.amazonaws.com'], user }
    return answer(JSON.stringify({ status: api.isPodThere ? yes : { authenticated: false, error: 'invalidated' } }))
  })
  await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve))
  const { port } = api.server.address() as AddressInfo
  const ca = Buffer.from(authority.cert).toString('base64')
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: kind
contexts: [{name: kind, context: {cluster: kind, user: kind}}]
clusters: [{name: kind, cluster: {server: "https://127.0.0.1:${port}", certificate-authority-data: ${ca}}}]
users: [{name: kind, user: {token: kube-canary}}]
`,
  )
}

const ACCOUNTS = ['--account', '111122223333', '--account', ACCOUNT]
const cluster = (...words: readonly string[]) => openirsa(['cluster', ...words, '--data-dir', data])

beforeAll(async () => {
  await startApi()
  running = await up(data, ...ACCOUNTS)
})
afterAll(async () => {
  await running.stop()
  api.server.closeAllConnections()
  api.server.close()
  directory.remove()
})

function token(more: Readonly<Record<string, unknown>> = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const pod = { namespace: 'shop', pod: { name: 'p', uid: 'u' }, serviceaccount: { name: 'orders', uid: 'u' } }
  const times = { iat: now, nbf: now, exp: now + 3600 }
  return mintToken(
    { aud: ['sts.amazonaws.com'], ...times, iss: ISSUER, 'kubernetes.io': pod, sub: SUBJECT, ...more },
    key,
  )
}

async function exchange(
  jwt: string,
): Promise<{ readonly status: number; readonly text: string; readonly denial: string }> {
  const answer = await fetch(running.facts.endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'session',
      WebIdentityToken: jwt,
    }),
  })
  return { status: answer.status, text: await answer.text(), denial: answer.headers.get('x-openirsa-denial') ?? '' }
}

async function makeRole(): Promise<void> {
  const facts = { ...(await readFacts(data)), account: ACCOUNT }
  const calls = await createAdministratorCalls(facts, { dataDirectory: data, clock: systemClock })
  const host = ISSUER.replace('https://', '')
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${host}:sub`]: SUBJECT, [`${host}:aud`]: 'sts.amazonaws.com' } },
  }
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const made = await calls.iam('CreateRole', { RoleName: 'orders', AssumeRolePolicyDocument: document })
  expect(made.code).toBe('')
}

describe('a real cluster beside a running cloud half', () => {
  test('is unknown before it is added: its tokens are refused', async () => {
    expect((await exchange(token())).text).toContain('No OpenIDConnect provider found in your account')
  })

  test('is added by its kubeconfig: provider in the account, keys from its API server', async () => {
    const added = await cluster('add', 'kind', '--kubeconfig', kubeconfig, '--account', ACCOUNT, '-o', 'json')
    expect([added.code, added.err]).toEqual([0, ''])
    expect(JSON.parse(added.out)).toMatchObject({
      cluster: {
        name: 'kind',
        issuer: ISSUER,
        account: ACCOUNT,
        kubeconfig,
        context: 'kind',
        keys: { keyIds: [key.keyId] },
      },
      providerArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/kubernetes.default.svc.cluster.local`,
      provider: 'created',
    })
    await makeRole()
    const answer = await exchange(token())
    expect(answer.text).toContain(`<Arn>arn:aws:sts::${ACCOUNT}:assumed-role/orders/session</Arn>`)
    expect(api.reviews).toBe(0)
  })

  test('a token of another service account, or signed by another key, is refused', async () => {
    const other = await exchange(token({ sub: 'system:serviceaccount:shop:other' }))
    expect([other.status, other.text]).toEqual([403, expect.stringContaining('AccessDenied')])
    const [head, payload] = token().split('.')
    expect((await exchange(`${head}.${payload}.${'A'.repeat(86)}`)).text).toContain('InvalidIdentityToken')
  })

  test('its issuer cannot be had twice, and the way out is told', async () => {
    const second = await cluster('add', 'other', '--kubeconfig', kubeconfig)
    expect(second.code).toBe(1)
    expect(second.err).toContain('is already that of the cluster `kind`')
    expect(second.err).toContain('--service-account-issuer')
  })

  test('is listed and outlives a restart without its API server; its credentials are copied nowhere', async () => {
    expect((await cluster('list')).out).toMatch(/^NAME .*\nkind +https:\/\/kubernetes\.default/)
    await running.stop()
    api.isSilent = true
    running = await up(data, ...ACCOUNTS)
    expect((await exchange(token())).status).toBe(200)
    const listed = JSON.parse((await cluster('list', '-o', 'json')).out) as readonly unknown[]
    expect(listed).toMatchObject([{ name: 'kind', keys: { state: expect.stringMatching(/current|held/) as string } }])
    const grep = await openirsa(['-c', `grep -rl kube-canary ${data}; true`], { command: ['sh'] })
    expect(grep.out).toBe('')
    api.isSilent = false
  })

  test('is forgotten, and its provider stays', async () => {
    const removed = await cluster('remove', 'kind')
    expect([removed.code, removed.out]).toEqual([0, expect.stringContaining('delete-open-id-connect-provider')])
    expect((await exchange(token())).text).toContain('InvalidIdentityToken')
    expect((await cluster('list')).out).toBe('no clusters were added\n')
    expect(await cluster('remove', 'kind')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no cluster `kind`') as string,
    })
  })
})

describe('a cluster that is asked of every token', () => {
  beforeAll(async () => {
    const words = ['--kubeconfig', kubeconfig, '--account', ACCOUNT, '--verify-bound-objects', '-o', 'json']
    const added = await cluster('add', 'kind', ...words)
    expect(added.code).toBe(0)
    expect(JSON.parse(added.out)).toMatchObject({ provider: 'was-there' })
    api.reviews = 0
  })

  test('a token that it accepts is exchanged; one that is not its own is never shown to it', async () => {
    expect((await exchange(token())).status).toBe(200)
    expect(api.reviews).toBe(1)
    await exchange(token({ exp: 1 }))
    const [head, payload] = token({ jti: 'x' }).split('.')
    await exchange(`${head}.${payload}.${'A'.repeat(86)}`)
    expect(api.reviews).toBe(1)
  })

  test('a token whose pod is gone is refused as revoked, and explained', async () => {
    api.isPodThere = false
    const { status, text, denial } = await exchange(token({ jti: 'gone' }))
    expect([status, text]).toEqual([403, expect.stringContaining('<Code>IDPRejectedClaim</Code>')])
    const explained = await openirsa(['explain', denial, '--data-dir', data, '-o', 'json'])
    expect(JSON.parse(explained.out)).toMatchObject({ code: 'IRSA215', name: 'bound-object-gone', rung: 'token' })
    api.isPodThere = true
  })

  test('a token that it cannot be asked about is refused, and explained', async () => {
    api.isSilent = true
    const { status, text, denial } = await exchange(token({ jti: 'silent' }))
    expect([status, text]).toEqual([400, expect.stringContaining('<Code>IDPCommunicationError</Code>')])
    const explained = await openirsa(['explain', denial, '--data-dir', data, '-o', 'json'])
    expect(JSON.parse(explained.out)).toMatchObject({ code: 'IRSA212', name: 'unconfirmed', rung: 'token' })
    api.isSilent = false
  })
})

test('wrong usage is told with the way out, and nothing is kept', async () => {
  expect(await cluster('add', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('--kubeconfig') as string })
  const nowhere = await cluster('add', 'x', '--kubeconfig', join(directory.path, 'nowhere'))
  expect(nowhere.err).toContain('cannot be read (ENOENT)')
  const account = await cluster('add', 'x', '--kubeconfig', kubeconfig, '--account', '999999999999')
  expect(account.err).toContain('it has 111122223333, 444455556666')
  expect((await cluster('list')).out).not.toContain('x ')
})
