/** EKS Pod Identity in an organization: its policies hold for the role's sessions, and resource control for the service that takes them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { explained, roleArn } from './circle.ts'
import { clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'
import {
  answered,
  associate,
  assumeForPod,
  createPodRole,
  credentialsOfPod,
  NOT_ASSUMABLE,
  PODS,
  podToken,
  told,
} from './pod-identity-cast.ts'

const MANAGEMENT = '111111111111'
const ORGANIZATION = 'o-exampleorgid'

/** AWS's own example of a perimeter: services act for accounts of the organization only. Here one role is closed to the whole of it. */
const FILE = `
id: ${ORGANIZATION}
managementAccount: ${MANAGEMENT}
root:
  scps: [FullAWSAccess]
  accounts: [${MANAGEMENT}]
  units:
    - name: Shop
      scps:
        - FullAWSAccess
        - name: NoBuckets
          document:
            Statement: {Effect: Deny, Action: s3:CreateBucket, Resource: '*', Condition: {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::*:role/*'}}}
      rcps:
        - name: Perimeter
          document:
            Version: 2012-10-17
            Statement:
              - {Sid: OnlyOurAccounts, Effect: Deny, Principal: '*', Action: 'sts:AssumeRole', Resource: '*',
                 Condition: {StringNotEqualsIfExists: {'aws:SourceOrgID': ${ORGANIZATION}}, 'Null': {'aws:SourceAccount': 'false'}, Bool: {'aws:PrincipalIsAWSService': 'true'}}}
              - {Sid: Closed, Effect: Deny, Principal: '*', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/closed',
                 Condition: {StringEquals: {'aws:SourceOrgID': ${ORGANIZATION}}}}
      accounts: ['${ACCOUNT}']
`

let at: InstallationUnderTest
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openirsa-organization-'))
  await writeFile(join(folder, 'org.yaml'), FILE)
  at = await openInstallation({ accounts: [ACCOUNT, MANAGEMENT], organization: join(folder, 'org.yaml') })
  for (const name of ['orders', 'closed']) {
    await createPodRole(at, name, { Effect: 'Allow', Action: 's3:*', Resource: '*' })
    await associate(at, { serviceAccount: name, roleArn: roleArn(name) })
  }
})
afterAll(async () => {
  await at.close()
  await rm(folder, { recursive: true })
})

it('a service control policy limits the session of a pod as any other', async () => {
  const { s3 } = clientsOf(at, credentialsOfPod(answered(await assumeForPod(at, podToken(at)))))
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([])
  const refusal = await refusalOf(s3.send(new CreateBucketCommand({ Bucket: 'more' })))
  expect(refusal.message).toContain('with an explicit deny in a service control policy')
})

it('a resource control policy limits the service, by the organization that it acts for', async () => {
  const answer = await assumeForPod(at, podToken(at, { serviceAccount: 'closed' }))
  expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
  expect(await explained(at, answer)).toMatchObject({
    name: 'explicit-deny',
    rung: 'organization',
    principal: PODS,
    resource: roleArn('closed'),
  })
})
