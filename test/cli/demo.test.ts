import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openirsa, start, temporaryDirectory, until } from './command.ts'

let directory: ReturnType<typeof temporaryDirectory>

beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => directory.remove())

describe('the demo', () => {
  test('shows the whole circle, a refusal in AWS’s words and why, ends with 0 and leaves nothing behind', async () => {
    const ended = await openirsa(['demo'], { environment: { TMPDIR: directory.path, XDG_DATA_HOME: directory.path } })
    expect([ended.code, ended.err]).toEqual([0, ''])
    for (const word of [
      'issuer',
      'token',
      'provider',
      'role',
      'trust',
      'exchange',
      'identity',
      'allowed',
      'refused',
      'explained',
    ])
      expect(ended.out).toMatch(new RegExp(`^√ ${word} `, 'm'))
    expect(ended.out).toContain(
      'is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::orders-bucket/hello.txt"',
    )
    expect(ended.out).toMatch(/^ {4}DENIED {2}s3:DeleteObject/m)
    expect(ended.out).toMatch(/^ {6}fix {5}aws iam put-role-policy/m)
    expect(readdirSync(directory.path)).toEqual([])
  })

  test('that is interrupted leaves nothing behind either', async () => {
    const started = start(['demo'], { environment: { TMPDIR: directory.path } })
    await until('the first step', () => started.out().includes('issuer'))
    started.child.kill('SIGINT')
    expect((await started.ended).code).not.toBe(0)
    await until('the end of what it started', () => readdirSync(directory.path).length === 0)
  })

  test('with --stay goes on, and what it made can be tried', async () => {
    const data = join(directory.path, 'data')
    const started = start(['demo', '--stay', '--port', '0', '--data-dir', data])
    await until('what to type next', () => started.out().includes('next, in another terminal'))
    const words = [
      'run',
      '--service-account',
      'shop/orders',
      '--data-dir',
      data,
      '--',
      'sh',
      '-c',
      'echo $AWS_ROLE_ARN',
    ]
    expect((await openirsa(words)).out).toBe('arn:aws:iam::000000000000:role/orders\n')
    started.child.kill('SIGTERM')
    expect(await started.ended).toMatchObject({ code: 0, err: '' })
    expect(existsSync(join(data, 'store.sqlite'))).toBe(true)
  })

  test('can be had twice with the same data directory', async () => {
    const data = join(directory.path, 'data')
    for (let round = 0; round < 2; round += 1) {
      const started = start(['demo', '--stay', '--port', '0', '--data-dir', data])
      await until('what to type next', () => started.out().includes('next, in another terminal'))
      started.child.kill('SIGTERM')
      expect((await started.ended).code).toBe(0)
    }
  })
})
