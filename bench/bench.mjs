#!/usr/bin/env node
// `npm run bench`: the figures, each beside a baseline measured in the same run. Writes bench/RESULTS.md; `--print` only prints.
// BENCH_SECONDS is how long each load lasts.
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderReport } from './report.mjs'
import { exchangeForm, exchangeRequest, identityRequest } from './requests.mjs'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
const CONNECTIONS = 32
const IDLE_MILLISECONDS = 5000
const folder = mkdtempSync(join(tmpdir(), 'openirsa-bench-'))
const bin = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js')
const place = ['--data-dir', join(folder, 'data')]
const children = []

try {
  const text = renderReport(await measure(), { connections: CONNECTIONS, seconds: SECONDS })
  console.log(text)
  if (!process.argv.includes('--print'))
    writeFileSync(
      join(import.meta.dirname, 'RESULTS.md'),
      `# Figures\n\nMade by \`npm run bench\`. It writes this page anew.\n\n${text}\n`,
    )
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

async function measure() {
  const loadBefore = loadavg()[0].toFixed(1)
  const help = median(() => timed([bin, '--help']), 9)
  const bareNode = median(() => timed(['-e', '0']), 9)
  const first = await start([bin, 'up', '--demo', '--port', '0', ...place, '-o', 'json'])
  await stop(first.child)
  const up = await start([bin, 'up', '--port', '0', ...place, '-o', 'json'])
  const bare = await start([join(import.meta.dirname, 'baseline-http.mjs')])
  await new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS))
  const idle = { idle: residentMegabytes(up.child), bareIdle: residentMegabytes(bare.child) }
  const rates = await measureRates(JSON.parse(up.line).endpoint, Number(bare.line))
  return {
    loadBefore,
    help,
    bareNode,
    firstStart: Math.round(first.milliseconds),
    start: Math.round(up.milliseconds),
    ...idle,
    ...rates,
    loaded: residentMegabytes(up.child),
    bareLoaded: residentMegabytes(bare.child),
  }
}

async function measureRates(endpoint, barePort) {
  const port = Number(new URL(endpoint).port)
  const token = execFileSync(process.execPath, [bin, 'token', 'mint', '--service-account', 'shop/orders', ...place], {
    encoding: 'utf8',
  }).trim()
  const credentials = await exchange(endpoint, token)
  return {
    verify: verificationsPerSecond(),
    sync: syncMilliseconds(),
    bareExchange: load(barePort, exchangeRequest(barePort, token)),
    exchange: load(port, exchangeRequest(port, token)),
    bareIdentity: load(barePort, identityRequest(barePort, credentials)),
    identity: load(port, identityRequest(port, credentials)),
  }
}

/** Starts a program and waits for the first line on its standard output. */
function start(words) {
  const began = performance.now()
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
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

function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  return ended
}

function residentMegabytes({ pid }) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024)
}

function load(port, request) {
  const file = join(folder, 'request')
  writeFileSync(file, request)
  const words = [join(import.meta.dirname, 'load.mjs'), port, CONNECTIONS, SECONDS, file, 200].map(String)
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}

async function exchange(endpoint, token) {
  const answer = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(exchangeForm(token)) })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(text)
  const field = (name) => text.split(`<${name}>`)[1].split('</')[0]
  return {
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  }
}

/** What the one unavoidable piece of an exchange costs: RS256 over as many bytes as a token has. */
function verificationsPerSecond() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const text = Buffer.alloc(900, 'x')
  const signature = sign('sha256', text, privateKey)
  const began = performance.now()
  let count = 0
  while (performance.now() < began + 2000) count += verify('sha256', text, publicKey, signature) ? 1 : 0
  return Math.round(count / ((performance.now() - began) / 1000))
}

/** What being durable costs on this disk: the median of appending 4 KiB and fdatasync. */
function syncMilliseconds() {
  const file = openSync(join(folder, 'sync'), 'a')
  const page = Buffer.alloc(4096)
  const took = Array.from({ length: 200 }, () => {
    const began = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  return took.sort((one, other) => one - other)[100].toFixed(2)
}

function timed(words) {
  const began = performance.now()
  execFileSync(process.execPath, words, { stdio: 'ignore' })
  return performance.now() - began
}

function median(measureOnce, times) {
  const values = Array.from({ length: times }, measureOnce).sort((one, other) => one - other)
  return Math.round(values[Math.floor(times / 2)])
}
