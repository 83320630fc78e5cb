import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { HttpHead } from '../../core/index.ts'
import { cloudtrailTable } from './generated/cloudtrail.ts'
import { eksTable } from './generated/eks.ts'
import { iamTable } from './generated/iam.ts'
import { s3Table } from './generated/s3.ts'
import { stsTable } from './generated/sts.ts'
import { bucketOfHost, isStreamingInput, parseQueryForm, serviceModel } from './index.ts'
import { memberOf, structureOf } from './shapes.ts'
import type { OperationRow, ServiceTable } from './table.ts'

const HOST = ['Host', '127.0.0.1:4566'] as const

/** The smallest request that means the operation. */
function canonicalRequest(table: ServiceTable, name: string, row: OperationRow): HttpHead {
  if (row.http === undefined)
    return { method: 'POST', path: '/', query: '', headers: [HOST, ['X-Amz-Target', `${table.targetPrefix}.${name}`]] }
  const [method, uri] = row.http
  const [path = '', literal = ''] = uri.split('?', 2)
  const shape = structureOf(table, row.input)
  const required = Object.values(shape.members)
    .slice(0, shape.required ?? 0)
    .map((member) => memberOf(member).traits)
  const query = [literal, ...required.flatMap(({ query }) => (query === undefined ? [] : [`${query}=1`]))]
  const headers = required.flatMap(({ header }) => (header === undefined ? [] : [[header, 'x'] as const]))
  const bucket = shape.members.Bucket === undefined || table.name !== 's3' ? '' : '/bucket'
  return {
    method,
    path: bucket + path.replace(/\{\w+\+?\}/g, 'x'),
    query: query.filter((part) => part !== '').join('&'),
    headers: [HOST, ...headers],
  }
}

const REST = [eksTable, s3Table, cloudtrailTable].flatMap((table) =>
  Object.entries(table.operations).map(
    ([name, row]) => [table.name, name, canonicalRequest(table, name, row)] as const,
  ),
)
/** They belong to other endpoints than a general bucket's. */
const NOT_OURS = new Set(['ListDirectoryBuckets', 'WriteGetObjectResponse'])

test.each(REST.filter(([, name]) => !NOT_OURS.has(name)))(
  '%s %s is recognised by its canonical request',
  (service, name, head) => {
    expect(serviceModel(service).recognise(head, undefined)?.name).toBe(name)
  },
)

const QUERY = [stsTable, iamTable].flatMap((table) =>
  Object.keys(table.operations).map((name) => [table.name, name, table.apiVersion] as const),
)

test.each(QUERY)('%s %s is recognised by its action', (service, name, version) => {
  const head: HttpHead = { method: 'POST', path: '/', query: '', headers: [HOST] }
  expect(serviceModel(service).recognise(head, parseQueryForm(`Action=${name}&Version=${version}`))).toEqual({
    name,
    labels: {},
  })
})

const s3 = serviceModel('s3')
const at = (method: string, path: string, query = '', headers: HttpHead['headers'] = [HOST]): HttpHead => ({
  method,
  path,
  query,
  headers,
})

const KEYS: { readonly store: readonly string[] } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/s3-keys/s3-keys.json', import.meta.url), 'utf8'),
)

/** As SDKs escape a key: everything but unreserved characters and the slash. */
const escaped = (key: string) =>
  key
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')

test.each(KEYS.store)('the key %j reaches the service as it is', (Key) => {
  expect(s3.recognise(at('PUT', `/b/${escaped(Key)}`), undefined)).toEqual({
    name: 'PutObject',
    labels: { Bucket: 'b', Key },
  })
  const byHost = at('PUT', `/${escaped(Key)}`, '', [['Host', 'b.s3.us-east-1.amazonaws.com']])
  expect(s3.recognise(byHost, undefined)).toEqual({ name: 'PutObject', labels: { Bucket: 'b', Key } })
})

test('a path is decoded once and never normalised', () => {
  expect(s3.recognise(at('GET', '/b/a//b/../c%20d%2Be'), undefined)?.labels.Key).toBe('a//b/../c d+e')
  expect(s3.recognise(at('GET', '/b/%252F'), undefined)?.labels.Key).toBe('%2F')
  expect(s3.recognise(at('GET', '/b/caf\u00c3\u00a9'), undefined)?.labels.Key).toBe('caf\u00e9')
})

test.each(['/b/%ff', '/b/%zz', '/b/%'])('the path %s is no URI', (path) => {
  expect(() => s3.recognise(at('GET', path), undefined)).toThrow(
    expect.objectContaining({ code: 'InvalidURI', httpStatus: 400 }),
  )
})

test.each([
  ['PUT', '/b/k', 'tagging', 'PutObjectTagging'],
  ['GET', '/b', 'policy', 'GetBucketPolicy'],
  ['GET', '/b/', 'list-type=2&prefix=p/', 'ListObjectsV2'],
  ['GET', '/b', 'prefix=p', 'ListObjects'],
  ['GET', '/b/k', 'partNumber=1', 'GetObject'],
  ['HEAD', '/b/k', 'partNumber=1', 'HeadObject'],
  ['PUT', '/b/k', 'partNumber=1&uploadId=u', 'UploadPart'],
  ['POST', '/b/k', 'uploadId=u', 'CompleteMultipartUpload'],
  ['DELETE', '/b/k', 'uploadId=u', 'AbortMultipartUpload'],
  ['GET', '/b/k', 'x-id=PutObject', 'GetObject'],
  ['GET', '/', '', 'ListBuckets'],
])('%s %s?%s is %s', (method, path, query, name) => {
  expect(s3.recognise(at(method, path, query), undefined)?.name).toBe(name)
})

