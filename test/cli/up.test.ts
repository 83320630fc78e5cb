import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { COMMAND, type Facts, openirsa, start, temporaryDirectory, type Up, up } from './command.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

describe('up in the foreground', () => {
  const directory = temporaryDirectory()
  let running: Up

  beforeAll(async () => {
    running = await up(directory.path)
  })
  afterAll(async () => {
    await running.stop()
    directory.remove()
  })

  test('prints one line with all that the contract says, and is silent otherwise', async () => {
    const { facts } = running
    expect(Object.keys(facts)).toEqual(
      expect.arrayContaining(['endpoint', 'httpsEndpoint', 'caFile', 'issuer', 'account', 'region', 'pid']),
    )
    expect(facts.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(facts.httpsEndpoint).toBe(facts.endpoint.replace('http:', 'https:'))
    expect(facts.issuer).toMatch(/^https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/)
    expect([facts.account, facts.region, facts.pid]).toEqual(['000000000000', 'us-east-1', running.child.pid])
    await fetch(`${facts.endpoint}/`, { method: 'POST', body: 'Action=Nothing' })
    expect(lines(running.out())).toHaveLength(1)
    expect(running.err()).toBe('')
  })

  test('leaves nothing open to others but the certificate', () => {
    for (const name of ['', 'keys', 'administrators.json', 'control-token', 'installation.json', 'store.sqlite'])
      expect(statSync(join(directory.path, name)).mode & 0o077).toBe(0)
    expect(statSync(running.facts.caFile).isFile()).toBe(true)
  })

  test('a second one on its port ends with 2 and one line that names the port and the way out', async () => {
    const port = new URL(running.facts.endpoint).port
    const second = temporaryDirectory()
    for (const way of [[], ['--demo'], ['--detach']]) {
      const ended = await openirsa(['up', '--port', port, '--data-dir', second.path, '-o', 'json', ...way])
      expect([way, ended.code, ended.out, lines(ended.err).length]).toEqual([way, 2, '', 1])
      expect(ended.err).toMatch(/^openirsa: (?!openirsa)/)
      expect(ended.err).toContain(port)
      expect(ended.err).toContain('--port')
    }
    second.remove()
    expect((await fetch(`${running.facts.endpoint}/_openirsa/health`)).status).toBe(200)
  })

  test('a second one on its data directory ends with 2 and names the way out', async () => {
    const ended = await openirsa(['up', '--port', '0', '--data-dir', directory.path])
    expect([ended.code, ended.out, lines(ended.err).length]).toEqual([2, '', 1])
    expect(ended.err).toContain(`in use by process ${running.child.pid}`)
    expect(ended.err).toContain('openirsa down')
  })

  test('status and env find it by its data directory', async () => {
    const status = await openirsa(['status', '--data-dir', directory.path, '-o', 'json'])
    expect([status.code, JSON.parse(status.out)]).toMatchObject([
      0,
      { state: 'running', endpoint: running.facts.endpoint },
    ])
    const env = await openirsa(['env', '-o', 'json'], { environment: { OPENIRSA_DATA_DIR: directory.path } })
    const variables = JSON.parse(env.out) as Record<string, string>
    expect(variables.AWS_ENDPOINT_URL).toBe(running.facts.endpoint)
    expect(variables.AWS_ACCESS_KEY_ID).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(Object.keys(variables)).toContain('AWS_SECRET_ACCESS_KEY')
  })
})

describe('the life of an installation', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  const here = (): readonly string[] => ['--data-dir', directory.path]

  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(async () => {
    await openirsa(['down', ...here()])
    directory.remove()
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends it with 0, and it starts again as it was',
    async (signal) => {
      const first = await up(directory.path)
      first.child.kill(signal)
      expect(await first.ended).toMatchObject({ code: 0, err: '' })
      expect(existsSync(join(directory.path, 'up.lock'))).toBe(false)
      expect((await openirsa(['status', ...here()])).code).toBe(1)
      const second = await up(directory.path)
      expect(second.facts.issuer).toBe(first.facts.issuer)
      await second.stop()
    },
  )

  test('a fault in the organization’s file ends it with 2 and one line that names the place', async () => {
    const file = join(directory.path, 'org.yaml')
    mkdirSync(directory.path, { recursive: true, mode: 0o700 })
    writeFileSync(file, 'managementAccount: 000000000001\nroot:\n  scp: []\n')
    const ended = await openirsa(['up', '--port', '0', '--organization', file, ...here()])
    expect([ended.code, ended.out, ended.err]).toEqual([
      2,
      '',
      `openirsa: ${file}:3:3: unknown key \`scp\`: did you mean \`scps\`?\n`,
    ])
    expect(existsSync(join(directory.path, 'up.lock'))).toBe(false)
  })

  test('what kill -9 leaves does not keep it from starting', async () => {
    const first = await up(directory.path)
    first.child.kill('SIGKILL')
    await first.ended
    const second = await up(directory.path)
    expect(second.facts.issuer).toBe(first.facts.issuer)
    await second.stop()
  })

  test('detached it goes on in the background, says so, and down ends it', async () => {
    const started = await openirsa(['up', '--port', '0', '--detach', '-o', 'json', ...here()])
    expect([started.code, started.err]).toEqual([0, ''])
    const facts = JSON.parse(started.out) as Facts
    expect((await fetch(`${facts.endpoint}/_openirsa/livez`)).status).toBe(200)
    expect(statSync(join(directory.path, 'up.log')).mode & 0o777).toBe(0o600)
    expect(existsSync(join(directory.path, 'up.log.ready'))).toBe(false)
    const down = await openirsa(['down', ...here()])
    expect([down.code, down.out, down.err]).toEqual([0, '', `stopped the installation in ${directory.path}\n`])
    await expect(fetch(`${facts.endpoint}/_openirsa/livez`)).rejects.toThrow()
    expect((await openirsa(['down', ...here()])).err).toContain('no installation is running')
  })

  test('detached by the environment it detaches once', async () => {
    const started = await openirsa(['up', '--port', '0', '--demo', ...here()], {
      environment: { OPENIRSA_DETACH: 'true' },
    })
    expect(started.code).toBe(0)
    expect(started.out).toContain('√ demo       service account shop/orders')
    expect((await openirsa(['status', ...here()])).code).toBe(0)
  })

  test('what relaxes a check is said at the start', async () => {
    const running = await up(directory.path, '--allow-private-issuer', 'issuer.internal')
    expect(running.err()).toMatch(/^openirsa: warning: .*issuer\.internal.*--allow-private-issuer/)
    await running.stop()
  })

  test('several accounts have an administrator each', async () => {
    const running = await up(directory.path, '--account', '111111111111', '--account', '222222222222')
    const keyOf = async (...words: string[]): Promise<string> =>
      (JSON.parse((await openirsa(['env', '-o', 'json', ...here(), ...words])).out) as Record<string, string>)
        .AWS_ACCESS_KEY_ID ?? ''
    expect(await keyOf()).toBe(await keyOf('--account', '111111111111'))
    expect(await keyOf('--account', '222222222222')).not.toBe(await keyOf())
    await running.stop()
  })

  test('reset removes a stopped installation, and nothing of a running one', async () => {
    const running = await up(directory.path)
    expect(await openirsa(['reset', ...here()])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    expect(await openirsa(['reset', '--yes', ...here()])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is running'),
    })
    await running.stop()
    expect((await openirsa(['reset', '--yes', ...here()])).code).toBe(0)
    expect(existsSync(directory.path)).toBe(false)
  })

  test('a data directory that is open to others is refused', async () => {
    chmodSync(directory.path, 0o755)
    const ended = await openirsa(['up', '--port', '0', ...here()])
    expect([ended.code, ended.out, lines(ended.err).length]).toEqual([2, '', 1])
    expect(ended.err).toContain('chmod 700')
  })

  test('a second signal does not wait for the requests at hand', async () => {
    const running = await up(directory.path)
    // A request without an end holds the first one up.
    const held = request(`${running.facts.endpoint}/bucket/key`, { method: 'PUT', headers: { 'content-length': '10' } })
    held.on('error', () => undefined)
    held.write('1')
    await new Promise((passed) => setTimeout(passed, 200))
    running.child.kill('SIGTERM')
    await new Promise((passed) => setTimeout(passed, 300))
    running.child.kill('SIGTERM')
    const begun = Date.now()
    const { code } = await running.ended
    expect([0, 130]).toContain(code)
    expect(Date.now() - begun).toBeLessThan(3000)
    held.destroy()
  })
})

test('a reader that goes away early is no failure to tell of', async () => {
  const token = ['{"alg":"RS256"}', '{"sub":"x"}', 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')
  const inspecting = start(['token', 'inspect'], { input: token })
  inspecting.child.stdout?.destroy()
  const { err } = await inspecting.ended
  expect(err).toBe('')
})

test('help and version come without an installation', async () => {
  expect(await openirsa(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect(await openirsa(['tokn', 'mint'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('Did you mean token?'),
  })
})

test('as a plugin of kubectl it is the same program', async () => {
  const directory = temporaryDirectory()
  const script = COMMAND.at(-1) ?? ''
  mkdirSync(join(directory.path, 'bin'))
  const link = join(directory.path, 'bin', 'kubectl-openirsa')
  symlinkSync(script, link)
  const ended = await openirsa(['--help'], { command: [...COMMAND.slice(0, -1), link] })
  expect(ended.out).toMatch(/^Usage: kubectl openirsa /)
  directory.remove()
  expect(readFileSync(script, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
})
