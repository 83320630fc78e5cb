import { afterEach, expect, it } from 'vitest'
import { createProgram } from '../program.ts'
import { terminalUnderTest } from '../testing/terminal-under-test.ts'

const GOOD =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}}'
const WITHOUT_COMMA = '{\n  "Version": "2012-10-17"\n  "Statement": []\n}'
const SUGGESTION = GOOD.replace('"Effect"', '"Sid":"","Effect"')

afterEach(() => {
  process.exitCode = undefined
})

async function validate(input: string, ...flags: readonly string[]) {
  const terminal = terminalUnderTest({}, input)
  await createProgram(terminal).parseAsync(['node', 'openirsa', 'policy', 'validate', ...flags])
  const exitCode = process.exitCode ?? 0
  return { out: terminal.printed.join('\n'), err: terminal.said.join('\n'), exitCode }
}

it('says yes to a policy without findings, and aloud for what it was taken', async () => {
  const { out, err, exitCode } = await validate(GOOD)
  expect(exitCode).toBe(0)
  expect(out).toBe('OK  -: nothing to object to in this identity policy')
  expect(err).toBe(
    'openirsa: -: taken for a policy of type identity, because it names no principal; --type says otherwise',
  )
})

it("names file, line, column and what is missing beside AWS's sentence", async () => {
  const { out, err, exitCode } = await validate(WITHOUT_COMMA, '-', '--type', 'trust')
  expect(exitCode).toBe(1)
  expect(err).toBe('')
  expect(out.split('\n')).toEqual([
    '-:2:26: error  JSON_SYNTAX_ERROR',
    '  Fix the JSON syntax error at index 27 line 2 column 26.',
    '  a comma is missing after "2012-10-17"',
    '',
    '1 error',
  ])
})

it('lets suggestions pass unless they are to fail', async () => {
  expect((await validate(SUGGESTION)).exitCode).toBe(0)
  expect((await validate(SUGGESTION, '--fail-on', 'suggestion')).exitCode).toBe(1)
})

it('prints findings as JSON and as SARIF, and nothing else on standard output', async () => {
  const [report] = JSON.parse((await validate(SUGGESTION, '-o', 'json')).out)
  expect(report).toMatchObject({ policy: '-', type: 'identity', findings: [{ issueCode: 'EMPTY_SID_VALUE' }] })
  const log = JSON.parse((await validate(SUGGESTION, '-o', 'sarif')).out)
  expect(log.runs[0].results).toMatchObject([{ ruleId: 'EMPTY_SID_VALUE', level: 'note' }])
})

it('refuses a type that there is not, and a file that is not there', async () => {
  await expect(validate(GOOD, '--type', 'bucket')).rejects.toThrow(/Allowed choices/)
  await expect(validate(GOOD, '/nowhere/policy.json')).rejects.toThrow('there is none of that name')
})

it('lets no policy speak to the terminal', async () => {
  const { out } = await validate(GOOD.replace('s3:GetObject', 's3:\\u001b[2J'), '--type', 'identity')
  expect(out).not.toContain('\u001b')
  expect(out).toContain('\\u001b')
})

it('reads what is named by ARN from the local cloud, and says so when there is none', async () => {
  const asked = validate('', 'arn:aws:iam::000000000000:role/app', '--data-dir', '/nonexistent/openirsa')
  await expect(asked).rejects.toMatchObject({ code: 'CONFIG' })
})
