import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Instant, instant, Secret } from '../../core/index.ts'
import { EksAuthError, type ExchangedCredentials } from '../../io/aws/index.ts'
import { createLog } from '../../io/host/index.ts'
import { type Agent, startAgent } from './index.ts'

const NOW = instant(Date.UTC(2026, 2, 1, 12))
const HOUR = 3_600_000
const NODE = 'node-1'
const LOOPBACK = { host: '127.0.0.1', port: 0 }
const SECRET_KEY = 'the-secret-key-of-a-pod-0123456789abcdef'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signed by nobody: the agent verifies no signature. */
function tokenOf(changes: Readonly<Record<string, unknown>> = {}, kubernetes: Readonly<Record<string, unknown>> = {}) {
  const claims = {
    iss: 'https://cluster.example',
    sub: 'system:serviceaccount:shop:orders',
    aud: ['pods.eks.amazonaws.com'],
    iat: NOW / 1000 - 60,
    nbf: NOW / 1000 - 60,
    exp: NOW / 1000 + 3600,
    'kubernetes.io': {
      namespace: 'shop',
      serviceaccount: { name: 'orders', uid: 'u-1' },
      pod: { name: 'orders-1', uid: 'u-2' },
      node: { name: NODE, uid: 'u-3' },
      ...kubernetes,
    },
    ...changes,
  }
  return `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}.${Buffer.alloc(256, 1).toString('base64url')}`
}

interface UnderTest {
  readonly agent: Agent
  readonly asked: string[]
  readonly lines: string[]
  /** What EKS Auth answers from now on. */
  answers: () => Promise<ExchangedCredentials>
  now: Instant
  unready: string | undefined
}

let under: UnderTest
afterEach(() => under.agent.close())

async function start(): Promise<UnderTest> {
  const asked: string[] = []
  const lines: string[] = []
  const state = { now: NOW, unready: undefined, answers: async () => credentials() } as Omit<UnderTest, 'agent'>
  const parts = {
    addresses: [LOOPBACK],
    health: LOOPBACK,
    nodeName: NODE,
    exchange: async (token: Secret) => {
      asked.push(token.reveal())
      return state.answers()
    },
    unreadiness: () => state.unready,
    clock: { now: () => state.now },
    log: createLog({ level: 'debug', format: 'json', write: (line) => lines.push(line) }),
  }
  under = Object.assign(state, { agent: await startAgent(parts), asked, lines }) as UnderTest
  return under
}

let made = 0
function credentials(): ExchangedCredentials {
  made += 1
  return {
    accessKeyId: `ASIA${String(made).padStart(16, '0')}`,
    secretAccessKey: new Secret(SECRET_KEY),
    sessionToken: new Secret('the-session-token'),
    expiresAt: instant(under.now + 6 * HOUR),
  }
}

async function ask(authorization: string | undefined, more: RequestInit = {}, path = '/v1/credentials') {
  const headers = { ...(authorization === undefined ? {} : { authorization }), ...more.headers }
  const answer = await fetch(`${under.agent.urls[0]}${path}`, { ...more, headers })
  return { status: answer.status, body: JSON.parse(await answer.text()) as Readonly<Record<string, string>> }
}

