import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromHttp, fromIni } from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMAND, type Ended, openirsa, start, temporaryDirectory, type Up, until, up } from './command.ts'

const directory = temporaryDirectory()
let running: Up

beforeAll(async () => {
  running = await up(join(directory.path, 'data'), '--demo')
})
afterAll(async () => {
  await running.stop()
  directory.remove()
})

const place = (): readonly string[] => ['--data-dir', join(directory.path, 'data')]
const ask = (verb: string, ...words: readonly string[]): Promise<Ended> =>
  openirsa(['credentials', verb, '--service-account', 'shop/orders', ...place(), ...words])
const ROLE_SESSION = /^arn:aws:sts::000000000000:assumed-role\/orders\/shop\.orders-[0-9a-f]{8}$/

async function arnBy(credentials: ReturnType<typeof fromIni>): Promise<string | undefined> {
  const client = new STSClient({ region: 'us-east-1', endpoint: running.facts.endpoint, credentials })
  return (await client.send(new GetCallerIdentityCommand({}))).Arn
}

describe('credentials process', () => {
  test('is a credential process of an SDK profile', async () => {
    const file = join(directory.path, 'config')
    const words = [...COMMAND, 'credentials', 'process', '--service-account', 'shop/orders', ...place()]
    writeFileSync(file, `[profile shop]\ncredential_process = ${words.join(' ')}\n`)
    expect(await arnBy(fromIni({ profile: 'shop', configFilepath: file, filepath: file }))).toMatch(ROLE_SESSION)
  })

  test("a refusal of STS is exit 1, in STS's words, with the way to its explanation", async () => {
    const role = 'arn:aws:iam::000000000000:role/of-others'
    expect(await ask('process', '--role', role)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(
        /^openirsa: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity.*openirsa explain \w{16}\n$/s,
      ),
    })
  })

  test('a service account that is not there gets nothing', async () => {
    const ended = await openirsa(['credentials', 'process', '--service-account', 'shop/nobody', ...place()])
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining('shop/nobody') })
  })
})

describe('credentials export', () => {
  test('prints lines for a shell with which AWS tools go on', async () => {
    const { code, out } = await ask('export')
    expect(code).toBe(0)
    expect(out).toMatch(/^export AWS_ACCESS_KEY_ID='ASIA\w{16}'$/m)
    expect(out).toContain(`export AWS_ENDPOINT_URL='${running.facts.endpoint}'`)
  })

  test('prints one JSON object, or a profile', async () => {
    expect(JSON.parse((await ask('export', '--format', 'json')).out)).toMatchObject({
      AWS_SESSION_TOKEN: expect.any(String),
      AWS_CREDENTIAL_EXPIRATION: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
    const profile = (await ask('export', '--format', 'profile', '--profile', 'shop')).out
    expect(profile.split('\n')[0]).toBe('[shop]')
  })
})

describe('credentials serve', () => {
  test('serves an SDK, refuses who shows no token, and leaves nothing behind', async () => {
    const words = ['credentials', 'serve', '--service-account', 'shop/orders', ...place(), '-o', 'json']
    const started = start(words, { environment: { TMPDIR: directory.path } })
    const line = await until('the variables', () => /.*\n/.exec(started.out())?.[0])
    const variables = JSON.parse(line) as Record<string, string>
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file = '' } =
      variables
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const sdk = fromHttp({ awsContainerCredentialsFullUri: url, awsContainerAuthorizationTokenFile: file })
    expect(await arnBy(sdk)).toMatch(ROLE_SESSION)
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { Authorization: 'guessed' } })).status).toBe(401)
    started.child.kill('SIGTERM')
    expect((await started.ended).code).toBe(0)
    expect(existsSync(file)).toBe(false)
  })
})
