#!/usr/bin/env node
// `npm run bench`: the figures, each beside a baseline measured in the same run. Writes bench/RESULTS.md with --write.
import { execFileSync, spawn } from 'node:child_process'
import { createHash, createHmac, generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
const CONNECTIONS = 32
const folder = mkdtempSync(join(tmpdir(), 'openirsa-bench-'))
const bin = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js')
const place = ['--data-dir', join(folder, 'data')]
const children = []

/** Starts a program and waits for the first line on its standard output. */
function start(program, words) {
  const began = performance.now()
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      if (text.includes('\n')) resolve({ child, line: text.split('\n')[0], milliseconds: performance.now() - began })
    })
    child.once('exit', (code) => reject(new Error(`${words.join(' ')} ended with ${code}`)))
  })
}

const openirsa = (...words) => execFileSync(process.execPath, [bin, ...words, ...place], { encoding: 'utf8' })
const residentMegabytes = (pid) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024)

function load(port, request, status = 200) {
  const file = join(folder, 'request')
  writeFileSync(file, request)
  const out = execFileSync(process.execPath, [join(import.meta.dirname, 'load.mjs'), String(port), String(CONNECTIONS), String(SECONDS), file, String(status)])
  return JSON.parse(out.toString())
}

function post(port, form, headers = {}) {
  const body = new URLSearchParams(form).toString()
  const lines = { Host: `127.0.0.1:${port}`, 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'Content-Length': Buffer.byteLength(body), ...headers }
  return `POST / HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** SigV4 over host, date and session token, written out here so that the bench measures the server with nothing of it in the client. */
function signedPost(port, form, { accessKeyId, secret, sessionToken }) {
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
  const sha = (text) => createHash('sha256').update(text).digest('hex')
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const scope = `${date.slice(0, 8)}/us-east-1/sts/aws4_request`
  const signed = { host: `127.0.0.1:${port}`, 'x-amz-date': date, 'x-amz-security-token': sessionToken }
  const names = Object.keys(signed).join(';')
  const canonical = ['POST', '/', '', ...Object.entries(signed).map(([name, value]) => `${name}:${value}`), '', names, sha(new URLSearchParams(form).toString())].join('\n')
  const key = scope.split('/').reduce((before, part) => hmac(before, part), `AWS4${secret}`)
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return post(port, form, { 'X-Amz-Date': date, 'X-Amz-Security-Token': sessionToken, Authorization: authorization })
}

function verificationsPerSecond() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const text = Buffer.alloc(900, 'x')
  const signature = sign('sha256', text, privateKey)
  const until = performance.now() + 2000
  let count = 0
  while (performance.now() < until) count += verify('sha256', text, publicKey, signature) ? 1 : 0
  return Math.round(count / 2)
}

function median(measure, times) {
  const values = Array.from({ length: times }, measure).sort((one, other) => one - other)
  return Math.round(values[Math.floor(times / 2)])
}

function timed(words) {
  const began = performance.now()
  execFileSync(process.execPath, words, { stdio: 'ignore' })
  return performance.now() - began
}

async function measure() {
  const help = median(() => timed([bin, '--help']), 9)
  const bareNode = median(() => timed(['-e', '0']), 9)
  const cold = await start(process.execPath, [bin, 'up', '--demo', '--port', '0', ...place, '-o', 'json'])
  cold.child.kill('SIGTERM')
  await new Promise((resolve) => cold.child.once('exit', resolve))
  const up = await start(process.execPath, [bin, 'up', '--port', '0', ...place, '-o', 'json'])
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const idle = residentMegabytes(up.child.pid)
  const port = Number(new URL(JSON.parse(up.line).endpoint).port)
  const base = await start(process.execPath, [join(import.meta.dirname, 'baseline-http.mjs')])
  const token = openirsa('token', 'mint', '--service-account', 'shop/orders').trim()
  const exchange = { Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: 'arn:aws:iam::000000000000:role/orders', RoleSessionName: 'bench', WebIdentityToken: token }
  const answer = await (await fetch(JSON.parse(up.line).endpoint, { method: 'POST', body: new URLSearchParams(exchange) })).text()
  const field = (name) => new RegExp(`<${name}>([^<]+)`).exec(answer)[1]
  const credentials = { accessKeyId: field('AccessKeyId'), secret: field('SecretAccessKey'), sessionToken: field('SessionToken') }
  const identity = { Action: 'GetCallerIdentity', Version: '2011-06-15' }
  return {
    help, bareNode, idle, bareIdle: residentMegabytes(base.child.pid), firstStart: Math.round(cold.milliseconds), start: Math.round(up.milliseconds),
    verify: verificationsPerSecond(),
    bareExchange: load(Number(base.line), post(base.line, exchange)),
    exchange: load(port, post(port, exchange)),
    bareIdentity: load(Number(base.line), signedPost(base.line, identity, credentials)),
    identity: load(port, signedPost(port, identity, credentials)),
    loaded: residentMegabytes(up.child.pid),
  }
}

const times = (one, other) => (one / other).toFixed(2)
function report(found) {
  const row = (what, value, baseline, ratio) => `| ${what} | ${value} | ${baseline} | ${ratio} |`
  const rate = ({ perSecond, p50, p99 }) => `${perSecond}/s (p50 ${p50} ms, p99 ${p99} ms)`
  return [
    `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB; ${CONNECTIONS} connections, ${SECONDS} s each, client and server on the same cores.`,
    '',
    '| what | openirsa | baseline | ratio |',
    '|---|---|---|---|',
    row('`openirsa --help`', `${found.help} ms`, `\`node -e 0\` ${found.bareNode} ms`, times(found.help, found.bareNode)),
    row('`openirsa up` ready, first start (keys, certificates, demo)', `${found.firstStart} ms`, `\`node -e 0\` ${found.bareNode} ms`, times(found.firstStart, found.bareNode)),
    row('`openirsa up` ready, later starts', `${found.start} ms`, `\`node -e 0\` ${found.bareNode} ms`, times(found.start, found.bareNode)),
    row('resident when idle', `${found.idle} MB`, `bare node:http ${found.bareIdle} MB`, times(found.idle, found.bareIdle)),
    row('AssumeRoleWithWebIdentity, all checks, record durable', rate(found.exchange), `bare node:http ${rate(found.bareExchange)}`, times(found.exchange.perSecond, found.bareExchange.perSecond)),
    row('the same beside RS256 verification alone', `${found.exchange.perSecond}/s`, `node:crypto, one core ${found.verify}/s`, times(found.exchange.perSecond, found.verify)),
    row('GetCallerIdentity, signed by a session, record durable', rate(found.identity), `bare node:http ${rate(found.bareIdentity)}`, times(found.identity.perSecond, found.bareIdentity.perSecond)),
    row('resident after that load', `${found.loaded} MB`, `bare node:http ${found.bareIdle} MB`, times(found.loaded, found.bareIdle)),
  ].join('\n')
}

try {
  const text = report(await measure())
  console.log(text)
  if (process.argv.includes('--write')) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), `# Figures\n\nMade by \`npm run bench -- --write\`.\n\n${text}\n`)
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
