import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, openirsa, start, temporaryDirectory, type Up, until, up, type Way } from './command.ts'

const directory = temporaryDirectory()
let running: Up

beforeAll(async () => {
  running = await up(join(directory.path, 'data'), '--demo')
})
afterAll(async () => {
  await running.stop()
  directory.remove()
})

const here = (): readonly string[] => ['--data-dir', join(directory.path, 'data')]
const asOrders = (): readonly string[] => ['run', '--service-account', 'shop/orders', ...here(), '--']
const run = (words: readonly string[], way: Way = {}): Promise<Ended> =>
  openirsa([...asOrders(), ...words], { ...way, environment: { TMPDIR: directory.path, ...way.environment } })

describe('run', () => {
  test.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
  ])('passes on how its command ended: %s is %i', async (script, code) => {
    expect((await run(['sh', '-c', script])).code).toBe(code)
  })

  test('ends with 127 for a command that is not there, 126 for one that cannot be executed', async () => {
    const file = join(directory.path, 'no-program')
    writeFileSync(file, 'x', { mode: 0o644 })
    expect(await run(['no-such-command'])).toMatchObject({
      code: 127,
      err: 'openirsa: no-such-command: command not found\n',
    })
    expect(await run([file])).toMatchObject({ code: 126, err: `openirsa: ${file}: permission denied\n` })
  })

  test('hands over words, standard input and output as they are', async () => {
    const ended = await run(['sh', '-c', 'cat; echo "$1|$2"; echo noise >&2', 'sh', 'a b', '--role'], {
      input: 'typed\n',
    })
    expect(ended).toMatchObject({ code: 0, out: 'typed\na b|--role\n', err: 'noise\n' })
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const)(
    '%s reaches the command, and nothing is left behind',
    async (signal) => {
      const script = `trap 'exit 42' ${signal.slice(3)}; echo "$AWS_WEB_IDENTITY_TOKEN_FILE"; while :; do sleep 0.05; done`
      const started = start([...asOrders(), 'bash', '-c', script], { environment: { TMPDIR: directory.path } })
      const path = await until('the first line', () => started.out().trim() || undefined)
      expect(existsSync(path)).toBe(true)
      started.child.kill(signal)
      expect((await started.ended).code).toBe(42)
      expect(existsSync(dirname(path))).toBe(false)
    },
  )

  test('credentials of the caller do not reach the command, and are not shown', async () => {
    const environment = {
      AWS_ACCESS_KEY_ID: 'AKIACALLER',
      AWS_SECRET_ACCESS_KEY: 'callers-secret',
      AWS_PROFILE: 'mine',
    }
    const { out, err } = await run(['env'], { environment })
    expect(out).not.toMatch(/AKIACALLER|callers-secret|AWS_PROFILE/)
    expect(err).toContain('AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_SECRET_ACCESS_KEY')
    expect(err).not.toMatch(/AKIACALLER|callers-secret/)
  })

  test('a service account that does not exist is a no, with the way out, and nothing runs', async () => {
    const ended = await openirsa([
      'run',
      '--service-account',
      'shop/nobody',
      ...here(),
      '--',
      'touch',
      join(directory.path, 'ran'),
    ])
    expect([ended.code, ended.out]).toEqual([1, ''])
    expect(ended.err).toBe(
      'openirsa: the service account `shop/nobody` does not exist: make it known with `openirsa apply -f FILE`\n',
    )
    expect(existsSync(join(directory.path, 'ran'))).toBe(false)
  })
})

describe('the local cluster', () => {
  const manifest = `apiVersion: v1
kind: ServiceAccount
metadata: { name: billing, namespace: shop }
`

  test('apply says what it did, twice', async () => {
    const apply = () => openirsa(['apply', '-f', '-', ...here()], { input: manifest })
    expect((await apply()).out).toBe('serviceaccount/billing created\n')
    expect((await apply()).out).toBe('serviceaccount/billing unchanged\n')
  })

  test('what is no YAML ends with 2, what Kubernetes would not take with 1, each in one line', async () => {
    const broken = await openirsa(['apply', '-f', '-', ...here()], { input: 'a: [1' })
    expect([broken.code, broken.err.split('\n').length]).toEqual([2, 2])
    const refused = await openirsa(['apply', '-f', '-', ...here()], {
      input: 'apiVersion: v1\nkind: Secret\nmetadata: { name: x }\n',
    })
    expect([refused.code, refused.err.split('\n').length]).toEqual([1, 2])
    expect((await openirsa(['apply', '-f', '-', ...here()], { input: '---\n' })).err).toContain('nothing to apply')
  })

  test('token mint prints the bare token, for the audience and the time that are asked for', async () => {
    const words = [
      'token',
      'mint',
      '--service-account',
      'shop/orders',
      '--audience',
      'a',
      '--audience',
      'b',
      '--duration',
      '15m',
    ]
    const minted = await openirsa([...words, ...here()])
    expect(minted.out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const seen = JSON.parse((await openirsa(['token', 'inspect', '-o', 'json'], { input: minted.out })).out)
    expect(seen).toMatchObject({ verified: false, kind: 'projected', claims: { aud: ['a', 'b'] } })
    expect(seen.claims.exp - seen.claims.iat).toBe(900)
    expect(
      (await openirsa(['token', 'mint', '--service-account', 'shop/orders', '--duration', '5m', ...here()])).err,
    ).toContain('less than 10 minutes')
  })

  test('explain without an id tells the newest refusal', async () => {
    expect((await openirsa(['explain', ...here()])).code).toBe(1)
    const refused = await fetch(`${running.facts.endpoint}/orders-bucket/hello.txt`)
    const id = refused.headers.get('x-openirsa-denial')
    expect(refused.status).toBe(403)
    const told = JSON.parse((await openirsa(['explain', '-o', 'json', ...here()])).out)
    expect(told).toMatchObject({ id, action: 's3:GetObject' })
    expect((await openirsa(['explain', id ?? '', ...here()])).out).toMatch(/^DENIED {2}s3:GetObject/)
  })
})
