import { describe, expect, test } from 'vitest'
import { checkTree } from './tree.ts'

const check = (name: string, line: string) => checkTree('check-absences.mjs', { [`src/${name}`]: `${line}\n` })

describe('what is never found where', () => {
  test.each([
    ['core/bad.ts', 'const now = Date.now()', 'reads the clock'],
    ['standards/oidc/bad.ts', 'const now = new Date()', 'reads the clock'],
    ['cloud/gateway/bad.ts', 'const now = performance.now()', 'holds a stopwatch'],
    ['standards/policy/bad.ts', 'const roll = Math.random()', 'makes randomness of its own'],
    ['cloud/session/bad.ts', `import { randomBytes } from 'node:crypto'`, 'makes randomness of its own'],
    ['standards/sigv4/bad.ts', 'setTimeout(sign, 1)', 'sets a timer'],
    ['core/bad.ts', `import { readFileSync } from 'node:fs'`, 'touches disk, network, processes or this machine'],
    ['core/bad.ts', `import { open } from 'node:fs/promises'`, 'touches disk, network, processes or this machine'],
    ['standards/oidc/bad.ts', `import { connect } from 'node:net'`, 'touches disk, network, processes or this machine'],
    ['standards/oidc/bad.ts', 'const answer = await fetch(issuer)', 'touches disk, network, processes or this machine'],
    ['io/store/bad.ts', 'const home = process.env.HOME', 'reads the environment or the command line'],
    ['cloud/gateway/bad.ts', 'const words = process.argv', 'reads the environment or the command line'],
    ['tools/up/bad.ts', `console.log('ready')`, 'prints'],
    ['io/http/bad.ts', `process.stderr.write('oh')`, 'prints'],
    ['tools/run/bad.ts', 'process.exit(1)', 'ends the process'],
    ['standards/policy/bad.ts', 'const pattern = new RegExp(input)', 'builds a RegExp'],
    ['tools/up/index.ts', `export * from './start.ts'`, 'exports everything'],
    ['tools/up/index.ts', `export type * from './model.ts'`, 'exports everything'],
    ['tools/up/bad.ts', 'export default function start() {}', 'has a default export'],
    ['tools/up/bad.ts', 'export function startHelper() {}', 'has a name that says nothing'],
    ['cloud/services/s3/bad.ts', `const who = headerValue(headers, 'Authorization')`, 'reads who calls'],
    ['cloud/services/s3/bad.ts', 'response.writeHead(200)', 'writes an HTTP response'],
    ['cloud/services/sts/bad.ts', 'const decision = evaluate(policies, request)', 'evaluates policies'],
  ])('%s: %s is refused', (name, line, what) => {
    const { status, faults } = check(name, line)
    expect(status).toBe(1)
    expect(faults).toContain(`${name}:1: ${what}: ${line}`)
  })

  test.each([
    ['io/host/clock.ts', 'export const now = () => Date.now()'],
    ['io/http/fetch.ts', 'const began = performance.now()'],
    ['config/place.ts', 'export const home = process.env.HOME'],
    ['cli/terminal.ts', 'process.stdout.write(text)'],
    ['cloud/gateway/render.ts', 'response.writeHead(200)'],
    ['core/time.ts', 'export const instantOf = (text: string) => new Date(text)'],
    ['core/said.ts', '// Date.now() is never called here'],
    ['core/time.test.ts', 'const now = Date.now()'],
  ])('%s: %s passes', (name, line) => {
    expect(check(name, line)).toMatchObject({ status: 0, faults: '' })
  })
})
