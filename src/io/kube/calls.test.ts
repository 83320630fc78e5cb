import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret, seconds } from '../../core/index.ts'
import { type ExecPlugin, KubeError, RESOURCES } from './index.ts'
import { type ApiServerUnderTest, refuse, serviceAccount, startApiServer } from './testing/api-server-under-test.ts'

let api: ApiServerUnderTest
let directory: string
beforeEach(async () => {
  api = await startApiServer()
  directory = mkdtempSync(join(tmpdir(), 'openirsa-kube-'))
})
afterEach(async () => {
  await api.close()
  rmSync(directory, { recursive: true, force: true })
})

const failureOf = (work: Promise<unknown>): Promise<KubeError> =>
  work.then(
    () => expect.fail('nothing was refused'),
    (failure: unknown) => failure as KubeError,
  )
const REF = { namespace: 'shop', name: 'orders' }

describe('reading objects', () => {
  it('a path is made of group, namespace and name, and nothing in a name leads elsewhere', async () => {
    api.answer = () => serviceAccount('orders')
    const kube = api.kube({ access: { server: `${api.access.server}/k8s/clusters/c-1` } })
    await kube.get(RESOURCES.serviceAccounts, REF)
    await kube.get(RESOURCES.deployments, { namespace: 'a/b?c', name: '%2e#x' })
    expect(api.asked.map(({ path }) => path)).toEqual([
      '/k8s/clusters/c-1/api/v1/namespaces/shop/serviceaccounts/orders',
      '/k8s/clusters/c-1/apis/apps/v1/namespaces/a%2Fb%3Fc/deployments/%252e%23x',
    ])
    for (const name of ['..', '.', ''])
      await expect(kube.get(RESOURCES.pods, { namespace: 'shop', name })).rejects.toThrow(TypeError)
    await expect(kube.get(RESOURCES.pods, { name: 'x' })).rejects.toThrow('none was given')
    await expect(kube.get(RESOURCES.nodes, REF)).rejects.toThrow('are in no namespace')
  })

  it('a list is read page by page, and only what is kept of it stays', async () => {
    const pages = new Map([
      ['', { metadata: { resourceVersion: '7', continue: 'more' }, items: [serviceAccount('a'), serviceAccount('b')] }],
      ['more', { metadata: { resourceVersion: '7' }, items: [serviceAccount('c')] }],
    ])
    api.answer = ({ query }) => pages.get(query.get('continue') ?? '')
    const listed = await api.kube().list(RESOURCES.serviceAccounts, {
      pageSize: 2,
      labelSelector: 'a=b',
      keep: ({ kind, metadata }) => (metadata.name === 'b' ? undefined : `${kind} ${metadata.name}`),
    })
    expect(listed).toEqual({ items: ['ServiceAccount a', 'ServiceAccount c'], resourceVersion: '7' })
    expect(api.asked.map(({ query }) => query.toString())).toEqual([
      'labelSelector=a%3Db&limit=2',
      'labelSelector=a%3Db&limit=2&continue=more',
    ])
  })

  it('a list whose pages became too old is read anew, three times at most', async () => {
    let left = 2
    api.answer = ({ query }, response) => {
      if (!query.has('continue'))
        return { metadata: { resourceVersion: '1', continue: 'x' }, items: [serviceAccount('a')] }
      left -= 1
      return left < 0
        ? { metadata: { resourceVersion: '2' }, items: [serviceAccount('b')] }
        : refuse(response, 410, 'Expired')
    }
    const list = () => api.kube().list(RESOURCES.serviceAccounts, { keep: ({ metadata }) => metadata.name })
    expect(await list()).toEqual({ items: ['a', 'b'], resourceVersion: '2' })
    left = 99
    expect(await failureOf(list())).toMatchObject({ reason: 'gone' })
  })

  it('warnings are told, also those with quotes in them', async () => {
    const warnings: string[] = []
    api.answer = (_asked, response) => {
      response.setHeader('Warning', ['299 - "say \\"no\\""', '299 - "one", 299 - "two"'])
      return serviceAccount('orders')
    }
    await api.kube().get(RESOURCES.serviceAccounts, REF, { onWarning: (text) => warnings.push(text) })
    expect(warnings).toEqual(['say "no"', 'one', 'two'])
  })

  it('connections are kept', async () => {
    api.answer = () => serviceAccount('orders')
    const kube = api.kube()
    for (let count = 0; count < 5; count += 1) await kube.get(RESOURCES.serviceAccounts, REF)
    expect(api.connections()).toBe(1)
  })
})

