import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { findRoleHome, parseIdentityDocument } from './role-home.ts'

const document = (region: string) => JSON.stringify({ accountId: '111122223333', region, instanceId: 'i-1' })

test.each([
  ['us-east-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eusc-de-east-1', 'aws-eusc'],
])('the region %s is of the partition %s', (region, partition) => {
  expect(parseIdentityDocument(document(region))).toEqual({ account: '111122223333', partition })
})

test.each(['null', '{}', '{"accountId":"1","region":"us-east-1"}', '{"accountId":"111122223333"}'])(
  '%s names no account and region',
  (text) => {
    expect(() => parseIdentityDocument(text)).toThrow(/names no account and region/)
  },
)

describe('the metadata service', () => {
  async function asking<T>(
    status: number,
    ask: (endpoint: string) => Promise<T>,
  ): Promise<{ answer: T; seen: string[] }> {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-aws-ec2-metadata-token'] ?? ''}`)
      response.writeHead(status).end(request.method === 'PUT' ? 'the-token' : document('eu-central-1'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const answer = await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      return { answer, seen }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  test('is asked by its second version: a token first', async () => {
    const { answer, seen } = await asking(200, findRoleHome)
    expect(answer).toEqual({ account: '111122223333', partition: 'aws' })
    expect(seen).toEqual(['PUT /latest/api/token ', 'GET /latest/dynamic/instance-identity/document the-token'])
  })

  test('that refuses, or is not there, is told with the way out', async () => {
    const refused = await asking(401, (endpoint) => findRoleHome(endpoint).catch((failure: unknown) => failure))
    const absent = await findRoleHome('http://127.0.0.1:1').catch((failure: unknown) => failure)
    for (const failure of [refused.answer, absent])
      expect(failure).toMatchObject({
        code: 'CONFIG',
        message: expect.stringMatching(/^--compose-role-arn: /),
        hint: expect.stringContaining('ARN'),
      })
  })
})
