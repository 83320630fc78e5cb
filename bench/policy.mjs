#!/usr/bin/env node
// Decisions a second of the policy engine, on policies of 2, 20 and 200 statements, beside a plain evaluator measured in the same run:
// statements in their order, one RegExp for each pattern, made beforehand. Usage: node bench/policy.mjs [DIST]
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const dist = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'dist'))
const { evaluate, explain, parsePolicyDocument } = await import(
  pathToFileURL(join(dist, 'standards', 'policy', 'index.js')).href
)
const read = (name) => readFileSync(join(import.meta.dirname, 'policy', `${name}.json`), 'utf8')
const asked = JSON.parse(read('request'))
const account = asked.resource.accountId
const ROUNDS = 5
const SECONDS = 0.2

/** The request as the gateway would make it; another resource for each of `variants`, all of them allowed. */
function requestsOf(text) {
  const values = new Map(Object.entries(asked.context).map(([key, value]) => [key.toLowerCase(), value]))
  const policies = { identity: [{ name: 'bench', document: parsePolicyDocument(text, 'identity') }] }
  const principal = {
    kind: 'role-session',
    account,
    arn: asked.principal,
    roleArn: asked.context['aws:PrincipalArn'],
    roleUniqueId: 'AROAAAAAAAAAAAAAAAAAA',
  }
  return Array.from({ length: 64 }, (_, variant) => ({
    principal,
    action: asked.action,
    resource: `${asked.resource.resource}${variant}`,
    resourceAccount: account,
    keys: { get: (key) => values.get(key) },
    policies,
  }))
}

const escaped = (text) => text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
const globOf = (text, flags) => new RegExp(`^${escaped(text).replaceAll('*', '.*').replaceAll('?', '.')}$`, flags)
const list = (value) => (Array.isArray(value) ? value : [value])

/** Knows what the policies of this bench need and no more. */
function plainEvaluator(text) {
  const statements = JSON.parse(text).Statement.map(({ Action, Resource, Condition = {} }) => ({
    actions: list(Action).map((pattern) => globOf(pattern, 'i')),
    resources: list(Resource),
    globs: new Map(),
    conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) => ({ operator, key: key.toLowerCase(), wanted: list(wanted) })),
    ),
  }))
  return ({ action, resource, keys }) =>
    statements.some(
      (statement) =>
        statement.actions.some((glob) => glob.test(action)) &&
        statement.resources.some((pattern) => plainGlob(statement.globs, pattern, keys).test(resource)) &&
        statement.conditions.every(({ operator, key, wanted }) => plainCondition(operator, keys.get(key), wanted)),
    )
}

function plainGlob(globs, pattern, keys) {
  const text = pattern.replaceAll(/\$\{([^}]+)\}/g, (_, key) => keys.get(key.toLowerCase()) ?? '')
  const known = globs.get(text)
  if (known !== undefined) return known
  const made = globOf(text, '')
  globs.set(text, made)
  return made
}

function plainCondition(operator, found, wanted) {
  if (found === undefined) return false
  if (operator === 'StringEquals' || operator === 'Bool') return wanted.includes(found)
  if (operator === 'StringLike' || operator === 'ArnLike')
    return wanted.some((pattern) => globOf(pattern, '').test(found))
  return false
}

/** A second of this process's own time: what else runs on the machine does not count. The best of some rounds. */
function perSecond(decide, requests) {
  let best = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = process.cpuUsage()
    let count = 0
    let seconds = 0
    while (seconds < SECONDS) {
      // Asking for the time costs more than a decision: each batch is as large as all before it.
      for (let end = Math.max(64, count * 2); count < end; count += 1) decide(requests[count & 63])
      seconds = process.cpuUsage(began).user / 1e6
    }
    best = Math.max(best, count / seconds)
  }
  return Math.round(best)
}

const rows = []
for (const name of ['small', 'medium', 'large']) {
  const text = read(name)
  const requests = requestsOf(text)
  const plain = plainEvaluator(text)
  for (const request of requests)
    if (evaluate(request).outcome !== 'allow' || !plain(request)) throw new Error(`${name}: expected an allow`)
  const denied = requests.map((request) => ({ ...request, action: 's3:DeleteBucket' }))
  rows.push({
    policy: name,
    statements: JSON.parse(text).Statement.length,
    'allowed/s': perSecond(evaluate, requests),
    'denied/s': perSecond(evaluate, denied),
    'plain/s': perSecond(plain, requests),
    'explained/s': perSecond(explain, denied),
  })
}
console.table(rows)
