#!/usr/bin/env node
// Claim: `npm run demo` shows the circle and ends by itself with 0, in under five seconds.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'

const MOST_MILLISECONDS = 5000
const began = performance.now()
const ran = spawnSync('npm', ['run', '--silent', 'demo'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const took = Math.round(performance.now() - began)
console.log(ran.stdout, ran.stderr)
assert.equal(ran.status, 0)
for (const shown of ['shop/orders', 'AssumeRoleWithWebIdentity', 's3:DeleteObject', 'IRSA501'])
  assert.ok(ran.stdout.includes(shown), `the demo does not show ${shown}`)
assert.ok(took < MOST_MILLISECONDS, `the demo took ${took} ms, ${MOST_MILLISECONDS} are the most`)
console.log(`note: ${took} ms`)
