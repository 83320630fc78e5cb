#!/usr/bin/env node
// Claim: no secret appears in any log of this run. An installation that logs everything is used in every way that carries a secret; then its
// lines, what it keeps (store, trail, denials, all but the files that hold its keys) and every log below the folder that is given are searched
// for those very secrets, and the logs for anything that looks like one.
import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exchange, withInstallation } from './installation.mjs'

const [folder] = process.argv.slice(2)
const command = [process.execPath, join(import.meta.dirname, '../../dist/cli/main.js')]
/** Files of a data directory that are there to hold a secret, 0600. */
const HOLDS_KEYS = /^(keys\/|tls\/|administrators\.json$|control-token$)/
const LOOKS = [
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a secret access key', /(secret_?access_?key|SecretAccessKey)["'>]?\s*[:=>]\s*["']?[A-Za-z0-9/+]{40}\b/i],
]

const own = []
const kept = new Map()
const secrets = await useSecrets()
const logs = new Map([['the log of the installation', own.join('')], ...readFolder(folder)])
assert.match(own.join(''), /listening/, 'the installation logged nothing: this would prove nothing')
assert.ok(kept.size >= 2, 'the installation kept nothing: this would prove nothing')
const faults = [
  ...[...logs, ...kept].flatMap(([name, text]) =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => `${name}: holds ${what}`),
  ),
  ...[...logs].flatMap(([name, text]) =>
    LOOKS.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${name}: holds what looks like ${what}`),
  ),
]
assert.deepEqual(faults, [])
console.log(`note: ${secrets.size} secrets, ${logs.size} logs, ${kept.size} files that the installation keeps`)

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
    for (const [name, text] of readFolder(dataDirectory)) if (!HOLDS_KEYS.test(name)) kept.set(name, text)
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
  const read = (name) => readFileSync(join(dataDirectory, name), 'utf8').trim()
  return [
    ['the control token', read('control-token')],
    ['the key of the store', read('keys/store-key')],
    ['a sealing key', longestRun(read('keys/seal-keys.json'))],
    ["the issuer's private key", longestRun(read('keys/issuer-keys.json')).slice(-60)],
    ...JSON.parse(read('administrators.json')).map(({ account, secretAccessKey }) => [
      `the administrator's key of ${account}`,
      secretAccessKey,
    ]),
  ]
}

/** The longest stretch of base64: in a file of keys that is a key, or a line of one. */
function longestRun(text) {
  const [longest = ''] = text.match(/[\w+/=-]{40,}/g)?.toSorted((one, other) => other.length - one.length) ?? []
  assert.notEqual(longest, '', 'a key file holds no key')
  return longest
}

/** Every file below a folder, as bytes. */
function readFolder(place) {
  if (place === undefined || !existsSync(place)) return []
  const entries = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return paths.map((path) => [path.slice(place.length + 1), readFileSync(path, 'latin1')])
}
