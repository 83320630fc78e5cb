// Starts a stub of an API server and the reference webhook on it, asks the webhook all that the job on stdin has, and prints the answers as JSON.
// It runs in a network namespace of its own where that can be had: the reference listens on every address.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Agent, request } from 'node:https'
import { createServer as createSocketServer } from 'node:net'
import { json } from 'node:stream/consumers'

const READY_LIMIT_MS = 30_000
const RETRY_MS = 50
const LOG_LINES = 30

const job = await json(process.stdin)
const api = await serveApi(job)
const [port, metricsPort] = await freePorts(2)
const { child, log } = startReference()
const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(job.caFile) })
try {
  await waitUntilReady()
  const answers = await Promise.all(job.reviews.map((review) => ask(review)))
  process.stdout.write(JSON.stringify({ answers }))
} catch (error) {
  process.stdout.write(JSON.stringify({ failure: `${error.message}\n${log()}` }))
} finally {
  child.kill('SIGKILL')
  agent.destroy()
  api.closeAllConnections()
  api.close()
}

/** Lists are whole from the start and never change: a watch stays open and silent. */
async function serveApi({ serviceAccounts, configMaps }) {
  const lists = {
    '/api/v1/serviceaccounts': { kind: 'ServiceAccountList', items: serviceAccounts },
    '/api/v1/namespaces/eks/configmaps': { kind: 'ConfigMapList', items: configMaps },
  }
  const server = createServer((call, response) => {
    const url = new URL(call.url, 'http://stub')
    const list = lists[url.pathname]
    if (list === undefined) return void response.writeHead(404).end()
    if (url.searchParams.has('watch')) return watch(url, list, response)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ apiVersion: 'v1', metadata: { resourceVersion: '1' }, ...list }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** SPEC: https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
function watch(url, { kind, items }, response) {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
  if (url.searchParams.get('sendInitialEvents') !== 'true') return
  const type = { apiVersion: 'v1', kind: kind.replace('List', '') }
  for (const item of items) response.write(`${JSON.stringify({ type: 'ADDED', object: { ...type, ...item } })}\n`)
  const metadata = { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } }
  response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { ...type, metadata } })}\n`)
}

function startReference() {
  const words = [
    '--in-cluster=false',
    `--kube-api=http://127.0.0.1:${api.address().port}`,
    `--port=${port}`,
    `--metrics-port=${metricsPort}`,
    `--tls-cert=${job.certFile}`,
    `--tls-key=${job.keyFile}`,
    ...job.flags,
  ]
  const started = spawn(job.binary, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      written = `${written}${text}`.slice(-20_000)
    })
  }
  process.on('exit', () => started.kill('SIGKILL'))
  return { child: started, log: () => written.split('\n').slice(-LOG_LINES).join('\n') }
}

/** It listens before it knows anything: pods that must get a patch say when it does. */
async function waitUntilReady() {
  const end = Date.now() + READY_LIMIT_MS
  for (const canary of job.canaries) {
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('the reference ended')
      const answer = await ask(canary).catch(() => undefined)
      if (answer?.text.includes('"patch"')) break
      if (Date.now() > end) throw new Error('the reference did not become ready')
      await new Promise((passed) => setTimeout(passed, RETRY_MS))
    }
  }
}

async function ask({ contentType = 'application/json', body }) {
  const call = request({
    host: '127.0.0.1',
    port,
    path: '/mutate?timeout=10s',
    method: 'POST',
    agent,
    headers: { 'content-type': contentType },
  })
  call.end(body)
  const [response] = await once(call, 'response')
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return { status: response.statusCode, text }
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createSocketServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