describe('the agent', () => {
  test('answers what SDKs expect of a container credentials endpoint', async () => {
    await start()
    const token = tokenOf()
    const { status, body } = await ask(token)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'])
    expect(body.Expiration).toBe('2026-03-01T18:00:00Z')
    expect(under.asked).toEqual([token])
  })

  test.each([
    ['for another audience', tokenOf({ aud: ['sts.amazonaws.com'] }), 'InvalidTokenException'],
    [
      'for several audiences',
      tokenOf({ aud: ['pods.eks.amazonaws.com', 'sts.amazonaws.com'] }),
      'InvalidTokenException',
    ],
    ['with azp for its audience', tokenOf({ aud: ['x'], azp: 'pods.eks.amazonaws.com' }), 'InvalidTokenException'],
    ['that has ended', tokenOf({ exp: NOW / 1000 - 120 }), 'ExpiredTokenException'],
    ['of later', tokenOf({ nbf: NOW / 1000 + 600 }), 'InvalidTokenException'],
    ['of no service account', tokenOf({ sub: 'system:node:node-1' }), 'InvalidTokenException'],
    ['of no pod', tokenOf({}, { pod: undefined }), 'InvalidTokenException'],
    ['of a pod on another node', tokenOf({}, { node: { name: 'node-2', uid: 'u-4' } }), 'InvalidTokenException'],
    ['that is none', 'garbage', 'InvalidTokenException'],
    ['behind a word', `Bearer ${tokenOf()}`, 'InvalidTokenException'],
  ])('refuses a token %s, and asks nobody', async (_what, token, code) => {
    await start()
    const { status, body } = await ask(token)
    expect(status).toBe(400)
    expect(body.code).toBe(code)
    expect(under.asked).toEqual([])
  })

  test('takes a token that names no node, as Kubernetes before 1.32 makes them', async () => {
    await start()
    expect((await ask(tokenOf({}, { node: undefined }))).status).toBe(200)
  })

  test.each([
    ['without a token', undefined, {}, '/v1/credentials', 401],
    ['of another method', tokenOf(), { method: 'POST' }, '/v1/credentials', 405],
    ['for another path', tokenOf(), {}, '/v1/credentials/x', 404],
    ['that was forwarded', tokenOf(), { headers: { 'x-forwarded-for': '10.0.0.1' } }, '/v1/credentials', 403],
  ])('refuses a request %s', async (_what, token, more, path, status) => {
    await start()
    expect((await ask(token, more, path)).status).toBe(status)
    expect(under.asked).toEqual([])
  })

  test('asks once for those who ask together, and again after five minutes', async () => {
    await start()
    const token = tokenOf()
    const ids = (await Promise.all([ask(token), ask(token), ask(token)])).map(({ body }) => body.AccessKeyId)
    expect(new Set(ids).size).toBe(1)
    expect(under.asked).toHaveLength(1)
    under.now = instant(NOW + 6 * 60_000)
    expect((await ask(token)).body.AccessKeyId).not.toBe(ids[0])
  })

  test('gives what it keeps for one token to no other one, whatever that says of itself', async () => {
    await start()
    await ask(tokenOf())
    under.answers = async () => {
      throw new EksAuthError('InvalidTokenException', 400, 'the signature is not that of the cluster')
    }
    const forged = tokenOf().replace(/\.[^.]*$/, `.${Buffer.alloc(256, 2).toString('base64url')}`)
    expect(await ask(forged)).toMatchObject({ status: 400, body: { code: 'InvalidTokenException' } })
    expect(under.asked).toHaveLength(2)
  })

  test('goes on with what it has while EKS Auth is away, and forgets it when EKS Auth refuses', async () => {
    await start()
    const token = tokenOf()
    const { body } = await ask(token)
    under.answers = async () => {
      throw new EksAuthError('ServiceUnavailableException', 503, 'EKS Auth cannot be reached')
    }
    under.now = instant(NOW + 30 * 60_000)
    expect((await ask(token)).body.AccessKeyId).toBe(body.AccessKeyId)
    expect(await ask(tokenOf({ jti: 'another' }))).toMatchObject({ status: 503 })
    under.answers = async () => {
      throw new EksAuthError('ResourceNotFoundException', 404, 'No pod identity association found')
    }
    expect(await ask(token)).toMatchObject({ status: 404, body: { message: 'No pod identity association found' } })
    under.answers = async () => credentials()
    expect((await ask(token)).body.AccessKeyId).not.toBe(body.AccessKeyId)
  })

  test('lets one pod ask so often and no more', async () => {
    await start()
    const answers = await Promise.all(Array.from({ length: 80 }, () => ask('garbage')))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30)
  })

  test('lets one address hold a hundred connections and no more, and answers again when they are gone', async () => {
    await start()
    const { port, hostname } = new URL(under.agent.urls[0] ?? '')
    const sockets = Array.from({ length: 120 }, () => connect(Number(port), hostname).on('error', () => undefined))
    const open = () => sockets.filter(({ closed }) => !closed).length
    await expect.poll(open).toBe(100)
    await expect(ask(tokenOf())).rejects.toThrow('fetch failed')
    for (const socket of sockets) socket.destroy()
    await expect.poll(async () => (await ask(tokenOf()).catch(() => ({ status: 0 }))).status).toBe(200)
  })

  test('ends a connection whose request does not end', async () => {
    await start()
    const { port, hostname } = new URL(under.agent.urls[0] ?? '')
    const socket = connect(Number(port), hostname).resume()
    socket.on('error', () => undefined).write('GET /v1/credentials HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    await expect.poll(() => socket.closed, { timeout: 9000 }).toBe(true)
  }, 10_000)

  test('tells the account of the role, where EKS Auth does', async () => {
    await start()
    under.answers = async () => ({ ...credentials(), account: '111122223333' })
    expect((await ask(tokenOf())).body.AccountId).toBe('111122223333')
  })

  test('says once a minute why EKS Auth cannot be asked, however many pods ask', async () => {
    await start()
    under.answers = async () => {
      throw new EksAuthError('ServiceUnavailableException', 503, 'EKS Auth cannot be reached')
    }
    const told = () => under.lines.filter((line) => line.includes('EKS Auth cannot be asked')).length
    for (const jti of ['one', 'two', 'three']) expect((await ask(tokenOf({ jti }))).status).toBe(503)
    expect(told()).toBe(1)
    under.now = instant(NOW + 61_000)
    await ask(tokenOf())
    expect(told()).toBe(2)
  })

  test('writes neither token nor secret into its log', async () => {
    await start()
    await ask(tokenOf())
    await ask('garbage')
    const log = under.lines.join('')
    expect(log).toContain('orders-1')
    for (const secret of [tokenOf(), tokenOf().split('.')[1] ?? '', SECRET_KEY, 'the-session-token'])
      expect(log).not.toContain(secret)
  })

  test('is healthy from the start, and ready when it has credentials of its own', async () => {
    await start()
    const statusOf = async (path: string) => (await fetch(`${under.agent.healthUrl}${path}`)).status
    expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200])
    under.unready = 'no credentials'
    expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 503])
  })

  test('says which address it cannot have, and how it could', async () => {
    await start()
    const parts = {
      health: LOOPBACK,
      nodeName: NODE,
      exchange: async () => credentials(),
      unreadiness: () => undefined,
    }
    const log = createLog({ level: 'silent', format: 'json', write: () => undefined })
    const wanted = { ...parts, clock: { now: () => NOW }, log, addresses: [{ host: '169.254.170.23', port: 8080 }] }
    await expect(startAgent(wanted)).rejects.toMatchObject({
      message: 'cannot listen on 169.254.170.23 port 8080: it is not an address of this machine',
      hint: 'ip address replace 169.254.170.23/32 dev lo',
    })
  })
})
