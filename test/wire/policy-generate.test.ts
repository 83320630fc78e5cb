/** A pod works with more than it needs; what it did is read from the trail and becomes the policy that it needs. */
import { GetRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instant } from '../../src/core/index.ts'
import { generatePolicy, readLiveTrail, readLocalTrail } from '../../src/tools/policy/index.ts'
import {
  applyServiceAccounts,
  createProvider,
  createRole,
  mint,
  NEIGHBOUR,
  POD,
  session,
  subjectOf,
  trust,
} from './circle.ts'
import { type Clients, clientsOf } from './clients.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'

const Bucket = 'irsa-least'
const GENEROUS = 'generous'
const LEAST = 'least'
const OF_POD = { serviceAccount: { namespace: 'shop', name: 'orders' } }
const OPTIONS = { maxResources: 20, denied: 'leave-out' } as const

let place: InstallationUnderTest

const clientsFor = async (role: string, who = POD): Promise<Clients> =>
  clientsOf(place, await session(place, { token: await mint(place, { who }), role }))

/** What the pod does. */
async function work({ s3, sts }: Clients): Promise<void> {
  await sts.send(new GetCallerIdentityCommand({}))
  await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'in/' }))
  await s3.send(new GetObjectCommand({ Bucket, Key: 'in/1' }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'out/*', Body: 'x' }))
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'out/2', CopySource: `${Bucket}/in/1` }))
}

const environment = { ...process.env }
const refused = { name: 'AccessDenied' }
const reading = (s3: S3Client, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }))

beforeAll(async () => {
  place = await openInstallation()
  const { issuer } = place.facts
  const { s3 } = clientsOf(place)
  await applyServiceAccounts(place)
  await createProvider(place, issuer)
  const trusted = [POD, NEIGHBOUR].map((who) => trust({ issuer, subject: subjectOf(who), sid: who.replace(/\W/g, '') }))
  const may = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]
  await createRole(place, { name: GENEROUS, trust: trusted, may })
  await createRole(place, { name: LEAST, trust: trusted })
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Key of ['in/1', 'in/2']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  const pod = await clientsFor(GENEROUS)
  await work(pod)
  await expect(pod.iam.send(new GetRoleCommand({ RoleName: GENEROUS }))).rejects.toMatchObject(refused)
  await reading((await clientsFor(GENEROUS, NEIGHBOUR)).s3, 'in/2')
})
afterAll(async () => {
  process.env = environment
  await place.close()
})

const OBJECT = `arn:aws:s3:::${Bucket}/`
const STATEMENTS = [
  { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${OBJECT}in/1`] },
  { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [`arn:aws:s3:::${Bucket}`] },
  { Effect: 'Allow', Action: ['s3:PutObject'], Resource: [`${OBJECT}out/\${*}`, `${OBJECT}out/2`] },
]

describe('a policy generated from the trail', () => {
  test('has what the service account did and nothing of its neighbour, and lists what was denied', async () => {
    const { events, notes } = await readLocalTrail(place.directory, OF_POD)
    const { document, denied } = await generatePolicy(events, { ...OF_POD, ...OPTIONS })
    expect(notes).toEqual([])
    expect(document.Statement).toEqual(STATEMENTS)
    expect(denied).toEqual([{ action: 'iam:GetRole', resource: `arn:aws:iam::000000000000:role/${GENEROUS}` }])
  })

  test('of a role has what all its sessions did', async () => {
    const filter = { role: GENEROUS }
    const { events } = await readLocalTrail(place.directory, filter)
    const { document } = await generatePolicy(events, { ...filter, ...OPTIONS })
    expect(document.Statement[0]?.Resource).toEqual([`${OBJECT}in/1`, `${OBJECT}in/2`])
  })

  test('is enough for the same work, and for no other', async () => {
    const { events } = await readLocalTrail(place.directory, OF_POD)
    const { document } = await generatePolicy(events, { ...OF_POD, ...OPTIONS })
    const PolicyDocument = JSON.stringify(document)
    const { iam } = clientsOf(place)
    await iam.send(new PutRolePolicyCommand({ RoleName: LEAST, PolicyName: 'least', PolicyDocument }))
    const pod = await clientsFor(LEAST)
    await work(pod)
    await expect(reading(pod.s3, 'in/2')).rejects.toMatchObject(refused)
    await expect(pod.s3.send(new PutObjectCommand({ Bucket, Key: 'out/3', Body: 'x' }))).rejects.toMatchObject(refused)
  })
})

describe("a policy generated from AWS's event history, by AWS's own client", () => {
  const pointTo = (more: Record<string, string> = {}) => {
    const { accessKeyId, secretAccessKey } = place.administrator()
    process.env = {
      ...environment,
      AWS_ENDPOINT_URL: place.facts.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
      AWS_REGION: 'us-east-1',
      ...more,
    }
  }

  test('has the management events of the service account, and says that there are no others', async () => {
    pointTo()
    const { events, notes } = await readLiveTrail({ ...OF_POD, since: instant(Date.now() - 3_600_000) })
    const { document, denied } = await generatePolicy(events, { ...OF_POD, ...OPTIONS })
    expect(document.Statement).toEqual([])
    expect(denied).toEqual([{ action: 'iam:GetRole', resource: `arn:aws:iam::000000000000:role/${GENEROUS}` }])
    expect(notes).toEqual([expect.stringContaining('management events of us-east-1 alone')])
  })

  test('of a user asks for that user alone', async () => {
    pointTo()
    const { events } = await readLiveTrail({ user: 'administrator' })
    const { document } = await generatePolicy(events, { user: 'administrator', ...OPTIONS })
    expect(document.Statement.flatMap(({ Action }) => Action)).toEqual(
      expect.arrayContaining(['iam:CreateRole', 's3:CreateBucket']),
    )
    const names = events.map((event) => (event as { userIdentity: { userName: string } }).userIdentity.userName)
    expect(new Set(names)).toEqual(new Set(['administrator']))
  })

  test('is refused with the reason when AWS refuses', async () => {
    pointTo({ AWS_SECRET_ACCESS_KEY: 'no-such-secret' })
    await expect(readLiveTrail({})).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('AWS does not answer LookupEvents'),
      hint: expect.stringContaining('cloudtrail:LookupEvents'),
    })
  })
})
