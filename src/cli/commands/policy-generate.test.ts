import { afterEach, expect, it, test } from 'vitest'
import { createProgram } from '../program.ts'
import { terminalUnderTest } from '../testing/terminal-under-test.ts'

const call = (key: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    awsRegion: 'us-east-1',
    requestParameters: { bucketName: 'b', key },
    ...more,
  })

afterEach(() => {
  process.exitCode = undefined
})

async function generate(input: string, ...flags: readonly string[]) {
  const terminal = terminalUnderTest({}, input)
  await createProgram(terminal).parseAsync(['node', 'openirsa', 'policy', 'generate', '--events', '-', ...flags])
  const exitCode = process.exitCode ?? 0
  return { out: terminal.printed.join('\n'), err: terminal.said, exitCode }
}

it('prints the document, and says aloud what was denied', async () => {
  const { out, err, exitCode } = await generate(`${call('k')}\n${call('z', { errorCode: 'AccessDenied' })}`)
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/k'] }],
  })
  expect(err).toEqual(['openirsa: denied and left out: s3:GetObject on arn:aws:s3:::b/z'])
})

it('prints a table, and says aloud where the policy is broader than the calls', async () => {
  const { out, err } = await generate(`${call('a/1')}\n${call('a/2')}`, '--max-resources', '1', '-o', 'table')
  expect(out).toBe('ACTION        RESOURCE\ns3:GetObject  arn:aws:s3:::b/a/*')
  expect(err).toEqual(['openirsa: s3:GetObject: 2 objects are more than 1; arn:aws:s3:::b/a/* stands for them'])
})

it('says no when no call matched', async () => {
  const { out, exitCode } = await generate(call('k'), '--role', 'nobody')
  expect([out, exitCode]).toEqual(['', 1])
})

test.each([
  [['--live', '--events', 'x'], '--live and --events cannot be combined'],
  [['--max-resources', '0'], '--max-resources: expected a count'],
  [['--since', 'soon'], '--since: expected a duration'],
  [['--service-account', 'orders'], '--service-account: expected NAMESPACE/NAME'],
])('%s is refused', async (flags, words) => {
  await expect(generate(call('k'), ...flags)).rejects.toThrow(words)
})
