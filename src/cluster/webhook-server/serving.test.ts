import { writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SILENT_LOG as SILENT } from '../../io/host/testing/logs.ts'
import { createFileCertificates } from '../../io/http/index.ts'
import { type ClusterUnderTest, startCluster } from './testing/cluster-under-test.ts'
import {
  ask,
  type CertificateFilesUnderTest,
  eventually,
  review,
  reviewOf,
  type ServerUnderTest,
  startServer,
  writeCertificates,
} from './testing/server-under-test.ts'
import { parseTlsSettings } from './tls-settings.ts'

let files: CertificateFilesUnderTest
let cluster: ClusterUnderTest
let webhook: ServerUnderTest | undefined

beforeAll(async () => {
  cluster = await startCluster()
  cluster.putAccount('shop/orders', { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' })
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  files = await writeCertificates()
})
afterEach(async () => {
  await webhook?.close()
  webhook = undefined
  files.remove()
})
const place = ({ server }: ServerUnderTest, agent?: Agent) => ({
  port: server.port,
  authority: files.authority,
  ...(agent === undefined ? {} : { agent }),
})

describe('a certificate that is replaced', () => {
  test('counts for new connections, while those that are open go on', async () => {
    webhook = await startServer(cluster, files)
    const kept = new Agent({ keepAlive: true, maxSockets: 1 })
    const under = webhook
    expect((await ask('/healthz', place(under, kept))).shownBy).toBe('first')
    await files.replace('second')
    await eventually('the new one', async () => (await ask('/healthz', place(under))).shownBy === 'second')
    const { response } = await review(reviewOf('shop/orders'), place(under, kept))
    expect(response.allowed).toBe(true)
    expect((await ask('/healthz', place(under, kept))).shownBy).toBe('first')
    kept.destroy()
  })

  test('in halves changes nothing until both are there', async () => {
    webhook = await startServer(cluster, files)
    const under = webhook
    writeFileSync(files.key, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')
    await eventually('the warning', () => under.logged.some(({ msg }) => String(msg).includes('the old pair stays')))
    expect((await ask('/healthz', place(under))).shownBy).toBe('first')
    await files.replace('third')
    await eventually('the new one', async () => (await ask('/healthz', place(under))).shownBy === 'third')
  })

  test.each([
    ['no file', '/no/such/file', undefined, /no certificate: `\/no\/such\/file` cannot be read/],
    ['a key of another', undefined, 'other', /is not that of the certificate/],
    ['garbage', undefined, 'x', /are not a certificate and its key/],
  ])('%s at the start is refused in words', async (_what, certificate, key, message) => {
    const other = await writeCertificates()
    if (key === 'x') writeFileSync(files.key, key)
    const pair = { certificate: certificate ?? files.certificate, key: key === 'other' ? other.key : files.key }
    await expect(createFileCertificates(pair, { log: SILENT, hint: 'name them' })).rejects.toThrow(message)
    other.remove()
  })

  test('is shown in metrics by its end', async () => {
    webhook = await startServer(cluster, files)
    const [, value] = /certificate_not_after_seconds (\d+)/.exec(await webhook.metrics()) ?? []
    expect(Number(value)).toBeGreaterThan(Date.now() / 1000)
  })
})

describe('TLS', () => {
  const handshake = (port: number, options: { minVersion?: 'TLSv1.2'; maxVersion?: 'TLSv1.2'; ciphers?: string }) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca: files.authority, ...options })
      socket.on('secureConnect', () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
        socket.destroy()
      })
      socket.on('error', (failure: NodeJS.ErrnoException) => resolve(String(failure.code)))
    })

  test('below the least version there is no connection', async () => {
    webhook = await startServer(cluster, files, { tls: parseTlsSettings('VersionTLS13', '') })
    expect(await handshake(webhook.server.port, {})).toMatch(/^TLSv1\.3 /)
    expect(await handshake(webhook.server.port, { maxVersion: 'TLSv1.2' })).toMatch(/^E/)
  })

  test('of the cipher suites only those that are named, after a change of certificate too', async () => {
    const only = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'
    webhook = await startServer(cluster, files, { tls: parseTlsSettings('1.2', only) })
    const under = webhook
    const seen = () => handshake(under.server.port, { maxVersion: 'TLSv1.2' })
    expect(await seen()).toBe('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
    await files.replace('second')
    await eventually('the new one', async () => (await ask('/healthz', place(under))).shownBy === 'second')
    expect(await seen()).toBe('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
    expect(
      await handshake(under.server.port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    ).toMatch(/^E/)
  })

  test.each([
    ['', '', { minVersion: 'TLSv1.2' }],
    ['1.3', '', { minVersion: 'TLSv1.3' }],
    ['', 'TLS_AES_128_GCM_SHA256', { minVersion: 'TLSv1.3' }],
  ])('`%s` with `%s` is %j', (version, suites, settings) => {
    expect(parseTlsSettings(version, suites)).toEqual(settings)
  })

  test.each(['TLS_NONE', 'ECDHE-RSA-AES128-GCM-SHA256', 'TLS_RSA_WITH_RC4_128_SHA'])(
    '`%s` is refused by name',
    (name) => {
      expect(() => parseTlsSettings('', name)).toThrow(`unsupported cipher suite: ${name}`)
    },
  )
})

describe('the end', () => {
  test('what is being answered comes to its end, and then nobody is served', async () => {
    webhook = await startServer(cluster, files)
    const under = webhook
    cluster.mood.delayOfOne = 300
    const answer = review(reviewOf('shop/unknown'), place(under))
    await eventually('the question', () => cluster.requests.some((one) => one.endsWith('/unknown')))
    await under.close()
    cluster.mood.delayOfOne = 0
    webhook = undefined
    expect((await answer).response.allowed).toBe(true)
    await expect(ask('/healthz', place(under))).rejects.toThrow('ECONNREFUSED')
  })

  test('in the delay it says that it is not ready, serves who comes, and ends their connections', async () => {
    webhook = await startServer(cluster, files, { shutdownDelayMilliseconds: 1000 })
    const under = webhook
    await eventually('ready', () => under.server.readiness().isReady)
    const kept = new Agent({ keepAlive: true, maxSockets: 1 })
    expect((await ask('/healthz', place(under, kept))).headers.connection).toBe('keep-alive')
    const closed = under.close()
    webhook = undefined
    const page = await ask('/readyz', place(under, kept))
    expect([page.status, page.headers.connection]).toEqual([503, 'close'])
    expect(page.body).toContain('[-]shutdown: about to end')
    kept.destroy()
    await closed
  })

  test('with nobody connected the delay is not waited for', async () => {
    const under = await startServer(cluster, files, { shutdownDelayMilliseconds: 10_000 })
    const begun = performance.now()
    await under.close()
    expect(performance.now() - begun).toBeLessThan(3000)
  })
})

test('whoever goes in the middle of a review leaves the others alone', async () => {
  webhook = await startServer(cluster, files)
  const { port } = webhook.server
  for (let at = 0; at < 20; at += 1)
    await new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca: files.authority }, () => {
        socket.write(
          'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
          () => {
            socket.destroy()
            resolve()
          },
        )
      })
    })
  expect((await review(reviewOf('shop/orders'), place(webhook))).response.allowed).toBe(true)
})