describe('refusals', () => {
  it.each([
    [404, 'NotFound', 'not-found'],
    [409, 'AlreadyExists', 'already-exists'],
    [409, 'Conflict', 'conflict'],
    [403, 'Forbidden', 'forbidden'],
    [401, 'Unauthorized', 'unauthorized'],
    [410, 'Expired', 'gone'],
    [422, 'Invalid', 'invalid'],
    [400, 'BadRequest', 'bad-request'],
    [429, 'TooManyRequests', 'unavailable'],
    [500, 'InternalError', 'unavailable'],
    [504, 'Timeout', 'unavailable'],
    [302, '', 'malformed'],
  ])('%i %s is %s', async (code, reason, expected) => {
    api.answer = (_asked, response) => refuse(response, code, reason, 'because\nof this')
    const failure = await failureOf(api.kube().get(RESOURCES.pods, REF))
    expect(failure).toBeInstanceOf(KubeError)
    expect(failure).toMatchObject({ reason: expected, facts: { httpStatus: code } })
    expect(failure.message).toBe(`the API server answers ${code}: because of this`)
  })

  it('what is not there is undefined for who looks for it', async () => {
    api.answer = (_asked, response) => refuse(response, 404, 'NotFound')
    expect(await api.kube().find(RESOURCES.pods, REF)).toBeUndefined()
  })

  it('an answer that is none is malformed, and not quoted', async () => {
    for (const text of ['{"token":"canary"', '[]', '{}', '{"metadata":{}}', 'null']) {
      api.answer = (_asked, response) => void response.end(text)
      const failure = await failureOf(api.kube().get(RESOURCES.secrets, REF))
      expect(failure).toMatchObject({ reason: 'malformed' })
      expect(String(failure.stack)).not.toContain('canary')
    }
  })

  it('an answer that is too long, too slow, cut short, or of nobody, is told apart', async () => {
    api.answer = (_asked, response) => void response.end('x'.repeat(2000))
    expect(await failureOf(api.kube({ limits: { bodyBytes: 1000 } }).text('/x'))).toMatchObject({ reason: 'malformed' })
    api.answer = (_asked, response) => void response.write('x')
    const late = await failureOf(api.kube({ limits: { callMilliseconds: 50 } }).text('/x'))
    expect(late).toMatchObject({ reason: 'timed-out', message: 'the API server does not answer within 0.05 s' })
    api.answer = (_asked, response) => {
      response.writeHead(200, { 'Content-Length': 10 }).write('x')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await failureOf(api.kube().text('/x'))).toMatchObject({ reason: 'unreachable' })
    const nobody = await failureOf(api.kube({ access: { server: 'http://127.0.0.1:1' } }).text('/x'))
    expect(nobody).toMatchObject({
      reason: 'unreachable',
      message: 'the API server cannot be reached: nothing listens there (ECONNREFUSED)',
    })
  })

  it("a call that its caller ends throws the caller's reason", async () => {
    api.answer = () => undefined
    const controller = new AbortController()
    const call = api.kube().text('/x', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 20)
    await expect(call).rejects.toThrow('enough')
    await expect(api.kube().text('/x', { signal: controller.signal })).rejects.toThrow('enough')
  })

  it('a kept connection that the server closed is tried once more for what only reads', async () => {
    api.answer = () => serviceAccount('orders')
    const kube = api.kube()
    await kube.get(RESOURCES.serviceAccounts, REF)
    let broken = 0
    api.answer = (_asked, response) => {
      if (broken > 0) return serviceAccount('orders')
      broken += 1
      response.destroy()
      return undefined
    }
    await kube.get(RESOURCES.serviceAccounts, REF)
    expect(broken).toBe(1)
    broken = 0
    const create = kube.create(RESOURCES.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } })
    expect(await failureOf(create)).toMatchObject({ reason: 'unreachable' })
  })
})

