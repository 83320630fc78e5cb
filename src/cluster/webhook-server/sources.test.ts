import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_WEBHOOK_SETTINGS } from '../webhook/index.ts'
import { parseIdentities } from './identities-file.ts'
import type { WebhookServerOptions } from './start.ts'
import { type ClusterUnderTest, startCluster } from './testing/cluster-under-test.ts'
import {
  type CertificateFilesUnderTest,
  eventually,
  review,
  reviewOf,
  type ServerUnderTest,
  startServer,
  writeCertificates,
} from './testing/server-under-test.ts'

const ROLE_ARN = 'arn:aws:iam::111122223333:role/orders'
const ROLE = { 'eks.amazonaws.com/role-arn': ROLE_ARN }
const LONG_AGO = new Date(0)
const agent = new Agent({ keepAlive: true })

let files: CertificateFilesUnderTest
let cluster: ClusterUnderTest
let webhook: ServerUnderTest | undefined
let directory: string

beforeAll(async () => {
  files = await writeCertificates()
})
afterAll(() => {
  agent.destroy()
  files.remove()
})
beforeEach(async () => {
  cluster = await startCluster()
  cluster.putAccount('shop/orders', {}, LONG_AGO)
  directory = mkdtempSync(join(tmpdir(), 'openirsa-sources-'))
})
afterEach(async () => {
  await webhook?.close()
  webhook = undefined
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function startReady(more: Partial<WebhookServerOptions>): Promise<ServerUnderTest> {
  webhook = await startServer(cluster, files, more)
  const { server } = webhook
  await eventually('ready', () => server.readiness().isReady)
  return webhook
}
const answerTo = async ({ server }: ServerUnderTest, account = 'shop/orders') =>
  (await review(reviewOf(account), { port: server.port, authority: files.authority, agent })).response
const patchOf = ({ patch = '' }: { readonly patch?: string }): string => Buffer.from(patch, 'base64').toString()
const roleOf = async (under: ServerUnderTest, account?: string): Promise<string | undefined> =>
  /arn:aws:iam::\d+:role\/[\w-]+/.exec(patchOf(await answerTo(under, account)))?.[0]

describe('the ConfigMap', () => {
  const entry = (role: string) => ({
    RoleARN: role,
    Audience: 'sts.amazonaws.com',
    UseRegionalSTS: false,
    TokenExpiration: 0,
  })
  const config = (entries: object) => ({ config: JSON.stringify(entries) })
  const inConfigMapMode = { configMapNamespace: 'eks' }

  test('gives roles by account and by star, and what is annotated comes first', async () => {
    cluster.putConfigMap(config({ 'shop/orders': entry(ROLE_ARN), '*/carts': entry(`${ROLE_ARN}-star`) }))
    cluster.putAccount('shop/carts', {}, LONG_AGO)
    cluster.putAccount('other/orders', { 'eks.amazonaws.com/role-arn': `${ROLE_ARN}-own` }, LONG_AGO)
    const under = await startReady(inConfigMapMode)
    await eventually('the ConfigMap', async () => (await roleOf(under)) === ROLE_ARN)
    expect(await roleOf(under, 'shop/carts')).toBe(`${ROLE_ARN}-star`)
    expect(await roleOf(under, 'other/orders')).toBe(`${ROLE_ARN}-own`)
  })

  test('is followed: a change counts, its end takes the roles away', async () => {
    cluster.putConfigMap(config({ 'shop/orders': entry(ROLE_ARN) }))
    const under = await startReady(inConfigMapMode)
    await eventually('the role', async () => (await roleOf(under)) === ROLE_ARN)
    cluster.putConfigMap(config({ 'shop/orders': entry(`${ROLE_ARN}-2`) }))
    await eventually('the other role', async () => (await roleOf(under)) === `${ROLE_ARN}-2`)
    cluster.removeConfigMap()
    await eventually('no role', async () => (await roleOf(under)) === undefined)
    cluster.putConfigMap(config({ 'shop/orders': entry(ROLE_ARN) }))
    await eventually('the role again', async () => (await roleOf(under)) === ROLE_ARN)
  })

  test.each(['{', '[]', 'null', '"x"', '\u0000', '{"shop/orders":', 'x'.repeat(100_000)])(
    'what is no map (%#) keeps the old one, and is counted',
    async (garbage) => {
      cluster.putConfigMap(config({ 'shop/orders': entry(ROLE_ARN) }))
      const under = await startReady(inConfigMapMode)
      await eventually('the role', async () => (await roleOf(under)) === ROLE_ARN)
      cluster.putConfigMap({ config: garbage })
      await eventually('the warning', async () =>
        (await under.metrics()).includes('openirsa_webhook_source_warnings_total{source="config-map"} 1'),
      )
      expect(await roleOf(under)).toBe(ROLE_ARN)
    },
  )

  test.each(['orders', '/', 'a/b/c', '', '*/', 'x/..'])('the key `%s` harms no other entry', async (key) => {
    cluster.putConfigMap(config({ [key]: entry(ROLE_ARN), 'shop/orders': entry(ROLE_ARN) }))
    const under = await startReady(inConfigMapMode)
    await eventually('the role', async () => (await roleOf(under)) === ROLE_ARN)
  })

  test('of another name or namespace is nobody’s', async () => {
    cluster.putConfigMap(config({ 'shop/orders': entry(ROLE_ARN) }), 'eks/another')
    cluster.putConfigMap(config({ 'shop/orders': entry(ROLE_ARN) }), 'shop/pod-identity-webhook')
    const under = await startReady(inConfigMapMode)
    expect(await roleOf(under)).toBeUndefined()
  })
})

describe('the file of container credentials', () => {
  const LISTED = '{"identities":[{"namespace":"shop","serviceAccount":"orders"}]}'
  const path = () => join(directory, 'identities.json')
  const method = async (under: ServerUnderTest) => {
    const { auditAnnotations } = await answerTo(under)
    return auditAnnotations?.reason
  }

  test('comes before the role, is followed, and may be missing', async () => {
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    const under = await startReady({ identitiesFile: path() })
    expect(await method(under)).toBe('web-identity-injected')
    writeFileSync(path(), LISTED)
    await eventually('the list', async () => (await method(under)) === 'container-credentials-injected')
    expect(patchOf(await answerTo(under))).toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI')
    writeFileSync(join(directory, 'next'), '')
    renameSync(join(directory, 'next'), path())
    await eventually('the empty list', async () => (await method(under)) === 'web-identity-injected')
  })

  test('in a mounted ConfigMap counts as soon as the kubelet has swapped the link, and when the ConfigMap comes late', async () => {
    // SPEC: the kubelet's atomic writer: `identities.json` → `..data/identities.json`, `..data` → a directory of each version.
    const swapTo = (version: string, text: string): void => {
      mkdirSync(join(directory, version))
      writeFileSync(join(directory, version, 'identities.json'), text)
      symlinkSync(version, join(directory, '..data_tmp'))
      renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
    }
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    const under = await startReady({ identitiesFile: path() })
    expect(await method(under)).toBe('web-identity-injected')
    swapTo('..v1', LISTED)
    symlinkSync(join('..data', 'identities.json'), path())
    await eventually('the list', async () => (await method(under)) === 'container-credentials-injected')
    swapTo('..v2', '{"identities":[]}')
    rmSync(join(directory, '..v1'), { recursive: true })
    await eventually('the empty list', async () => (await method(under)) === 'web-identity-injected')
    swapTo('..v3', LISTED)
    await eventually('the list again', async () => (await method(under)) === 'container-credentials-injected')
  })

  test('malformed, it keeps the old list, says so in readiness, and the server stays ready', async () => {
    writeFileSync(path(), LISTED)
    const under = await startReady({ identitiesFile: path() })
    writeFileSync(path(), '{"identities":[{}]}')
    await eventually('the fault', () => under.server.readiness().text.includes('container-credentials-file stale'))
    expect(under.server.readiness().isReady).toBe(true)
    expect(await method(under)).toBe('container-credentials-injected')
  })

  test('that is there and cannot be read is not a missing one: the old list stays, and readiness says why', async () => {
    writeFileSync(path(), LISTED)
    const under = await startReady({ identitiesFile: path() })
    symlinkSync(path(), join(directory, 'loop'))
    renameSync(join(directory, 'loop'), path())
    await eventually('the fault', () => under.server.readiness().text.includes('it cannot be read (ELOOP)'))
    expect(await method(under)).toBe('container-credentials-injected')
  })

  test.each([
    ['{}', []],
    ['{"identities":null}', []],
    ['{"identities":[{"namespace":"a","serviceAccount":"b","more":1}]}', ['a/b']],
  ])('%s lists %j', (text, listed) => {
    expect([...(parseIdentities(text) as Set<string>)]).toEqual(listed)
  })

  test.each(['', 'x', '[]', '1', '{"identities":{}}', '{"identities":[1]}', '{"identities":[{"namespace":"a"}]}'])(
    '`%s` is no list, and the reason is said',
    (text) => {
      expect(parseIdentities(text)).toMatch(/^it/)
    },
  )
})

describe('the CA of an endpoint of one’s own', () => {
  const settings = { ...DEFAULT_WEBHOOK_SETTINGS, endpoint: { url: 'https://openirsa.internal' } }

  test('comes with the pod, and is read anew when its file changes', async () => {
    cluster.putAccount('shop/orders', ROLE, LONG_AGO)
    const path = join(directory, 'ca.crt')
    writeFileSync(path, files.authority)
    const under = await startReady({ settings, endpointAuthorityFile: path })
    const first = patchOf(await answerTo(under))
    expect(first).toContain('NODE_EXTRA_CA_CERTS')
    const other = await writeCertificates()
    other.remove()
    writeFileSync(path, other.authority)
    await eventually('the other CA', async () => patchOf(await answerTo(under)) !== first)
    writeFileSync(path, 'garbage')
    await eventually('the warning', () => under.logged.some(({ msg }) => String(msg).includes('the old one stays')))
    expect(patchOf(await answerTo(under))).toContain(JSON.stringify(other.authority.trim()).slice(1, 40))
  })

  test.each([
    ['no file', undefined],
    ['no certificate', 'x'],
    ['a private key beside it', `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`],
  ])('%s is refused at the start', async (_what, text) => {
    const path = join(directory, 'ca.crt')
    if (text !== undefined)
      writeFileSync(path, `${files.authority}${text}`.replace(text === 'x' ? files.authority : '', ''))
    await expect(startServer(cluster, files, { settings, endpointAuthorityFile: path })).rejects.toThrow(
      /--endpoint-ca: .*ca\.crt/,
    )
  })
})