describe('pages', () => {
  test('of the debugging handlers are there when they are asked for, and only then', async () => {
    webhook = await startServer(cluster, files)
    expect((await ask('/debug/alpha/500', place(webhook))).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${webhook.server.metricsPort}/debug/alpha/cache`)).status).toBe(404)
    await webhook.close()
    webhook = await startServer(cluster, files, { hasDebugPages: true })
    const under = webhook
    await eventually('ready', () => under.server.readiness().isReady)
    expect((await ask('/debug/alpha/500', place(under))).status).toBe(500)
    expect(JSON.parse((await ask('/debug/alpha/deny', place(under))).body)).toMatchObject({
      response: { allowed: false },
    })
    const pages = `http://127.0.0.1:${under.server.metricsPort}/debug/alpha`
    expect(await (await fetch(`${pages}/cache`)).json()).toEqual({
      'shop/orders': { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' },
    })
    expect((await fetch(`${pages}/cache/clear`)).status).toBe(200)
    await eventually(
      'all read anew',
      async () => Object.keys((await (await fetch(`${pages}/cache`)).json()) as object).length === 1,
    )
  })

  test('on the metrics port say the same of health', async () => {
    webhook = await startServer(cluster, files)
    const under = webhook
    const own = `http://127.0.0.1:${under.server.metricsPort}`
    expect(await (await fetch(`${own}/healthz`)).text()).toBe('ok')
    await eventually('ready', async () => (await fetch(`${own}/readyz`)).status === 200)
    expect((await fetch(`${own}/mutate`, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  test('that there are not are counted under one name', async () => {
    webhook = await startServer(cluster, files)
    for (const path of ['/a', '/b', '/mutate/']) expect((await ask(path, place(webhook))).status).toBe(404)
    const text = await webhook.metrics()
    expect(text).toContain('http_request_count{verb="GET",path="other",code="404"} 3')
    expect(text).not.toContain('path="/a"')
  })

  test('of metrics are in Prometheus’ format, with every name of the reference', async () => {
    webhook = await startServer(cluster, files)
    await ask('/healthz', place(webhook))
    const text = await webhook.metrics()
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+.e\dI nf]+)$/,
      )
    for (const name of [
      'http_request_count{verb="GET",path="/healthz",code="200"} 1',
      'http_request_latencies_bucket{verb="GET",path="/healthz",le="125000"} 1',
      'http_request_latencies_bucket{verb="GET",path="/healthz",le="8000000"} 1',
      'http_request_duration_microseconds_count{verb="GET",path="/healthz"} 1',
      'pod_identity_webhook_pod_count{method="sts_web_identity"} 0',
      'pod_identity_webhook_missing_sa_count 0',
      'pod_identity_webhook_used ',
    ])
      expect(text).toContain(name)
  })
})
