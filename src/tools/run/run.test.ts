import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock, systemRandomness } from '../../io/host/index.ts'
import { applyServiceAccount, openPages, type PagesUnderTest } from '../up/testing/pages-under-test.ts'
import { type RunOptions, runAs } from './run.ts'

const ROLE = 'arn:aws:iam::000000000000:role/orders'

let pages: PagesUnderTest
let temporary: string
let printed: string
let said: string[]

beforeEach(async () => {
  pages = await openPages()
  temporary = mkdtempSync(join(tmpdir(), 'openirsa-test-'))
  printed = ''
  said = []
})
afterEach(async () => {
  rmSync(temporary, { recursive: true, force: true })
  await pages.close()
})

function run(script: string, options: Partial<RunOptions> = {}): Promise<number> {
  return runAs(
    {
      dataDirectory: pages.dataDirectory,
      serviceAccount: { namespace: 'default', name: 'orders' },
      command: ['/bin/sh', '-c', script],
      keepAwsConfig: false,
      https: false,
      ...options,
    },
    {
      environment: { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'AKIACALLER' },
      temporaryDirectory: temporary,
      clock: systemClock,
      randomness: systemRandomness,
      say: (line) => void said.push(line),
      output: (text) => {
        printed += text
      },
    },
  )
}

describe('a command that runs as a service account', () => {
  test('finds its token in a file that is its owner’s alone, in a directory that is too', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    const script =
      'cat "$AWS_WEB_IDENTITY_TOKEN_FILE"; echo; stat -c %a "$AWS_WEB_IDENTITY_TOKEN_FILE" "$(dirname "$AWS_WEB_IDENTITY_TOKEN_FILE")" "$AWS_CONFIG_FILE"'
    expect(await run(script)).toBe(0)
    expect(printed).toBe('token-1-of-default/orders\n600\n700\n600\n')
  })

  test('leaves nothing behind, however it ends', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    expect(await run('exit 7')).toBe(7)
    expect(await run('kill -TERM $$')).toBe(143)
    expect(await run('', { command: ['/no/such/program'] })).toBe(127)
    expect(await run('', { command: [temporary] })).toBe(126)
    expect(readdirSync(temporary)).toEqual([])
    expect(said).toContain('openirsa: /no/such/program: command not found')
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })

  test('sees a new token once 80 % of the old one’s life have passed', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    pages.setLife(1000)
    const script = 'cat "$AWS_WEB_IDENTITY_TOKEN_FILE"; echo; sleep 1.2; cat "$AWS_WEB_IDENTITY_TOKEN_FILE"'
    expect(await run(script)).toBe(0)
    expect(printed).toBe('token-1-of-default/orders\ntoken-2-of-default/orders')
  })

  test('has the identity of the annotations: role, audience, life, STS endpoints', async () => {
    await applyServiceAccount(pages.objects, {
      'role-arn': ROLE,
      audience: 'vault',
      'token-expiration': '7200',
      'sts-regional-endpoints': 'false',
    })
    await run('echo "$AWS_ROLE_ARN $AWS_STS_REGIONAL_ENDPOINTS"')
    expect(printed).toBe(`${ROLE} legacy\n`)
    expect(pages.minted).toEqual([{ audiences: ['vault'], expirationSeconds: 7200 }])
  })

  test('asks for a day, as the webhook does, and never for less than ten minutes', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    await run('true')
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE, 'token-expiration': '60' })
    await run('true')
    expect(pages.minted.map((wanted) => wanted.expirationSeconds)).toEqual([86_400, 600])
  })

  test('gets the role that is named rather than the annotated one', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    await run('echo "$AWS_ROLE_ARN"', { roleArn: 'arn:aws:iam::000000000000:role/other' })
    expect(printed).toBe('arn:aws:iam::000000000000:role/other\n')
  })

  test('has a session name of its own each time', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    await run('echo "$AWS_ROLE_SESSION_NAME"')
    await run('echo "$AWS_ROLE_SESSION_NAME"')
    const names = printed.trim().split('\n')
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^default\.orders-[0-9a-f]{8}$/)
  })

  test('is told which variables were kept from it, never what they held', async () => {
    await applyServiceAccount(pages.objects, { 'role-arn': ROLE })
    await run('echo "[$AWS_ACCESS_KEY_ID]"')
    expect(printed).toBe('[]\n')
    expect(said).toEqual([
      'openirsa: kept from the command, because they would win over its service account: AWS_ACCESS_KEY_ID',
    ])
  })
})

describe('a command whose identity cannot be had does not run', () => {
  const marker = (): string => join(temporary, 'ran')

  test('when the service account does not exist', async () => {
    await expect(run(`touch ${marker()}`)).rejects.toMatchObject({ code: 'CONTROL', status: 404 })
    expect(existsSync(marker())).toBe(false)
  })

  test('when nothing names a role', async () => {
    await applyServiceAccount(pages.objects, {})
    await expect(run(`touch ${marker()}`)).rejects.toMatchObject({
      code: 'CONFIG',
      hint: expect.stringContaining('--role'),
    })
    expect([existsSync(marker()), pages.minted.length]).toEqual([false, 0])
  })

  test('when there is no installation', async () => {
    await expect(run('true', { dataDirectory: temporary })).rejects.toMatchObject({ code: 'CONFIG' })
  })

  test('when there is no command', async () => {
    await expect(run('', { command: [] })).rejects.toMatchObject({ code: 'CONFIG' })
  })
})
