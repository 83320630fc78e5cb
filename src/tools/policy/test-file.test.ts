import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { renderJunit } from './junit.ts'
import { runPolicyTests } from './run-tests.ts'
import { readTestFile } from './test-file.ts'

const DOCUMENT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }
const DEFAULTS = {
  request: { principal: 'arn:aws:iam::000000000000:role/app', action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' },
  policies: { identity: [DOCUMENT] },
  expect: 'allowed',
}
const named = {
  readFile: async (name: string, from: string) => {
    const path = join(dirname(from), name)
    return { path, text: readFileSync(path, 'utf8') }
  },
  getPolicy: async () => ({ name: 'kept', text: JSON.stringify(DOCUMENT) }),
}
const run = async (content: unknown, path = 't.json') =>
  runPolicyTests(await readTestFile(path, typeof content === 'string' ? content : JSON.stringify(content)), named)

describe('a test file', () => {
  test('of the examples passes', async () => {
    const path = 'examples/policies/orders.test.yaml'
    const results = await run(readFileSync(path, 'utf8'), path)
    expect(results.filter(({ passed }) => !passed)).toEqual([])
    expect(results.length).toBeGreaterThan(5)
  })

  test('says of a case that fails where it stands and why', async () => {
    const text = JSON.stringify(
      { ...DEFAULTS, cases: [{ name: 'a' }, { name: 'b', request: { action: 's3:PutObject' } }] },
      undefined,
      1,
    )
    const [first, second] = await run(text)
    expect(first).toMatchObject({ passed: true })
    expect(second).toMatchObject({
      passed: false,
      outcome: 'implicitDeny',
      line: text.split('\n').findIndex((line) => line.includes('"b"')),
      explanation: { denial: { code: 'IRSA501' } },
    })
  })

  test('keeps the zeros of an account, the decimals of a number and the text of a truth', async () => {
    const yaml = [
      'cases:',
      '  - name: plain scalars',
      '    request: { principal: 000000000000, action: s3:GetObject, resource: "*", context: { k:n: 5.50, k:b: true } }',
      '    policies:',
      '      scp:',
      '        - - Version: 2012-10-17',
      '            Statement: { Effect: Allow, Action: "*", Resource: "*", Condition: { StringEquals: { k:n: 5.50 }, Bool: { k:b: true } } }',
      '    expect: allowed',
    ]
    expect(await run(yaml.join('\n'), 't.yaml')).toMatchObject([{ passed: true }])
  })

  test('may name a policy by its ARN', async () => {
    const cases = [{ name: 'kept', policies: { identity: ['arn:aws:iam::aws:policy/X'] } }]
    expect(await run({ ...DEFAULTS, cases })).toMatchObject([{ passed: true }])
  })

  test.each([
    ['{"cases": []}', 't.json:1:2: cases: expected 1 at least'],
    [
      '{"cases": [{"name": "x", "expct": "allowed"}]}',
      'expected one of name, request, policies, expect, found `expct`',
    ],
    ['{"cases": [{"name": "x", "expect": "maybe"}]}', 'expected allowed, implicitDeny, explicitDeny, found `maybe`'],
    ['{"cases": [{"name": "x"}]}', 'case `x`: expected principal, action and resource'],
    ['{"cases": [{"name": "x"} {"name": "y"}]}', 't.json:1:25: a comma is missing after }'],
    ['cases:\n  - name: [x]\n', 't.json:2:11: cases.0.name: expected a text, found a list'],
    ['cases: [a\n', 't.json:'],
    ['{"cases": [{"name": "x", "policies": {"identity": [1]}}]}', 'case `x`'],
  ])('%s is refused with its place', async (content, words) => {
    await expect(run(content)).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining(words) })
  })

  test('with a policy that is none names case and policy', async () => {
    const cases = [{ name: 'x', policies: { identity: [{ Statement: [] }] } }]
    await expect(run({ ...DEFAULTS, cases })).rejects.toThrow(/t\.json: case "x", identity policy 1/)
  })

  test('runs a thousand cases', async () => {
    const cases = Array.from({ length: 1000 }, (_, at) => ({
      name: `case ${at}`,
      request: { ...DEFAULTS.request, resource: `arn:aws:s3:::b/${at}` },
    }))
    const text = JSON.stringify({ ...DEFAULTS, cases })
    const results = await run(text)
    expect(results).toHaveLength(1000)
    expect(results.every(({ passed }) => passed)).toBe(true)
  })
})

test('JUnit counts failures and escapes what would end an element', async () => {
  const results = await run({
    ...DEFAULTS,
    cases: [{ name: 'a' }, { name: '<b> & "c"\u0000', expect: 'explicitDeny' }],
  })
  const xml = renderJunit(results, () => 'because ]]> <')
  expect(xml).toContain('<testsuite name="t.json" tests="2" failures="1" errors="0">')
  expect(xml).toContain('name="&lt;b&gt; &amp; &quot;c&quot;\ufffd"')
  expect(xml).toContain('because ]]&gt; &lt;</failure>')
})
