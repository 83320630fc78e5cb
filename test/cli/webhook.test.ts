import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ClusterUnderTest, startCluster } from '../../src/cluster/webhook-server/testing/cluster-under-test.ts'
import {
  ask,
  type CertificateFilesUnderTest,
  type Reviewed,
  review,
  reviewOf,
  writeCertificates,
} from '../../src/cluster/webhook-server/testing/server-under-test.ts'
import { applyPatch, type Json, settleJitter, withoutNoise } from '../conformance/webhook/effect.ts'
import { COMMAND, type Started, start, temporaryDirectory, until } from './command.ts'

interface Vector {
  readonly name: string
  readonly flags: Readonly<Record<string, string | number | boolean>>
  readonly serviceAccount: { readonly metadata: { readonly annotations?: Record<string, string> } }
  readonly containerCredentials: object | null
  readonly request: { readonly request: { readonly object: Json } }
  readonly expect: {
    readonly allowed: boolean
    readonly patch?: Parameters<typeof applyPatch>[1]
    readonly expirationSecondsRange?: readonly [number, number]
  }
}
const { cases } = JSON.parse(readFileSync('test/vectors/webhook/conformance.json', 'utf8')) as {
  readonly cases: readonly Vector[]
}

const agentOptions = () => ({ authority: files.authority })
let files: CertificateFilesUnderTest
let cluster: ClusterUnderTest
let directory: ReturnType<typeof temporaryDirectory>
let running: Started | undefined

beforeAll(async () => {
  files = await writeCertificates()
})
afterAll(() => files.remove())
beforeEach(async () => {
  cluster = await startCluster()
  directory = temporaryDirectory()
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.ended
  running = undefined
  await cluster.stop()
  directory.remove()
})

interface Facts {
  readonly port: number
  readonly metricsPort: number
}

const flags = (...more: readonly string[]): readonly string[] => [
  '--in-cluster=false',
  `--kube-api=${cluster.url}`,
  '--tls-cert',
  files.certificate,
  `--tls-key=${files.key}`,
  '--port=0',
  '--metrics-port',
  '0',
  '--bind-address=127.0.0.1',
  '-o',
  'json',
  '-v=5',
  ...more,
]

/** Starts the command, waits for its line and until it is ready. */
async function serve(words: readonly string[], command?: readonly string[]): Promise<Facts> {
  running = start(words, command === undefined ? {} : { command })
  const { out, ended } = running
  const line = await Promise.race([until('its line', () => out().split('\n')[1] !== undefined && out()), ended])
  if (typeof line !== 'string') throw new Error(line.err)
  const facts = JSON.parse(line) as Facts
  for (let waited = 0; waited < 10_000; waited += 20) {
    if ((await ask('/readyz', { port: facts.port, ...agentOptions() })).status === 200) return facts
    await new Promise((passed) => setTimeout(passed, 20))
  }
  throw new Error('it was never ready')
}

describe('pods of the reference webhook come out as it makes them, over TLS', () => {
  const groups = new Map<string, readonly Vector[]>()
  for (const vector of cases) {
    const key = JSON.stringify([vector.flags, vector.containerCredentials])
    groups.set(key, [...(groups.get(key) ?? []), vector])
  }

  test.each([...groups.values()].map((group) => [group.map(({ name }) => name).join(), group] as const))(
    '%s',
    async (_names, group) => {
      const [first] = group
      const words = Object.entries(first?.flags ?? {}).map(([name, value]) => `--${name}=${value}`)
      const identities = join(directory.path, 'identities.json')
      if (first?.containerCredentials != null) {
        writeFileSync(identities, JSON.stringify(first.containerCredentials))
        words.push(`--watch-container-credentials-config=${identities}`)
      }
      const { port } = await serve(['webhook', 'serve', ...flags(...words)])
      for (const vector of group) {
        cluster.putAccount('default/default', vector.serviceAccount?.metadata.annotations ?? {}, new Date(0))
        const { response } = await reviewUntilKnown(vector, port)
        expect(response.allowed, vector.name).toBe(vector.expect.allowed)
        const patch = JSON.parse(Buffer.from(response.patch ?? 'W10=', 'base64').toString()) as []
        expect(effectOf(vector, patch), vector.name).toEqual(effectOf(vector, vector.expect.patch ?? []))
      }
    },
  )

  function effectOf({ request, expect: { expirationSecondsRange } }: Vector, patch: Parameters<typeof applyPatch>[1]) {
    const pod = withoutNoise(applyPatch(request.request.object, patch))
    return expirationSecondsRange === undefined ? pod : settleJitter(pod, expirationSecondsRange)
  }

  /** The account was changed a moment ago, and a watch takes its time; the page of the cache is not open in production. */
  async function reviewUntilKnown(vector: Vector, port: number): Promise<Reviewed> {
    await new Promise((passed) => setTimeout(passed, 100))
    return review(JSON.stringify(vector.request), { port, ...agentOptions() })
  }
})

describe('the built command', () => {
  const ROLE = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' }

  test.each([
    ['openirsa serve webhook', ['serve', 'webhook']],
    ['openirsa webhook serve', ['webhook', 'serve']],
  ])('%s serves, and ends well and in time upon SIGTERM', async (_name, words) => {
    cluster.putAccount('shop/orders', ROLE)
    const { port } = await serve([...words, ...flags('-v=3')])
    expect((await review(reviewOf('shop/orders'), { port, ...agentOptions() })).response.patch).toBeDefined()
    const begun = performance.now()
    running?.child.kill('SIGTERM')
    const ended = await running?.ended
    expect(ended?.code).toBe(0)
    expect(performance.now() - begun).toBeLessThan(10_000)
    const lines = ended?.err.trim().split('\n') ?? []
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ msg: 'a pod was reviewed', reason: 'web-identity-injected' }),
    )
    expect(ended?.out.trim().split('\n')).toHaveLength(1)
  })

  test('called as /webhook, it takes the arguments of the reference’s own deployment', async () => {
    const entry = join(directory.path, 'webhook')
    symlinkSync(COMMAND.find((word) => word.endsWith('.js')) ?? '', entry)
    const reference = [
      '--namespace=default',
      '--service-name=pod-identity-webhook',
      '--annotation-prefix=eks.amazonaws.com',
      '--token-audience=sts.amazonaws.com',
      '--logtostderr',
    ]
    cluster.putAccount('shop/orders', ROLE)
    const { port } = await serve(flags(...reference), [process.execPath, entry])
    expect((await review(reviewOf('shop/orders'), { port, ...agentOptions() })).response.patch).toBeDefined()
  })

  test('a port in use ends it with 2, in one line that names the port and the flag', async () => {
    const { port } = await serve(['webhook', 'serve', ...flags()])
    const second = start(['webhook', 'serve', ...flags('--log-format=text', `--port=${port}`)])
    const { code, err, out } = await second.ended
    expect([code, out]).toEqual([2, ''])
    expect(err.trim().split('\n').at(-1)).toBe(`openirsa: port ${port} is in use: choose another with --port`)
  })

  test('with an API server that is away it stays alive, and gets ready when that comes', async () => {
    await cluster.stop()
    running = start(['webhook', 'serve', ...flags()])
    const { out } = running
    const { port } = JSON.parse(await until('its line', () => out().includes('\n') && out())) as Facts
    expect((await ask('/healthz', { port, ...agentOptions() })).body).toBe('ok')
    expect((await ask('/readyz', { port, ...agentOptions() })).status).toBe(503)
    await cluster.start()
    await until('ready', () => cluster.streams() > 0)
    expect((await ask('/readyz', { port, ...agentOptions() })).status).toBe(200)
  })
})