describe('changes', () => {
  const sent = () => {
    const { method, path, query, headers, body } = api.asked.at(-1)!
    return { line: `${method} ${path}?${query}`, type: headers['content-type'], body: JSON.parse(body) as unknown }
  }

  it('are sent with their media type, field manager and dry run', async () => {
    api.answer = () => serviceAccount('orders')
    const kube = api.kube()
    const document = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'orders', namespace: 'shop' } }
    await kube.create(RESOURCES.serviceAccounts, document, { dryRun: 'all' })
    const collection = '/api/v1/namespaces/shop/serviceaccounts'
    expect(sent()).toEqual({
      line: `POST ${collection}?dryRun=All&fieldManager=openirsa`,
      type: 'application/json',
      body: document,
    })
    await kube.replace(RESOURCES.serviceAccounts, document, { fieldManager: 'me', subresource: 'status' })
    expect(sent().line).toBe(`PUT ${collection}/orders/status?fieldManager=me`)
    await kube.patch(RESOURCES.serviceAccounts, REF, { kind: 'apply', document, force: 'force' })
    expect(sent()).toMatchObject({
      line: `PATCH ${collection}/orders?fieldManager=openirsa&force=true`,
      type: 'application/apply-patch+yaml',
    })
    await kube.patch(RESOURCES.serviceAccounts, REF, { kind: 'json', operations: [{ op: 'remove', path: '/a' }] })
    expect(sent()).toMatchObject({ type: 'application/json-patch+json', body: [{ op: 'remove', path: '/a' }] })
    await kube.patch(RESOURCES.serviceAccounts, REF, { kind: 'merge', document: { a: null } })
    expect(sent()).toMatchObject({ type: 'application/merge-patch+json', body: { a: null } })
    await kube.remove(RESOURCES.serviceAccounts, REF, {
      preconditions: { uid: 'u' },
      gracePeriodSeconds: seconds(0),
      propagation: 'Foreground',
    })
    expect(sent()).toMatchObject({
      line: `DELETE ${collection}/orders?`,
      body: { preconditions: { uid: 'u' }, gracePeriodSeconds: 0, propagationPolicy: 'Foreground' },
    })
  })
})

describe('tokens', () => {
  it('are asked for with an audience, and held as secrets', async () => {
    api.answer = () => ({ status: { token: 'canary', expirationTimestamp: '2026-01-01T00:00:00Z' } })
    const kube = api.kube()
    const boundTo = { kind: 'Pod', name: 'p', uid: 'u' } as const
    const options = { audiences: ['sts.amazonaws.com'], expirationSeconds: seconds(600), boundTo } as const
    const made = await kube.requestToken(REF, options)
    expect(made.token.reveal()).toBe('canary')
    expect(made.expiresAt).toBe(Date.parse('2026-01-01T00:00:00Z'))
    expect(JSON.stringify(made)).not.toContain('canary')
    expect(api.asked[0]?.path).toBe('/api/v1/namespaces/shop/serviceaccounts/orders/token')
    expect(JSON.parse(api.asked[0]?.body ?? '')).toMatchObject({
      spec: {
        audiences: ['sts.amazonaws.com'],
        expirationSeconds: 600,
        boundObjectRef: { apiVersion: 'v1', ...boundTo },
      },
    })
    api.answer = () => ({ status: {} })
    expect(await failureOf(kube.requestToken(REF, options))).toMatchObject({ reason: 'malformed' })
  })

  it('without an audience nothing is asked', async () => {
    const nothing = [] as unknown as readonly [string]
    const kube = api.kube()
    await expect(kube.reviewToken(new Secret('x'), { audiences: nothing })).rejects.toThrow('an audience is required')
    await expect(kube.requestToken(REF, { audiences: [''], expirationSeconds: seconds(600) })).rejects.toThrow(
      'an audience is required',
    )
    expect(api.asked).toEqual([])
  })

  it('a review says who it is, or why not; an answer without the audience is a refusal', async () => {
    const review = (status: unknown) => {
      api.answer = () => ({ status })
      return api.kube().reviewToken(new Secret('canary'), { audiences: ['a', 'b'] })
    }
    const user = { username: 'system:serviceaccount:shop:orders', uid: 'u', groups: ['g'], extra: { pod: ['p'] } }
    expect(await review({ authenticated: true, audiences: ['b', 'c'], user })).toEqual({
      outcome: 'authenticated',
      ...user,
      audiences: ['b'],
    })
    expect(await review({ authenticated: false, error: 'no\nmore' })).toEqual({
      outcome: 'refused',
      message: 'no more',
    })
    expect(await review({ authenticated: true, user })).toMatchObject({ outcome: 'refused' })
    expect(await review({ authenticated: true, audiences: ['c'], user })).toMatchObject({ outcome: 'refused' })
    expect(await review({})).toMatchObject({ outcome: 'refused' })
    expect(await review({ authenticated: 'true', audiences: ['a'], user })).toMatchObject({ outcome: 'refused' })
    expect(await failureOf(review({ authenticated: true, audiences: ['a'] }))).toMatchObject({ reason: 'malformed' })
  })
})

