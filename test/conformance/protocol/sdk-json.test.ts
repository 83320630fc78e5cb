import { CloudTrailClient, InvalidTimeRangeException, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  CreatePodIdentityAssociationCommand,
  DescribeClusterCommand,
  EKSClient,
  ListClustersCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eks'
import { afterAll, expect, test } from 'vitest'
import { ApiError } from '../../../src/core/index.ts'
import { startLoopback } from './loopback.ts'

const CONFIG = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
}
const eksServer = await startLoopback('eks')
const trailServer = await startLoopback('cloudtrail')
const eks = new EKSClient({ ...CONFIG, endpoint: eksServer.endpoint })
const trail = new CloudTrailClient({ ...CONFIG, endpoint: trailServer.endpoint })

afterAll(async () => {
  eks.destroy()
  trail.destroy()
  await Promise.all([eksServer.close(), trailServer.close()])
})

const AT = new Date('2026-01-02T03:04:05Z')

test('EKS clusters are described and listed', async () => {
  const cluster = {
    name: 'dev',
    createdAt: AT,
    status: 'ACTIVE' as const,
    identity: { oidc: { issuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/A' } },
    certificateAuthority: { data: 'LS0t' },
    tags: { __proto__x: 'y', team: 'a' },
  }
  eksServer.answer({ cluster })
  expect((await eks.send(new DescribeClusterCommand({ name: 'dev' }))).cluster).toEqual(cluster)
  expect(eksServer.seen.at(-1)).toMatchObject({ operation: 'DescribeCluster', input: { name: 'dev' } })
  eksServer.answer({ clusters: ['dev'], nextToken: 'n' })
  expect(await eks.send(new ListClustersCommand({ maxResults: 1, include: ['all'] }))).toMatchObject({
    clusters: ['dev'],
    nextToken: 'n',
  })
  expect(eksServer.seen.at(-1)?.input).toEqual({ maxResults: 1, include: ['all'] })
})

test('a JSON body and a path label make one input', async () => {
  eksServer.answer({ association: { associationId: 'a-1' } })
  const input = {
    clusterName: 'dev',
    namespace: 'shop',
    serviceAccount: 'orders',
    roleArn: 'arn:aws:iam::000000000000:role/r',
    clientRequestToken: 't',
  }
  const answer = await eks.send(new CreatePodIdentityAssociationCommand(input))
  expect(answer.association).toEqual({ associationId: 'a-1' })
  expect(eksServer.seen.at(-1)).toMatchObject({ operation: 'CreatePodIdentityAssociation', input })
})

test('an EKS error carries its members', async () => {
  eksServer.answer(
    new ApiError('ResourceNotFoundException', 404, 'No cluster found for name: x.', { clusterName: 'x' }),
  )
  const error = await eks.send(new DescribeClusterCommand({ name: 'x' })).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ResourceNotFoundException)
  expect(error).toMatchObject({ message: 'No cluster found for name: x.', clusterName: 'x' })
})

test('CloudTrail events are looked up by time and attribute', async () => {
  const event = {
    EventId: 'e',
    EventName: 'AssumeRoleWithWebIdentity',
    ReadOnly: 'true',
    EventTime: AT,
    Resources: [{ ResourceType: 'AWS::IAM::Role', ResourceName: 'r' }],
  }
  trailServer.answer({ Events: [event], NextToken: 'n' })
  const input = {
    StartTime: AT,
    EndTime: AT,
    MaxResults: 50,
    LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: 'AssumeRole' }],
  }
  expect(await trail.send(new LookupEventsCommand(input))).toMatchObject({ Events: [event], NextToken: 'n' })
  expect(trailServer.seen.at(-1)).toMatchObject({ operation: 'LookupEvents', input })
})

test('a CloudTrail error becomes its exception', async () => {
  trailServer.answer(new ApiError('InvalidTimeRangeException', 400, 'Start time must be before end time.'))
  const error = await trail.send(new LookupEventsCommand({})).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(InvalidTimeRangeException)
  expect(error).toMatchObject({ message: 'Start time must be before end time.' })
})
