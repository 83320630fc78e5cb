import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import { systemClock, systemRandomness } from '../host/index.ts'
import { logTo } from '../host/testing/logs.ts'
import { mintAuthority, mintServer, type Signer } from '../http/mint-certificate.ts'
import { mintOptions } from '../http/testing/issuer-under-test.ts'
import { createKube, inClusterAccess, type KubeAccess, readKubeconfig } from './index.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-kubeconfig-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const PEM = '-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n'
const base64 = (text: string) => Buffer.from(text).toString('base64')

interface Parts {
  readonly cluster?: unknown
  readonly user?: unknown
  readonly rest?: unknown
}

/** JSON is YAML. */
function write({ cluster = { server: 'https://10.0.0.1:6443' }, user = {}, rest = {} }: Parts): string {
  const path = join(directory, 'config')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    contexts: [
      { name: 'one', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
      { name: 'nobody', context: { cluster: 'c' } },
      { name: 'lost', context: { cluster: 'gone', user: 'u' } },
    ],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    ...(rest as object),
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

const read = (parts: Parts, context?: string): Promise<KubeAccess> =>
  readKubeconfig({ path: write(parts), ...(context === undefined ? {} : { context }) })

async function faultOf(work: Promise<unknown>): Promise<ConfigError> {
  const failure = await work.then(
    () => expect.fail('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  expect(failure).toBeInstanceOf(ConfigError)
  return failure as ConfigError
}

describe('a kubeconfig', () => {
  it('certificates and keys are read from the file itself, or from files beside it', async () => {
    const certificate = { 'client-certificate-data': base64(PEM), 'client-key-data': base64(PEM) }
    const cluster = { server: 'https://10.0.0.1:6443/', 'certificate-authority-data': base64(PEM) }
    expect(await read({ cluster: { ...cluster, 'tls-server-name': 'kubernetes' }, user: certificate })).toMatchObject({
      server: 'https://10.0.0.1:6443',
      serverName: 'kubernetes',
      namespace: 'shop',
      trust: { kind: 'authorities', pem: PEM },
      credentials: { kind: 'certificate', certificate: PEM },
    })
    mkdirSync(join(directory, 'pki'))
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(directory, 'pki', name), PEM)
    const user = { 'client-certificate': 'pki/cert', 'client-key': join(directory, 'pki/key') }
    const files = await read({ cluster: { server: 'https://a', 'certificate-authority': './pki/ca' }, user })
    expect(files.trust).toEqual({ kind: 'authorities-file', path: join(directory, 'pki/ca') })
    expect(files.credentials.kind === 'certificate' && files.credentials.key.reveal()).toBe(PEM)
    expect(JSON.stringify(files.credentials)).not.toContain('"key":"-----')
  })

  it('tokens stand in it or in a file; a context without a user shows nothing', async () => {
    const inline = await read({ user: { token: 'canary' } })
    expect(inline.credentials.kind === 'token' && inline.credentials.token.reveal()).toBe('canary')
    writeFileSync(join(directory, 'token'), 'x')
    expect((await read({ user: { token: 'canary', tokenFile: 'token' } })).credentials).toEqual({
      kind: 'token-file',
      path: join(directory, 'token'),
    })
    expect((await read({}, 'nobody')).credentials).toEqual({ kind: 'none' })
    expect((await read({}, 'nobody')).trust).toEqual({ kind: 'system' })
  })

  it('an exec plug-in comes before all else, its command from the directory of the file', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: './bin/get-token',
      args: ['--cluster', 'x'],
      env: [{ name: 'A', value: 'b' }],
      installHint: 'hint',
      provideClusterInfo: true,
      interactiveMode: 'IfAvailable',
    }
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }]
    const cluster = { server: 'https://a:1', 'certificate-authority-data': base64(PEM), extensions }
    expect((await read({ cluster, user: { exec, token: 't' } })).credentials).toEqual({
      kind: 'exec',
      plugin: {
        apiVersion: exec.apiVersion,
        command: join(directory, 'bin/get-token'),
        args: ['--cluster', 'x'],
        env: [['A', 'b']],
        installHint: 'hint',
        clusterInfo: { server: 'https://a:1', 'certificate-authority-data': base64(PEM), config: { audience: 'x' } },
      },
    })
    writeFileSync(join(directory, 'ca'), PEM)
    const named = await read({ cluster: { server: 'https://a:1', 'certificate-authority': 'ca' }, user: { exec } })
    expect(named.credentials.kind === 'exec' && named.credentials.plugin.clusterInfo).toEqual({
      server: 'https://a:1',
      'certificate-authority-data': base64(PEM),
    })
    const bare = await read({ user: { exec: { apiVersion: exec.apiVersion, command: 'aws' } } })
    expect(bare.credentials.kind === 'exec' && bare.credentials.plugin.command).toBe('aws')
  })

  const refused: readonly (readonly [string, Parts, RegExp])[] = [
    ['no such context', { rest: { 'current-context': 'two' } }, /has no context `two`/],
    ['no current context', { rest: { 'current-context': '' } }, /has no current-context/],
    ['a context of no cluster', { rest: { 'current-context': 'lost' } }, /has no cluster `gone`/],
    ['no kubeconfig', { rest: { kind: 'Pod' } }, /is no kubeconfig/],
    ['no server', { cluster: {} }, /`server` is not the URL of an API server/],
    ['another scheme', { cluster: { server: 'ftp://a' } }, /`server` is not the URL/],
    ['a password in the URL', { cluster: { server: 'https://a:canary@b' } }, /`server` is not the URL/],
    ['no TLS to another machine', { cluster: { server: 'http://10.0.0.1' } }, /in the clear/],
    ['a proxy', { cluster: { server: 'https://a', 'proxy-url': 'http://canary' } }, /`proxy-url` is not supported/],
    [
      'both an authority and none',
      { cluster: { server: 'https://a', 'insecure-skip-tls-verify': true, 'certificate-authority-data': base64(PEM) } },
      /exclude each other/,
    ],
    [
      'a flag that is none',
      { cluster: { server: 'https://a', 'insecure-skip-tls-verify': 'yes' } },
      /neither true nor/,
    ],
    ['what is not understood', { cluster: { server: 'https://a', gadget: 1 } }, /`gadget` is not understood/],
    ['what is not understood of a user', { user: { gadget: 1 } }, /`gadget` is not understood/],
    ['passwords', { user: { username: 'a', password: 'canary' } }, /passwords are not supported/],
    ['impersonation', { user: { token: 'canary', as: 'root' } }, /impersonation is not supported/],
    ['half a certificate', { user: { 'client-certificate-data': base64(PEM) } }, /belong together/],
    ['no base64', { user: { 'client-certificate-data': 'canary!' } }, /is not base64/],
    ['no PEM', { user: { 'client-key-data': base64('canary') } }, /is not PEM/],
    ['a file that is not there', { user: { tokenFile: 'nothing' } }, /`nothing`, which cannot be read \(ENOENT\)/],
    [
      'another plug-in version',
      { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } } },
      /speaks `client.authentication.k8s.io\/v1alpha1`/,
    ],
    [
      'a plug-in that wants a terminal',
      { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Always' } } },
      /wants a terminal/,
    ],
  ]
  it.each(refused)('with %s is refused', async (_name, parts, words) => {
    const fault = await faultOf(read(parts))
    expect(fault.message).toMatch(words)
    expect(`${fault.message} ${fault.hint}`).not.toContain('canary')
  })

  it('that is not there, or no YAML, is refused without a word of what it says', async () => {
    expect((await faultOf(readKubeconfig({ path: join(directory, 'none') }))).message).toContain('ENOENT')
    const path = join(directory, 'config')
    for (const text of ['users: [{token: canary', 'canary', 'a: 1\na: canary', '- canary']) {
      writeFileSync(path, text)
      const fault = await faultOf(readKubeconfig({ path }))
      expect(`${fault.message} ${fault.hint} ${fault.detail}`).not.toContain('canary')
    }
  })
})

