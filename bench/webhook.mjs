#!/usr/bin/env node
// `node bench/webhook.mjs`: the figures of the webhook, each beside its baselines in the same run. Writes bench/WEBHOOK.md; `--print` only prints.
// Over TLS; the webhook as the built command in a process of its own, in front of an API server's stand-in with 10,000 service accounts.
// Words: `--rounds N` (3), `--seconds N` (5) of each load, `--command FILE` in place of dist/cli/main.js.
// Where it may, it runs in a network namespace of its own: the reference webhook listens on every address.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { cpus, homedir, loadavg, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import '../scripts/load-typescript.mjs'
import { renderWebhookReport } from './webhook-report.mjs'

const CONNECTIONS = 32
const ACCOUNTS = 10_000
const STEADY_RATE = 500
const ANNOTATIONS = 200
const NAMESPACE_MARK = 'OPENIRSA_BENCH_ISOLATED'
const text = { type: 'string' }
const { values } = parseArgs({
  options: {
    rounds: { ...text, default: '3' },
    seconds: { ...text, default: '5' },
    command: { ...text, default: join(import.meta.dirname, '..', 'dist', 'cli', 'main.js') },
    print: { type: 'boolean', default: false },
  },
})
isolate()

const { startCluster } = await import('../src/cluster/webhook-server/testing/cluster-under-test.ts')
const { writeCertificates, reviewOf } = await import('../src/cluster/webhook-server/testing/server-under-test.ts')
const folder = mkdtempSync(join(tmpdir(), 'openirsa-bench-'))
const certificates = await writeCertificates()
const cluster = await startCluster()
const children = []
const REFERENCE = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'openirsa-test/reference-webhook-0.6.17/reference-webhook',
)
const ROLE = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' }
const LONG_AGO = new Date(0)

try {
  const report = renderWebhookReport(await measure())
  console.log(report)
  if (!values.print)
    writeFileSync(
      join(import.meta.dirname, 'WEBHOOK.md'),
      `# Figures of the webhook\n\nMade by \`node bench/webhook.mjs\`. It writes this page anew.\n\n${report}\n`,
    )
} finally {
  for (const child of children) child.kill('SIGKILL')
  await cluster.stop()
  certificates.remove()
  rmSync(folder, { recursive: true, force: true })
}

/** Once more, in a namespace of its own, where the machine lets us. */
function isolate() {
  if (process.env[NAMESPACE_MARK] !== undefined) return
  const words = ['--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  if (spawnSync('unshare', [...words, 'true'], { stdio: 'ignore' }).status !== 0) return
  const { status } = spawnSync('unshare', [...words, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [NAMESPACE_MARK]: '1' },
  })
  process.exit(status ?? 1)
}

async function measure() {
  const loadBefore = loadavg()[0].toFixed(1)
  for (let at = 0; at < ACCOUNTS; at += 1)
    cluster.putAccount(`ns-${at % 100}/account-${at}`, { ...ROLE, 'other.example/note': 'x'.repeat(100) }, LONG_AGO)
  cluster.putAccount('shop/orders', ROLE, LONG_AGO)
  const bareNode = await medianOf(5, async () => timed(() => promisify(execFile)(process.execPath, ['-e', '0'])))
  const starts = []
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const webhook = await startOurs()
    starts.push(webhook)
    if (round < Number(values.rounds) - 1) await stop(webhook.child)
  }
  const ours = starts.at(-1)
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const idle = residentMegabytes(ours.child)
  const bare = await startBare()
  const reference = await startReference()
  const rates = await measureRates(ours, bare, reference)
  return {
    machine: `Node ${process.version} on Linux ${release()}, ${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load average before ${loadBefore}, after ${loadavg()[0].toFixed(1)}.`,
    settings: {
      connections: CONNECTIONS,
      seconds: values.seconds,
      rounds: values.rounds,
      accounts: ACCOUNTS,
      rate: STEADY_RATE,
    },
    bareNode,
    ready: median(starts.map(({ readyMilliseconds }) => readyMilliseconds)),
    idle,
    ...rates,
    loaded: residentMegabytes(ours.child),
    referenceLoaded: reference === undefined ? undefined : residentMegabytes(reference.child),
    effective: await measureAnnotating(ours),
    fresh: await measureFresh(ours),
  }
}

/** In turns, so that whatever else the machine does falls on all of them. */
async function measureRates(ours, bare, reference) {
  const file = join(folder, 'request')
  writeFileSync(file, reviewRequest())
  const found = { ours: [], bare: [], reference: [], steady: [], bareSteady: [], referenceSteady: [] }
  // V8 compiles for about so long; Go's server has the same.
  for (const server of [bare, ours, reference]) if (server !== undefined) await load(server, file, { seconds: 15 })
  for (let round = 0; round < Number(values.rounds); round += 1) {
    found.bare.push(await load(bare, file))
    found.ours.push(await load(ours, file))
    if (reference !== undefined) found.reference.push(await load(reference, file))
    found.bareSteady.push(await load(bare, file, { rate: STEADY_RATE }))
    found.steady.push(await load(ours, file, { rate: STEADY_RATE }))
    if (reference !== undefined) found.referenceSteady.push(await load(reference, file, { rate: STEADY_RATE }))
  }
  return found
}

/** With the processor time of the server for each review: on a busy machine that says more than the rate. */
async function load({ port, child }, file, { rate, seconds = values.seconds } = {}) {
  const words = [join(import.meta.dirname, 'load-tls.mjs'), port, CONNECTIONS, seconds, file]
  if (rate !== undefined) words.push(rate)
  const before = processorMilliseconds(child)
  const { stdout } = await promisify(execFile)(process.execPath, words.map(String))
  const { answers, ...found } = JSON.parse(stdout)
  return { ...found, microseconds: Math.round(((processorMilliseconds(child) - before) / answers) * 1000) }
}

