#!/usr/bin/env node
// Claim: `npm run demo` shows the circle and ends by itself with 0, in under five seconds.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'

const MOST_MILLISECONDS = 5000
/** A machine that does something else at the same time is given another chance; a demo that is slow is slow three times. */
const TRIES = 3

const took = []
do took.push(runDemo())
while (took.at(-1) >= MOST_MILLISECONDS && took.length < TRIES)
assert.ok(took.at(-1) < MOST_MILLISECONDS, `the demo took ${took.join(', ')} ms, ${MOST_MILLISECONDS} are the most`)
console.log(`note: ${took.at(-1)} ms`)

function runDemo() {
  const began = performance.now()
  const ran = spawnSync('npm', ['run', '--silent', 'demo'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  console.log(ran.stdout, ran.stderr)
  assert.equal(ran.status, 0)
  for (const shown of ['shop/orders', 'AssumeRoleWithWebIdentity', 's3:DeleteObject', 'IRSA501'])
    assert.ok(ran.stdout.includes(shown), `the demo does not show ${shown}`)
  return Math.round(performance.now() - began)
}
