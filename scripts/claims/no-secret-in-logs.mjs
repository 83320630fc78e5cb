#!/usr/bin/env node
// Claim: no secret appears in any log of this run. An installation that logs everything is used in every way that carries a secret; then its
// lines, and every log below the folder that is given, are searched for those very secrets and for anything that looks like one.
import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exchange, withInstallation } from './installation.mjs'

const [folder] = process.argv.slice(2)
const command = [process.execPath, join(import.meta.dirname, '../../dist/cli/main.js')]
const LOOKS = [
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a secret access key', /(secret_?access_?key|SecretAccessKey)["'>]?\s*[:=>]\s*["']?[A-Za-z0-9/+]{40}\b/i],
]

const own = []
const secrets = await useSecrets()
const logs = new Map([['the installation that logged everything', own.join('')], ...readLogs()])
assert.ok(own.join('').split('\n').length > 5, 'the installation logged next to nothing: this would prove nothing')
const faults = [...logs].flatMap(([name, text]) => [
  ...[...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => `${name}: holds ${what}`),
  ...LOOKS.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${name}: holds what looks like ${what}`),
])
assert.deepEqual(faults, [])
console.log(`note: ${secrets.size} secrets, ${logs.size} logs, ${[...logs.values()].join('').length} characters`)

/** Answers every secret that went through, by what it is. */
async function useSecrets() {
  const place = { command, flags: ['--log-level', 'debug'], onLine: (line) => own.push(line) }
  return withInstallation(place, async ({ facts, openirsa, dataDirectory }) => {
    const token = openirsa('token', 'mint', '--service-account', 'shop/orders').trim()
    const given = await exchange(facts.endpoint, token)
    assert.equal(given.status, 200, given.text)
    const found = new Map([
      ['a token', token],
      ['the signature of a token', token.split('.')[2]],
      ['a secret access key', given.secretAccessKey],
      ['a session token', given.sessionToken],
      ...secretsOf(dataDirectory),
    ])
    await failWith(facts, token, given, found)
    return found
  })
}

/** Refusals are where secrets slip into logs. */
async function failWith({ endpoint, httpsEndpoint }, token, given, found) {
  const cut = `${token.slice(0, -20)}${'A'.repeat(20)}`
  found.set('a token with a broken signature', cut)
  await exchange(endpoint, cut)
  await exchange(endpoint, token, { role: 'arn:aws:iam::000000000000:role/nobody' })
  await exchange(endpoint, token, { session: 'not a name' })
  const headers = {
    Authorization: `AWS4-HMAC-SHA256 Credential=${given.accessKeyId}/broken, Signature=0`,
    'X-Amz-Security-Token': given.sessionToken,
  }
  await fetch(`${endpoint}/orders-bucket/hello.txt?X-Amz-Security-Token=${encodeURIComponent(given.sessionToken)}`, {
    headers,
  }).then((answer) => answer.text())
  await fetch(`${endpoint}/_openirsa/api/v1/denials/x`, { headers: { Authorization: `Bearer ${token}` } }).then(
    (answer) => answer.text(),
  )
  await fetch(httpsEndpoint, { method: 'POST', body: token }).catch(() => undefined)
}

/** What lies in the data directory and opens something. */
function secretsOf(dataDirectory) {
  const administrators = JSON.parse(readFileSync(join(dataDirectory, 'administrators.json'), 'utf8'))
  const files = readdirSync(join(dataDirectory, 'keys')).map((name) => [
    `the key file ${name}`,
    readFileSync(join(dataDirectory, 'keys', name), 'utf8').trim(),
  ])
  return [
    ['the control token', readFileSync(join(dataDirectory, 'control-token'), 'utf8').trim()],
    ...administrators.map(({ account, secretAccessKey }) => [`the administrator's key of ${account}`, secretAccessKey]),
    ...files.filter(([, text]) => text.length > 20),
  ]
}

function readLogs() {
  if (folder === undefined || !existsSync(folder)) return []
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])
}
