#!/usr/bin/env node
// `node bench/signer.mjs`: Sign over gRPC on a unix socket with 32 callers, beside node:crypto's synchronous RS256 on one thread. Both are
// measured in turns in the same run, so that what else the machine does weighs on both. The signer is the built command; BENCH_SECONDS=3 a turn.
import { spawn } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, toBinary } from '@bufbuild/protobuf'
import '../scripts/load-typescript.mjs'

const { SignJWTRequestSchema } = await import('../src/cluster/signer/generated/external-jwt-signer_pb.ts')

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
const TURNS = 3
const CALLERS = 32
const AIM = 0.75
const ISSUER = 'https://oidc.bench.test'
const COMMAND = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js')

const now = Math.floor(Date.now() / 1000)
/** What kube-apiserver sends for a pod. */
const claims = Buffer.from(
  JSON.stringify({
    aud: ['sts.amazonaws.com'],
    exp: now + 3600,
    iat: now,
    iss: ISSUER,
    jti: '4f4e2f0c-9a0f-4d2b-b0c4-0f6f5b7f7b0e',
    'kubernetes.io': {
      namespace: 'shop',
      node: { name: 'node1', uid: '0b1c1b3e-2f4c-4f0e-9d52-3d0b8d6a6a51' },
      pod: { name: 'orders-7d4f9c6b5-x2x8k', uid: 'f1f3c3f0-5c0b-4f7c-8a3c-2b8d1f0a9e11' },
      serviceaccount: { name: 'orders', uid: '9e7a4f0e-9c3b-4f6f-8e0b-7a9d0c1b2e3f' },
    },
    nbf: now,
    sub: 'system:serviceaccount:shop:orders',
  }),
).toString('base64url')

const root = mkdtempSync(join(tmpdir(), 'bench-signer-'))
const directory = join(root, 'issuer')
const socket = join(root, 'signer.sock')

function openirsa(...words) {
  const child = spawn(process.execPath, [COMMAND, ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return { child, ended }
}

async function mustRun(...words) {
  const code = await openirsa(...words).ended
  if (code !== 0) throw new Error(`openirsa ${words.join(' ')} ended with ${code}`)
}

const answers = () =>
  new Promise((resolve) => {
    const probe = connect({ path: socket })
    probe.once('connect', () => resolve(probe.destroy() && true))
    probe.once('error', () => resolve(false))
  })

const message = Buffer.from(toBinary(SignJWTRequestSchema, create(SignJWTRequestSchema, { claims })))
/** SPEC: gRPC over HTTP/2: a byte for compression, four for the length. */
const frame = Buffer.concat([Buffer.from([0, 0, 0, message.length >> 8, message.length & 255]), message])
const HEADERS = {
  ':method': 'POST',
  ':path': '/v1.ExternalJWTSigner/Sign',
  ':authority': 'localhost',
  'content-type': 'application/grpc',
  te: 'trailers',
}

/** A bare caller: it is the signer that is measured, and kube-apiserver's own client costs little. */
const call = (session) =>
  new Promise((resolve, reject) => {
    const stream = session.request(HEADERS)
    let size = 0
    stream.on('data', (part) => {
      size += part.length
    })
    stream.on('error', reject)
    stream.on('trailers', (trailers) => {
      if (trailers['grpc-status'] === '0' && size > 300) resolve()
      else reject(new Error(`grpc-status ${trailers['grpc-status']}, ${size} bytes: ${trailers['grpc-message']}`))
    })
    stream.end(frame)
  })

/** Milliseconds of CPU that a process has used. SPEC: proc(5), fields 14 and 15 of stat, in hundredths of a second. */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Calls a second: each caller asks again when it was answered. */
async function overGrpc(session) {
  const began = performance.now()
  const until = began + SECONDS * 1000
  let count = 0
  const caller = async () => {
    while (performance.now() < until) {
      await call(session)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return count / ((performance.now() - began) / 1000)
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const input = Buffer.from(`${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${claims}`)

function synchronous() {
  const began = performance.now()
  const until = began + SECONDS * 1000
  let count = 0
  while (performance.now() < until) {
    for (let at = 0; at < 50; at += 1) sign('sha256', input, privateKey).toString('base64url')
    count += 50
  }
  return count / ((performance.now() - began) / 1000)
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)]

let signer
try {
  await mustRun('issuer', 'init', '--issuer', ISSUER, '--dir', directory, '--signer')
  await mustRun('issuer', 'publish', '--dir', directory, '--to', `dir:${join(root, 'site')}`)
  signer = openirsa('serve', 'issuer', '--dir', directory, '--signer', `unix:${socket}`)
  while (!(await answers())) await new Promise((passed) => setTimeout(passed, 50))
  const session = connectHttp2('http://localhost', { createConnection: () => connect({ path: socket }) })
  for (let at = 0; at < 200; at += 1) await call(session)
  const turns = []
  const cpuBefore = cpuOf(signer.child.pid)
  let [own, signedHere] = [0, 0]
  const measured = () => {
    const before = process.cpuUsage()
    const perSecond = synchronous()
    const { user, system } = process.cpuUsage(before)
    own += user + system
    signedHere += perSecond * SECONDS
    return perSecond
  }
  for (let turn = 0; turn < TURNS; turn += 1) turns.push({ sync: measured(), grpc: await overGrpc(session) })
  const cpu = cpuOf(signer.child.pid) - cpuBefore
  session.close()
  const sync = median(turns.map((turn) => turn.sync))
  const grpc = median(turns.map((turn) => turn.grpc))
  const ratio = median(turns.map((turn) => turn.grpc / turn.sync))
  console.log(`RS256 by node:crypto, synchronous, one thread   ${sync.toFixed(0)}/s`)
  console.log(`Sign over gRPC, ${CALLERS} callers on one connection     ${grpc.toFixed(0)}/s`)
  const signed = turns.reduce((sum, turn) => sum + turn.grpc * SECONDS, 0)
  console.log(
    `CPU of one: synchronous, and the whole signer   ${(own / signedHere).toFixed(0)} µs, ${((cpu * 1000) / signed).toFixed(0)} µs`,
  )
  console.log(`ratio                                           ${ratio.toFixed(2)} (aim: ${AIM} at least)`)
  if (ratio < AIM) process.exitCode = 1
} finally {
  signer?.child.kill('SIGTERM')
  await signer?.ended
  rmSync(root, { recursive: true, force: true })
}