/** SPEC: proc_pid_stat(5), utime and stime, in ticks of 10 ms. */
function processorMilliseconds({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** A pod of three containers as an API server sends it, with the volume that it has put in by then. */
function podReview() {
  const mounts = [
    { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
  ]
  const container = (name) => ({
    name,
    image: `registry.example/shop/${name}:1.2.3`,
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    ],
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
    volumeMounts: mounts,
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  })
  const review = JSON.parse(reviewOf('shop/orders'))
  review.request.object.metadata = { generateName: 'orders-7d9c5b8f6-', labels: { app: 'orders' } }
  review.request.object.spec = {
    ...review.request.object.spec,
    containers: ['main', 'proxy', 'metrics'].map(container),
    volumes: [
      {
        name: 'kube-api-access',
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          ],
        },
      },
    ],
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
  }
  return JSON.stringify(review)
}

function reviewRequest() {
  const body = podReview()
  return `POST /mutate?timeout=10s HTTP/1.1\r\nHost: webhook.shop.svc:443\r\nUser-Agent: kube-apiserver-admission\r\nContent-Type: application/json\r\nAccept: application/json, */*\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

async function startOurs() {
  const began = performance.now()
  const words = [values.command, 'webhook', 'serve', ...tlsFlags(), '--port=0', '--metrics-port=0', '-o', 'json']
  const { child, line } = await start(process.execPath, [...words, '--bind-address=127.0.0.1'])
  const { port } = JSON.parse(line)
  await until(() => ask(port, '/readyz').then(({ status }) => status === 200))
  return { child, port, readyMilliseconds: Math.round(performance.now() - began) }
}

async function startBare() {
  const words = [join(import.meta.dirname, 'baseline-https.mjs'), certificates.certificate, certificates.key]
  const { child, line } = await start(process.execPath, words)
  return { child, port: Number(line) }
}

/** Undefined where it was never built: test/circle/reference-webhook/build.mjs does that. */
async function startReference() {
  if (spawnSync(REFERENCE, ['--version'], { stdio: 'ignore' }).error !== undefined) return undefined
  const [port, metricsPort] = [18_443, 19_999]
  const child = spawn(REFERENCE, [...tlsFlags(), `--port=${port}`, `--metrics-port=${metricsPort}`], {
    stdio: 'ignore',
  })
  children.push(child)
  await until(async () => {
    const { response } = JSON.parse((await ask(port, '/mutate', podReview())).text)
    return response.patch !== undefined
  })
  return { child, port }
}

function tlsFlags() {
  return [
    '--in-cluster=false',
    `--kube-api=${cluster.url}`,
    `--tls-cert=${certificates.certificate}`,
    `--tls-key=${certificates.key}`,
  ]
}

/** Starts a program and waits for the first line on its standard output. */
function start(program, words) {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  return new Promise((resolve, reject) => {
    let written = ''
    child.stdout.on('data', (part) => {
      written += part
      if (written.includes('\n')) resolve({ child, line: written.split('\n')[0] })
    })
    child.once('exit', (code) => reject(new Error(`${words.join(' ')} ended with ${code}`)))
  })
}

function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  return ended
}

/** How long an annotation takes to count: an account that has been there for long gets a role, and its pods are reviewed until they get it. */
async function measureAnnotating({ port }) {
  const took = []
  for (let at = 0; at < ANNOTATIONS; at += 1) {
    const account = `ns-${at % 100}/late-${at}`
    cluster.putAccount(account, {}, LONG_AGO)
    await until(async () => (await reasonOf(port, account)) === 'no-role')
    const began = performance.now()
    cluster.putAccount(account, ROLE)
    await until(async () => (await reasonOf(port, account)) === 'web-identity-injected', 0)
    took.push(performance.now() - began)
  }
  took.sort((one, other) => one - other)
  return { p50: took[Math.floor(took.length / 2)].toFixed(1), p99: took[Math.floor(took.length * 0.99)].toFixed(1) }
}

/** Accounts made with their role in the moment before their pod: how many of the pods get it. */
async function measureFresh({ port }) {
  let injected = 0
  for (let at = 0; at < ANNOTATIONS; at += 1) {
    cluster.putAccount(`shop/fresh-${at}`, ROLE)
    if ((await reasonOf(port, `shop/fresh-${at}`)) === 'web-identity-injected') injected += 1
  }
  return { injected, of: ANNOTATIONS }
}

async function reasonOf(port, account) {
  return JSON.parse((await ask(port, '/mutate', reviewOf(account))).text).response.auditAnnotations?.reason
}

function ask(port, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const method = body === undefined ? 'GET' : 'POST'
    const asking = request(
      { host: '127.0.0.1', port, path, method, headers, ca: certificates.authority },
      (response) => {
        let written = ''
        response.setEncoding('utf8').on('data', (part) => {
          written += part
        })
        response.on('end', () => resolve({ status: response.statusCode, text: written }))
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}

async function until(holds, pauseMilliseconds = 5) {
  const end = performance.now() + 30_000
  while (!(await Promise.resolve(holds()).catch(() => false))) {
    if (performance.now() > end) throw new Error(`it never came to hold: ${holds}`)
    if (pauseMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
  }
}

function residentMegabytes({ pid }) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024)
}

async function timed(work) {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function medianOf(times, measureOnce) {
  const found = []
  for (let at = 0; at < times; at += 1) found.push(await measureOnce())
  return Math.round(median(found))
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)]
}