describe('credentials', () => {
  const shown = () => api.asked.map(({ headers }) => headers.authorization)

  it('a token file that was replaced is read again after a 401', async () => {
    const path = join(directory, 'token')
    writeFileSync(path, 'one\n')
    api.answer = ({ headers }, response) =>
      headers.authorization === 'Bearer two' ? serviceAccount('orders') : refuse(response, 401, 'Unauthorized')
    const kube = api.kube({ access: { credentials: { kind: 'token-file', path } } })
    expect(await failureOf(kube.get(RESOURCES.pods, REF))).toMatchObject({ reason: 'unauthorized' })
    writeFileSync(path, 'two\n')
    await kube.get(RESOURCES.pods, REF)
    rmSync(path)
    await kube.get(RESOURCES.pods, REF)
    expect(shown()).toEqual(['Bearer one', 'Bearer one', 'Bearer one', 'Bearer two', 'Bearer two'])
  })

  it('a token that would break out of its header is not sent', async () => {
    const kube = api.kube({ access: { credentials: { kind: 'token', token: new Secret('canary\r\nX: y') } } })
    const failure = await failureOf(kube.text('/x'))
    expect(failure).toMatchObject({ reason: 'no-credentials' })
    expect(failure.message).not.toContain('canary')
    expect(api.asked).toEqual([])
  })

  const plugin = (script: string, more: Partial<ExecPlugin> = {}): ExecPlugin => {
    const command = join(directory, 'plugin')
    writeFileSync(command, `#!/bin/sh\n${script}\n`)
    chmodSync(command, 0o755)
    return { apiVersion: 'client.authentication.k8s.io/v1', command, args: ['a b'], env: [['WHO', 'me']], ...more }
  }
  const withPlugin = (one: ExecPlugin) => api.kube({ access: { credentials: { kind: 'exec', plugin: one } } })
  const credential = (status: string) =>
    `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":${status}}'`

  it('an exec plug-in is run without a shell, told of its cluster, and asked once until its credential ends', async () => {
    const counted = join(directory, 'count')
    const script = `echo "$# $1 $WHO $KUBERNETES_EXEC_INFO" >> ${counted}\n`
    const future = new Date(Date.now() + 60_000).toISOString()
    const kube = withPlugin(
      plugin(script + credential(`{"token":"t-1","expirationTimestamp":"${future}"}`), {
        clusterInfo: { server: 's' },
      }),
    )
    await Promise.all([kube.text('/x'), kube.text('/y')])
    await kube.text('/z')
    expect(shown()).toEqual(['Bearer t-1', 'Bearer t-1', 'Bearer t-1'])
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(counted, 'utf8')).toBe(
      '1 a b me {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"s"}}}\n',
    )
  })

  it('a credential of a plug-in that has ended, or is refused, is asked for anew', async () => {
    const counted = join(directory, 'count')
    const script = `echo x >> ${counted}\n`
    const past = new Date(Date.now() - 1000).toISOString()
    const ended = withPlugin(plugin(script + credential(`{"token":"t","expirationTimestamp":"${past}"}`)))
    await ended.text('/x')
    await ended.text('/x')
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(counted, 'utf8')).toBe('x\nx\n')
    api.answer = (_asked, response) => refuse(response, 401, 'Unauthorized')
    const refused = withPlugin(plugin(script + credential('{"token":"t"}')))
    expect(await failureOf(refused.text('/x'))).toMatchObject({ reason: 'unauthorized' })
    expect(readFileSync(counted, 'utf8')).toBe('x\nx\nx\nx\n')
  })

  it.each([
    ['echo canary; exit 3', 'ends with exit code 3'],
    ['echo canary', 'does not print an ExecCredential'],
    [credential('{"token":""}'), 'gives neither a token nor a certificate'],
    [credential('{"token":"t","expirationTimestamp":"soon"}'), 'is no time'],
    ['head -c 2000000 /dev/zero', 'prints too much'],
  ])('a plug-in that does `%s` gives no credentials: %s', async (script, expected) => {
    const failure = await failureOf(withPlugin(plugin(script)).text('/x'))
    expect(failure).toMatchObject({ reason: 'no-credentials', message: expect.stringContaining(expected) as string })
    expect(String(failure)).not.toContain('canary')
    expect(api.asked).toEqual([])
  })

  it('a plug-in whose words no process can have is not run', async () => {
    const failure = await failureOf(withPlugin(plugin('', { args: ['a\0b'] })).text('/x'))
    expect(failure).toMatchObject({ reason: 'no-credentials', message: expect.stringContaining('NUL') as string })
  })

  it('a plug-in that is not there is told with what its kubeconfig says of it', async () => {
    const one = { ...plugin(''), command: 'openirsa-no-such-plugin', installHint: 'install it from there' }
    expect((await failureOf(withPlugin(one).text('/x'))).message).toBe(
      'the credential plug-in `openirsa-no-such-plugin` is not there; install it from there',
    )
  })
})
