// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ARN templates are written so
import { expect, test } from 'vitest'
import type { AccountId, Region } from '../../core/index.ts'
import { type ServiceName, serviceModel } from '../../standards/protocol/index.ts'
import { actionsOf, catalogueAction, catalogueRow, fillTemplate, isReadOnly, wildcardOnly } from './index.ts'

const SURROUNDINGS = { partition: 'aws', region: 'eu-west-1' as Region, account: '111122223333' as AccountId } as const
const SERVICES: readonly ServiceName[] = ['sts', 'iam', 'eks', 'eks-auth', 'cloudtrail', 's3']

/** Operations that are newer than IAM's data, or belong to prefixes that are not ours; by name, so that a change of either source shows here. */
const UNMAPPED: Readonly<Record<string, readonly string[]>> = {
  sts: ['GetScopedCredentials'],
  iam: ['AcquireRole', 'UpdateDelegationRequest'],
  eks: [],
  'eks-auth': [],
  cloudtrail: ['ListInsightsMetricData'],
  s3: ['CreateSession', 'ListDirectoryBuckets', 'RenameObject', 'WriteGetObjectResponse'],
}

test.each(SERVICES)('every operation of %s has an action that IAM knows, but for the named ones', (service) => {
  const unmapped = serviceModel(service).operationNames.filter((operation) => {
    const row = catalogueRow(service, operation)
    return row === undefined || !row.actions.every((action) => catalogueAction(action) !== undefined)
  })
  expect(unmapped).toEqual(UNMAPPED[service])
})

test.each([
  ['s3', 'HeadObject', ['s3:GetObject'], 'arn:${Partition}:s3:::${BucketName}/${ObjectName}'],
  ['s3', 'HeadBucket', ['s3:ListBucket'], 'arn:${Partition}:s3:::${BucketName}'],
  ['s3', 'DeleteBucketTagging', ['s3:PutBucketTagging'], 'arn:${Partition}:s3:::${BucketName}'],
  ['s3', 'CopyObject', ['s3:GetObject', 's3:PutObject'], 'arn:${Partition}:s3:::${BucketName}/${ObjectName}'],
  ['s3', 'ListBuckets', ['s3:ListAllMyBuckets'], '*'],
  [
    'eks',
    'DescribeCluster',
    ['eks:DescribeCluster'],
    'arn:${Partition}:eks:${Region}:${Account}:cluster/${ClusterName}',
  ],
  ['iam', 'CreateRole', ['iam:CreateRole'], 'arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}'],
  ['cloudtrail', 'LookupEvents', ['cloudtrail:LookupEvents'], '*'],
])('%s %s needs %j on %s', (service, operation, actions, resourceTemplate) => {
  expect(catalogueRow(service, operation)).toMatchObject({ actions, resourceTemplate })
})

test('what parameters add is told apart from what every call needs', () => {
  const row = catalogueRow('s3', 'PutObject')
  expect(row?.actions).toEqual(['s3:PutObject'])
  expect(row?.furtherActions).toContainEqual({ action: 's3:PutObjectTagging', when: 'h:x-amz-tagging' })
})

test.each([
  ['sts', 'GetCallerIdentity', true],
  ['sts', 'AssumeRoleWithWebIdentity', true],
  ['iam', 'ListRoles', true],
  ['iam', 'CreateRole', false],
  ['iam', 'PutRolePolicy', false],
  ['iam', 'TagRole', false],
  ['s3', 'GetObject', true],
  ['s3', 'DeleteObject', false],
  ['s3', 'NoSuchOperation', false],
  ['nowhere', 'constructor', false],
])('%s %s counts as read-only: %s', (service, operation, expected) => {
  expect(isReadOnly(service, operation)).toBe(expected)
})

test('an operation that IAM does not know has no row', () => {
  for (const name of ['NoSuchOperation', 'constructor', '__proto__']) expect(catalogueRow('s3', name)).toBeUndefined()
  expect(catalogueRow('__proto__', 'toString')).toBeUndefined()
})

test('actions are compared without case', () => {
  expect(catalogueAction('S3:getobject')?.accessLevel).toBe('Read')
  expect(catalogueAction('s3:GetObject')?.conditionKeys).toContain('s3:ExistingObjectTag/<key>')
})

test('only actions without resource types are wildcard-only', () => {
  expect(wildcardOnly('s3:ListAllMyBuckets')).toBe(true)
  expect(wildcardOnly('s3:GetObject')).toBe(false)
  expect(wildcardOnly('s3:NoSuchAction')).toBe(false)
})

test('a template takes its parts from the input, and what is missing stays a wildcard', () => {
  const cluster = catalogueRow('eks', 'DescribeCluster')?.resourceTemplate ?? ''
  expect(fillTemplate(cluster, SURROUNDINGS, { name: 'dev' })).toBe('arn:aws:eks:eu-west-1:111122223333:cluster/dev')
  const role = catalogueRow('iam', 'GetRole')?.resourceTemplate ?? ''
  expect(fillTemplate(role, SURROUNDINGS, { RoleName: 'r' })).toBe('arn:aws:iam::111122223333:role/r')
  expect(fillTemplate(role, SURROUNDINGS, {})).toBe('arn:aws:iam::111122223333:role/*')
  const object = catalogueRow('s3', 'GetObjectTorrent')?.resourceTemplate ?? ''
  expect(fillTemplate(object, SURROUNDINGS, { Bucket: 'b', Key: 'k/${Account}' })).toBe('arn:aws:s3:::b/k/${Account}')
})

test('the actions of a service are listed', () => {
  expect(actionsOf('sqs')).toContain('SendMessage')
  expect(actionsOf('nowhere')).toEqual([])
})
