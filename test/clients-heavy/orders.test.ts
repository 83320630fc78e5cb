import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openirsa, temporaryDirectory, type Up, up } from '../cli/command.ts'

const directory = temporaryDirectory()
let running: Up

beforeAll(async () => {
  running = await up(directory.path, '--demo')
})
afterAll(async () => {
  await running.stop()
  directory.remove()
})

const asOrders = (...command: readonly string[]) =>
  openirsa(['run', '--service-account', 'shop/orders', '--data-dir', directory.path, '--', ...command])
const explained = async (id: string) => {
  const { out } = await openirsa(['explain', id, '--data-dir', directory.path, '-o', 'json'])
  return JSON.parse(out) as Record<string, unknown>
}
const ARN = /^arn:aws:sts::000000000000:assumed-role\/orders\/shop\.orders-[0-9a-f]{8}$/

describe('boto3', () => {
  test('assumes the role with nothing but the token, reads what it may and is refused what it may not', async () => {
    const { code, out, err } = await asOrders('python3', join(import.meta.dirname, 'orders.py'))
    expect([code, err]).toEqual([0, ''])
    const said = JSON.parse(out) as Record<string, string | number>
    expect(said.arn).toMatch(ARN)
    expect(said.text).toContain('hello')
    expect([said.status, said.code]).toEqual([403, 'AccessDenied'])
    expect(said.message).toContain(
      'is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::orders-bucket',
    )
    expect(await explained(String(said.denial))).toMatchObject({ name: 'permission', action: 's3:DeleteObject' })
  })
})

describe('the AWS CLI', () => {
  test('is the role', async () => {
    const { code, out } = await asOrders('aws', 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text')
    expect(code).toBe(0)
    expect(out.trim()).toMatch(ARN)
  })

  test('reads what the role may read', async () => {
    const { code, out } = await asOrders('aws', 's3', 'cp', 's3://orders-bucket/hello.txt', '-')
    expect([code, out.includes('hello')]).toEqual([0, true])
  })

  test('is refused what the role may not do, in one service and in another', async () => {
    const remove = await asOrders('aws', 's3', 'rm', 's3://orders-bucket/hello.txt')
    expect([remove.code, remove.err.includes('AccessDenied')]).toEqual([1, true])
    const roles = await asOrders('aws', 'iam', 'list-roles')
    expect(roles.code).toBeGreaterThan(0)
    expect(roles.err).toContain('is not authorized to perform: iam:ListRoles')
  })
})