it('whatever a kubeconfig says, it is an access or a refusal', async () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('one', 'c', 'u', 'https://a:1', 'http://127.0.0.1', base64(PEM)))
  const names = fc.constantFrom(
    ...['name', 'context', 'cluster', 'user', 'server', 'token', 'exec', 'command', 'args', 'env', 'apiVersion'],
    ...['certificate-authority-data', 'client-key-data', 'tokenFile', 'extensions', 'insecure-skip-tls-verify'],
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  }))
  const entries = (member: string, name: string) =>
    fc.oneof(
      value,
      fc.dictionary(names, value, { maxKeys: 5 }).map((members) => [{ name, [member]: members }]),
    )
  const rest = fc.record({
    contexts: fc.oneof(value, fc.constant([{ name: 'one', context: { cluster: 'c', user: 'u' } }])),
    clusters: entries('cluster', 'c'),
    users: entries('user', 'u'),
  })
  await fc.assert(
    fc.asyncProperty(rest, async (config) => {
      const path = write({ rest: config })
      const outcome = await readKubeconfig({ path }).catch((failure: unknown) => failure)
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ConfigError)
      else expect((outcome as KubeAccess).server).toMatch(/^https?:/)
    }),
    { numRuns: 500 },
  )
})

describe('the mount of a service account', () => {
  it('says where the API server is, and its files are named, not kept', async () => {
    for (const [name, text] of Object.entries({ 'ca.crt': PEM, token: 't', namespace: 'shop\n' }))
      writeFileSync(join(directory, name), text)
    expect(await inClusterAccess({ host: 'fd00::1', port: '443', directory })).toEqual({
      server: 'https://[fd00::1]:443',
      namespace: 'shop',
      trust: { kind: 'authorities-file', path: join(directory, 'ca.crt') },
      credentials: { kind: 'token-file', path: join(directory, 'token') },
    })
    rmSync(join(directory, 'token'))
    expect((await faultOf(inClusterAccess({ host: 'a', port: '443', directory }))).hint).toContain('automount')
    expect((await faultOf(inClusterAccess({ host: '', port: '', directory }))).message).toContain('this is no pod')
  })
})

