import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, openirsa, temporaryDirectory, type Up, up, type Way } from './command.ts'

const directory = temporaryDirectory()
let running: Up

beforeAll(async () => {
  running = await up(join(directory.path, 'data'), '--demo')
})
afterAll(async () => {
  await running.stop()
  directory.remove()
})

function run(manifest: object | readonly object[], words: readonly string[] = [], way: Way = {}): Promise<Ended> {
  const file = join(directory.path, 'pod.yaml')
  const documents = Array.isArray(manifest) ? manifest : [manifest]
  writeFileSync(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'))
  return openirsa(['run', '-f', file, '--data-dir', join(directory.path, 'data'), ...words], {
    ...way,
    environment: { TMPDIR: directory.path, ...way.environment },
  })
}

const SHOW =
  'require("fs"); console.log(JSON.stringify({...process.env, argv: process.argv.slice(1), cwd: process.cwd()}))'
const container = (more: object = {}) => ({
  name: 'app',
  image: 'shop/orders:1',
  command: [process.execPath, '-e', SHOW, '--'],
  ...more,
})
const pod = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-0', namespace: 'shop', labels: { app: 'orders' }, ...metadata },
  spec: { serviceAccountName: 'orders', containers: [container()], ...spec },
})
const deployment = (spec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders', namespace: 'shop' },
  spec: { selector: {}, template: { metadata: {}, spec: { serviceAccountName: 'orders', ...spec } } },
})
const shown = ({ out }: Ended) => JSON.parse(out) as Record<string, string> & { readonly argv: readonly string[] }

describe('run -f', () => {
  test("a pod's command gets its own variables, its arguments and its service account's identity", async () => {
    const env = [
      { name: 'WHO', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'GREETING', value: 'hello $(WHO) $$(WHO) $(NOBODY)' },
      { name: 'AWS_REGION', value: 'eu-central-1' },
    ]
    const ended = await run(pod({ containers: [container({ env, args: ['for $(WHO)'] })] }))
    expect(ended.code).toBe(0)
    expect(shown(ended)).toMatchObject({
      WHO: 'orders',
      GREETING: 'hello orders $(WHO) $(NOBODY)',
      AWS_REGION: 'eu-central-1',
      AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/orders',
      AWS_ENDPOINT_URL: running.facts.endpoint,
      argv: ['for orders'],
    })
  })

  test('a token that the manifest projects itself lies here, and what names its path is told so', async () => {
    const path = '/var/run/secrets/aws/token'
    const projected = { sources: [{ serviceAccountToken: { path: 'token', audience: 'sts.amazonaws.com' } }] }
    const env = [
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: path },
      { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::000000000000:role/orders' },
      { name: 'TOKEN_AT', value: path },
    ]
    const read =
      'console.log(process.argv[1] === process.env.TOKEN_AT, require("fs").readFileSync(process.argv[1], "utf8").split(".").length)'
    const one = container({
      command: [process.execPath, '-e', read, path],
      env,
      volumeMounts: [{ name: 'aws', mountPath: '/var/run/secrets/aws/' }],
    })
    expect(await run(pod({ containers: [one], volumes: [{ name: 'aws', projected }] }))).toMatchObject({
      code: 0,
      out: 'true 3\n',
    })
  })

  test('a Deployment with its ConfigMap and Secret in the same file has their values', async () => {
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { TABLE: 'orders' } }
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { k: 'c2VjcmV0' } }
    const one = container({
      envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'DB_' }],
      env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'k' } } }],
    })
    const ended = await run([settings, secret, deployment({ containers: [one] })])
    expect(shown(ended)).toMatchObject({ DB_TABLE: 'orders', KEY: 'secret' })
  })

  test("what is only in the cluster is taken from the caller's environment, else refused with the way out", async () => {
    const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'elsewhere', key: 'p' } } }]
    const manifest = pod({ containers: [container({ env })] })
    expect(await run(manifest)).toMatchObject({
      code: 2,
      err: expect.stringContaining('set PASSWORD in the environment'),
    })
    expect(shown(await run(manifest, [], { environment: { PASSWORD: 'mine' } })).PASSWORD).toBe('mine')
  })

  test('several containers: one is to be named, and gets its own command or that of the caller', async () => {
    const manifest = pod({ containers: [container(), { name: 'other', image: 'x' }] })
    expect(await run(manifest)).toMatchObject({ code: 2, err: expect.stringContaining('--container NAME') })
    expect((await run(manifest, ['--container', 'app'])).code).toBe(0)
    expect(await run(manifest, ['--container', 'other'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('openirsa run -f FILE -- COMMAND'),
    })
    expect(await run(manifest, ['--container', 'other', '--', 'echo', 'mine'])).toMatchObject({
      code: 0,
      out: 'mine\n',
    })
  })

  test('a container that the pod leaves out of IRSA is not run with its identity', async () => {
    const annotations = { 'eks.amazonaws.com/skip-containers': 'proxy, app' }
    expect(await run(pod({}, { annotations }))).toMatchObject({
      code: 2,
      err: expect.stringContaining('skip-containers'),
    })
  })

  test("keys in the manifest's variables are kept from the command, and named", async () => {
    const env = [{ name: 'AWS_ACCESS_KEY_ID', value: 'AKIAEXAMPLE' }]
    const ended = await run(pod({ containers: [container({ env })] }))
    expect(ended.err).toContain('AWS_ACCESS_KEY_ID')
    expect(shown(ended)).not.toHaveProperty('AWS_ACCESS_KEY_ID')
  })

  test.each([
    ['no pod', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }, 'there is no pod in the file'],
    ['two pods', [pod(), pod({}, { name: 'orders-1' })], 'there are 2 pods in the file'],
    ['no containers', pod({ containers: [] }), 'has no container'],
  ])('%s: says so, exit 2', async (_, manifest, said) => {
    expect(await run(manifest)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) })
  })
})
