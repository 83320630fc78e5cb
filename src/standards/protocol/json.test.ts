import { expect, test } from 'vitest'
import type { HttpHead } from '../../core/index.ts'
import { serviceModel } from './index.ts'

const trail = serviceModel('cloudtrail')
const eks = serviceModel('eks')
const HEAD: HttpHead = { method: 'POST', path: '/', query: '', headers: [] }
const LOOKUP = { name: 'LookupEvents', labels: {} }
const lookup = (body: string) => trail.decodeInput(LOOKUP, HEAD, Buffer.from(body), undefined)

test('an empty body is an input without members, null is a member that is not there, unknown members are ignored', async () => {
  expect(await lookup('')).toEqual({})
  expect(await lookup('{"MaxResults":null,"Unknown":1,"NextToken":"n"}')).toEqual({ NextToken: 'n' })
})

test('times are epoch seconds, with or without a fraction', async () => {
  expect(await lookup('{"StartTime":1700000000.5}')).toEqual({ StartTime: new Date(1_700_000_000_500) })
})

test.each([
  ['{"NextToken":5}', 'NUMBER_VALUE can not be converted to String'],
  ['{"NextToken":true}', 'TRUE_VALUE can not be converted to String'],
  ['{"MaxResults":"5"}', 'STRING_VALUE can not be converted to Integer'],
  ['{"NextToken":[]}', 'Start of list found where not expected'],
  ['{"NextToken":{}}', 'Start of structure or map found where not expected.'],
  ['{"LookupAttributes":"x"}', 'Unexpected field type'],
  ['{"StartTime":"yesterday"}', 'STRING_VALUE can not be converted to Date'],
  ['{"MaxResults":1,"MaxResults":2}', 'The request body is not readable JSON.'],
  ['{', 'The request body is not readable JSON.'],
  ['[]', 'Start of list found where not expected'],
])('%s is a SerializationException', async (body, message) => {
  await expect(lookup(body)).rejects.toMatchObject({ code: 'SerializationException', httpStatus: 400, message })
})

test('a body cannot replace what the path says', async () => {
  const operation = { name: 'CreatePodIdentityAssociation', labels: { clusterName: 'mine' } }
  const body = Buffer.from('{"clusterName":"yours","namespace":"n"}')
  expect(await eks.decodeInput(operation, HEAD, body, undefined)).toEqual({ clusterName: 'mine', namespace: 'n' })
})

test('map keys of the caller are keys and nothing else', async () => {
  const operation = { name: 'TagResource', labels: { resourceArn: 'arn' } }
  const input = await eks.decodeInput(operation, HEAD, Buffer.from('{"tags":{"__proto__":"a","b":"c"}}'), undefined)
  expect(Object.entries(input.tags as object)).toEqual([
    ['__proto__', 'a'],
    ['b', 'c'],
  ])
})

test('answers hold what the model knows and no more', async () => {
  const answer = await trail.encodeOutput(
    LOOKUP,
    HEAD,
    { Events: [{ EventTime: new Date(1500), Secret: 'x' }], Other: 1 },
    'id',
  )
  expect(Buffer.from(answer.body as Uint8Array).toString()).toBe('{"Events":[{"EventTime":1.5}]}')
  expect(answer.headers).toEqual([
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['x-amzn-RequestId', 'id'],
  ])
})