describe('TLS to an API server', () => {
  let server: Server
  let authority: Signer
  let client: Signer
  beforeAll(async () => {
    authority = await mintAuthority(mintOptions())
    const own = await mintServer(authority, ['kubernetes', '10.96.0.1'], mintOptions())
    client = await mintServer(authority, ['somebody'], mintOptions())
    server = createServer(
      { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      (request, response) =>
        response.end((request.socket as TLSSocket).getPeerX509Certificate()?.subjectAltName ?? 'nobody'),
    )
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const warnings: string[] = []
  const log = logTo((_fields, message, level) => {
    if (level === 'warn') warnings.push(message)
  })
  async function ask(parts: Parts): Promise<string> {
    const { port } = server.address() as AddressInfo
    const cluster = { server: `https://127.0.0.1:${port}`, ...(parts.cluster as object) }
    const access = await read({ ...parts, cluster })
    const kube = createKube(access, { clock: systemClock, randomness: systemRandomness, log, environment: {} })
    try {
      return await kube.text('/')
    } finally {
      await kube.close()
    }
  }
  const trusted = () => ({ 'certificate-authority-data': base64(authority.cert), 'tls-server-name': 'kubernetes' })

  it('the server is believed by the authority and the name that are given, and sees our certificate', async () => {
    expect(await ask({ cluster: trusted() })).toBe('nobody')
    expect(await ask({ cluster: { ...trusted(), 'tls-server-name': '10.96.0.1' } })).toBe('nobody')
    const user = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) }
    expect(await ask({ cluster: trusted(), user })).toBe('DNS:somebody')
  })

  it.each([
    ['another name', () => ({ ...trusted(), 'tls-server-name': 'other' }), /is for another name/],
    ['an address that it does not name', () => ({ ...trusted(), 'tls-server-name': '' }), /is for another name/],
    ['no authority', () => ({ 'tls-server-name': 'kubernetes' }), /of no authority that is trusted/],
  ])('a server with %s is not asked', async (_name, cluster, words) => {
    await expect(ask({ cluster: cluster() })).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringMatching(words) as string,
    })
  })

  it('a kubeconfig that says so lets anybody be the server, and that is warned of', async () => {
    expect(await ask({ cluster: { 'insecure-skip-tls-verify': true } })).toBe('nobody')
    expect(warnings).toEqual([expect.stringContaining('NOT verified')])
  })

  it('a key of another certificate is told without a word of it', async () => {
    const user = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(authority.key) }
    await expect(ask({ cluster: trusted(), user })).rejects.toMatchObject({
      reason: 'no-credentials',
      message: 'the certificates cannot be used',
    })
  })
})
