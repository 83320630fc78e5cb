#!/usr/bin/env node
// `npm run bench:policy [DIST]`: decisions of the policy engine on policies of 2, 20 and 200 statements, beside a plain evaluator and two
// other engines in the same run, and what else a policy costs. Writes bench/RESULTS-policy.md; `--print` only prints.
import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cedarEvaluator, iamSimulateEvaluator } from './policy-peers.mjs'
import { plainEvaluator } from './policy-plain.mjs'
import { renderPolicyReport } from './policy-report.mjs'

const [given] = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const dist = resolve(given ?? join(import.meta.dirname, '..', 'dist'))
const { evaluate, explain, parsePolicyDocument } = await import(
  pathToFileURL(join(dist, 'standards', 'policy', 'index.js')).href
)
const read = (name) => readFileSync(join(import.meta.dirname, 'policy', `${name}.json`), 'utf8')
const asked = JSON.parse(read('request'))
const account = asked.resource.accountId
const values = new Map(Object.entries(asked.context).map(([key, value]) => [key.toLowerCase(), value]))
const principal = {
  kind: 'role-session',
  account,
  arn: asked.principal,
  roleArn: asked.context['aws:PrincipalArn'],
  roleUniqueId: 'AROAAAAAAAAAAAAAAAAAA',
}
const ROUNDS = 7
const SECONDS = 0.15
const REQUESTS = 64

/** The request as the gateway would make it, for resources that differ in their ends. */
function requestsOf(text, { action = asked.action, resource = asked.resource.resource } = {}) {
  const policies = { identity: [{ name: 'bench', document: parsePolicyDocument(text, 'identity') }] }
  const keys = { get: (key) => values.get(key) }
  return Array.from({ length: REQUESTS }, (_, variant) => ({
    principal,
    action,
    resource: `${resource}${variant}`,
    resourceAccount: account,
    keys,
    policies,
  }))
}

/** How often `run` runs in a second of this process's own time: what else runs on the machine does not count. */
function perSecond(run, requests) {
  const began = process.cpuUsage()
  let count = 0
  let seconds = 0
  while (seconds < SECONDS) {
    // Asking for the time costs more than a decision: each batch is as large as all before it.
    for (let end = Math.max(1, count * 2); count < end; count += 1) run(requests[count & (REQUESTS - 1)])
    const { user, system } = process.cpuUsage(began)
    seconds = (user + system) / 1e6
  }
  return count / seconds
}

/** The best of some rounds of each; they take turns, so that a busy moment hits all of them. */
function race(runners) {
  const best = Object.fromEntries(Object.keys(runners).map((name) => [name, 0]))
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, { run, requests }] of Object.entries(runners))
      best[name] = Math.max(best[name], perSecond(run, requests))
  return best
}

function measurePolicy(name) {
  const text = read(name)
  const allowed = requestsOf(text)
  const elsewhere = requestsOf(text, { resource: 'arn:aws:s3:::another-bucket/payments/' })
  const denied = requestsOf(text, { action: 's3:DeleteBucket' })
  const engines = {
    ours: (request) => evaluate(request).outcome === 'allow',
    plain: plainEvaluator(text),
    iamSimulate: iamSimulateEvaluator(text, asked),
    cedar: cedarEvaluator(text, asked),
  }
  for (const [engine, run] of Object.entries(engines))
    for (const [expected, requests] of [
      [true, allowed],
      [false, elsewhere],
    ])
      for (const request of requests)
        if (run(request) !== expected)
          throw new Error(`${name}: ${engine} did not say ${expected} to ${request.resource}`)
  const best = race({
    ...Object.fromEntries(Object.entries(engines).map(([engine, run]) => [engine, { run, requests: allowed }])),
    denied: { run: evaluate, requests: denied },
    explained: { run: explain, requests: denied },
  })
  return { statements: JSON.parse(text).Statement.length, ...best }
}

const documentOf = (...statements) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((more) => ({ Effect: 'Allow', ...more })) })

/** 400 resources in one statement: nanoseconds of a decision. */
function measureManyResources() {
  const others = Array.from({ length: 399 }, (_, at) => `arn:aws:s3:::bucket-${at}/*`)
  const requests = requestsOf(documentOf({ Action: asked.action, Resource: [...others, 'arn:aws:s3:::my-bucket/*'] }))
  if (evaluate(requests[0]).outcome !== 'allow') throw new Error('400 resources: expected an allow')
  return 1e9 / race({ many: { run: evaluate, requests } }).many
}

/** Patterns of 1,024 characters made to be slow, against a text of 2,048: milliseconds of the slowest decision. */
function measureWorstGlob() {
  const start = 'arn:aws:s3:::b/'
  const patterns = [
    'a*'.repeat(512),
    `${'*a?'.repeat(341)}*`,
    `*${'?'.repeat(1021)}b*`,
    `*${'a?'.repeat(510)}ab*`,
    `*${'a'.repeat(1021)}b*`,
    `${'*?a'.repeat(340)}*b*`,
  ]
  const took = patterns.map((pattern) => {
    const requests = requestsOf(documentOf({ Action: asked.action, Resource: `${start}${pattern}` }))
    const request = { ...requests[0], resource: `${start}${'a'.repeat(2048)}` }
    return 1e3 / race({ glob: { run: () => evaluate(request), requests } }).glob
  })
  return Math.max(...took)
}

/** Parsing 200 statements and the first decision by them, milliseconds: the first of this process, and the median of some more. */
function measureCompile() {
  const text = read('large')
  const took = Array.from({ length: 21 }, () => {
    const began = process.cpuUsage()
    evaluate(requestsOf(text)[0])
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1e3
  })
  return { first: took[0], median: took.slice(1).sort((one, other) => one - other)[10] }
}

const loadBefore = loadavg()[0].toFixed(1)
const compile = measureCompile()
const report = renderPolicyReport({
  loadBefore,
  policies: ['small', 'medium', 'large'].map(measurePolicy),
  compile,
  manyResources: measureManyResources(),
  worstGlob: measureWorstGlob(),
  loadAfter: loadavg()[0].toFixed(1),
})
console.log(report)
if (!process.argv.includes('--print'))
  writeFileSync(
    join(import.meta.dirname, 'RESULTS-policy.md'),
    `# Figures of the policy engine\n\nMade by \`npm run bench:policy\`. It writes this page anew.\n\n${report}\n`,
  )