test.each([
  ['PATCH', '/b/k', ''],
  ['POST', '/b/k', ''],
  ['POST', '/b/k', 'tagging'],
  ['DELETE', '/b', 'versioning'],
  ['PUT', '/b/k', 'torrent'],
  ['PUT', '/b/k', 'policy'],
  ['PUT', '/b/k', 'partNumber=1'],
  ['PUT', '/b/k', 'uploadId=u'],
  ['GET', '/b/k', 'acl&tagging'],
  ['GET', '/b', 'list-type=3'],
  ['PUT', '/b', 'uploads'],
  ['DELETE', '/', ''],
])('%s %s?%s never falls through to a plain operation', (method, path, query) => {
  expect(() => s3.recognise(at(method, path, query), undefined)).toThrow(
    expect.objectContaining({ code: 'MethodNotAllowed', httpStatus: 405 }),
  )
})

test('a sub-resource given twice is refused', () => {
  expect(() => s3.recognise(at('PUT', '/b/k', 'uploadId=a&uploadId=b&partNumber=1'), undefined)).toThrow(
    expect.objectContaining({ code: 'InvalidArgument' }),
  )
})

test('every sub-resource of S3 selects another operation than the plain one, for every method', () => {
  const plain = new Set([
    'GetObject',
    'PutObject',
    'HeadObject',
    'DeleteObject',
    'CopyObject',
    'ListObjects',
    'CreateBucket',
    'DeleteBucket',
    'HeadBucket',
  ])
  const keys = new Set(
    Object.values(s3Table.operations).flatMap(({ http }) =>
      (http?.[1].split('?')[1] ?? '').split('&').map((pair) => pair.split('=')[0] ?? ''),
    ),
  )
  const found: string[] = []
  for (const key of [...keys].filter((name) => name !== '' && name !== 'x-id')) {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']) {
      for (const path of ['/b', '/b/k']) {
        try {
          const name = s3.recognise(at(method, path, key), undefined)?.name ?? ''
          if (plain.has(name)) found.push(`${method} ${path}?${key}: ${name}`)
        } catch (error) {
          expect(error).toMatchObject({ code: 'MethodNotAllowed' })
        }
      }
    }
  }
  expect(found).toEqual([])
})

test('a copy is told by its header, also when it was presigned into the query', () => {
  expect(s3.recognise(at('PUT', '/b/k', '', [HOST, ['x-amz-copy-source', '/s/k']]), undefined)?.name).toBe('CopyObject')
  expect(s3.recognise(at('PUT', '/b/k', 'x-amz-copy-source=%2Fs%2Fk&X-Amz-Signature=0'), undefined)?.name).toBe(
    'CopyObject',
  )
  expect(
    s3.recognise(at('PUT', '/b/k', 'partNumber=1&uploadId=u', [HOST, ['X-Amz-Copy-Source', '/s/k']]), undefined)?.name,
  ).toBe('UploadPartCopy')
})

test.each([
  ['b.s3.us-east-1.amazonaws.com', 'b'],
  ['a.b.s3.amazonaws.com:443', 'a.b'],
  ['b.s3-us-west-2.amazonaws.com', 'b'],
  ['b.s3.us-east-1.localhost:4566', 'b'],
  ['bkt.localhost:4566', 'bkt'],
  ['s3-data.localhost', 's3-data'],
  ['s3.us-east-1.amazonaws.com', undefined],
  ['s3.localhost', undefined],
  ['localhost:4566', undefined],
  ['127.0.0.1:4566', undefined],
  ['[::1]:4566', undefined],
  ['openirsa.default.svc', undefined],
  ['', undefined],
])('the host %j names the bucket %j', (host, bucket) => {
  expect(bucketOfHost(host)).toBe(bucket)
})

test('EKS labels are decoded once, and a path that is no binding is no operation', () => {
  const eks = serviceModel('eks')
  expect(eks.recognise(at('GET', '/tags/arn%3Aaws%3Aeks%3Aus-east-1%3A1%3Acluster%2Fdev'), undefined)).toEqual({
    name: 'ListTagsForResource',
    labels: { resourceArn: 'arn:aws:eks:us-east-1:1:cluster/dev' },
  })
  expect(eks.recognise(at('GET', '/clusters/dev'), undefined)).toEqual({
    name: 'DescribeCluster',
    labels: { name: 'dev' },
  })
  expect(eks.recognise(at('GET', '/clusters/'), undefined)).toBeUndefined()
  expect(eks.recognise(at('PATCH', '/clusters'), undefined)).toBeUndefined()
})

test('CloudTrail is recognised by either form of its target, and by no other', () => {
  const target = (value: string) =>
    serviceModel('cloudtrail').recognise(at('POST', '/', '', [['x-amz-target', value]]), undefined)?.name
  expect(target('CloudTrail_20131101.LookupEvents')).toBe('LookupEvents')
  expect(target('com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents')).toBe('LookupEvents')
  expect(target('DynamoDB_20120810.LookupEvents')).toBeUndefined()
  expect(target('LookupEvents')).toBeUndefined()
  expect(target('CloudTrail_20131101.toString')).toBeUndefined()
})

test('only the bodies of PutObject and UploadPart are streams', () => {
  const streaming = s3.operationNames.filter((name) => isStreamingInput(s3, name))
  expect(streaming).toEqual(expect.arrayContaining(['PutObject', 'UploadPart']))
  expect(isStreamingInput(s3, 'DeleteObjects')).toBe(false)
  expect(isStreamingInput(s3, 'constructor')).toBe(false)
  expect(streaming.filter((name) => !['PutObject', 'UploadPart'].includes(name))).toEqual([
    'PutObjectAnnotation',
    'WriteGetObjectResponse',
  ])
})
