/** What `policy` says on the local cloud is what the local cloud does: its organization and the policies of its buckets count. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  explainInquiry,
  findWhoCan,
  type GivenPolicies,
  gatherInquiries,
  liveSource,
  localSource,
  type PolicySource,
  simulate,
} from '../../src/tools/policy/index.ts'
import { applyServiceAccounts, createProvider, createRole, mint, POD, session, subjectOf, trust } from './circle.ts'
import { clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'

const [MANAGEMENT, BANK] = ['111111111111', '222222222222'] as const
const ORGANIZATION = 'o-exampleorgid'
const NOTHING: GivenPolicies = { identity: [], session: [], scp: [], rcp: [] }
const [OURS, THEIRS] = ['ours', 'theirs'] as const
const NAME = 'worker'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${NAME}`
const FILE = `
id: ${ORGANIZATION}
managementAccount: ${MANAGEMENT}
root:
  units:
    - name: Shop
      scps:
        - FullAWSAccess
        - {name: KeepAll, document: {Version: 2012-10-17, Statement: {Sid: NobodyDeletes, Effect: Deny, Action: 's3:DeleteObject', Resource: '*'}}}
      accounts: [${ACCOUNT}]
    - name: Bank
      rcps:
        - name: Vault
          document:
            Version: 2012-10-17
            Statement: {Sid: NoWay, Effect: Deny, Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::${THEIRS}/vault/*'}
      accounts: [${BANK}]
`

let place: InstallationUnderTest
let folder: string
const environment = { ...process.env }

const bucketPolicy = (bucket: string, statement: Record<string, unknown>) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Resource: `arn:aws:s3:::${bucket}/*`, ...statement }] })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openirsa-org-'))
  const organization = join(folder, 'org.yaml')
  await writeFile(organization, FILE)
  place = await openInstallation({ organization, accounts: [ACCOUNT, BANK] })
  const { issuer } = place.facts
  await applyServiceAccounts(place)
  await createProvider(place, issuer)
  await createRole(place, {
    name: NAME,
    trust: [trust({ issuer, subject: subjectOf(POD) })],
    may: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  })
  const [shop, bank] = [clientsOf(place), clientsOf(place, place.administrator(BANK))]
  for (const [{ s3 }, Bucket] of [
    [shop, OURS],
    [bank, THEIRS],
  ] as const) {
    await s3.send(new CreateBucketCommand({ Bucket }))
    for (const Key of ['k', 'secret/k', 'vault/k']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  }
  const secrets = { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${OURS}/secret/*` }
  await shop.s3.send(new PutBucketPolicyCommand({ Bucket: OURS, Policy: bucketPolicy(OURS, secrets) }))
  const sharing = {
    Effect: 'Allow',
    Principal: { AWS: ACCOUNT },
    Action: 's3:*',
    Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } },
  }
  await bank.s3.send(new PutBucketPolicyCommand({ Bucket: THEIRS, Policy: bucketPolicy(THEIRS, sharing) }))
  const { accessKeyId, secretAccessKey } = place.administrator()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: place.facts.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    AWS_REGION: 'us-east-1',
  })
})
afterAll(async () => {
  process.env = environment
  await place.close()
  await rm(folder, { recursive: true })
})

async function ask(
  action: string,
  resource: string,
  { source, given = NOTHING }: { source?: PolicySource; given?: GivenPolicies } = {},
) {
  const question = { principal: ROLE, actions: [action], resources: [resource], context: {}, given }
  const { inquiries, notes } = await gatherInquiries(question, source ?? (await localSource(place.directory)))
  const [inquiry] = inquiries
  if (inquiry === undefined) throw new Error('no inquiry')
  return { inquiry, notes }
}

/** What the cloud itself makes of it. */
async function really(action: string, Bucket: string, Key: string): Promise<boolean> {
  const { s3 } = clientsOf(place, await session(place, { token: await mint(place), role: NAME }))
  const command =
    action === 's3:GetObject' ? new GetObjectCommand({ Bucket, Key }) : new DeleteObjectCommand({ Bucket, Key })
  const call = s3.send(command as GetObjectCommand)
  return (await call.catch(() => undefined)) !== undefined || (await refusalOf(call)).status !== 403
}

describe('on the local cloud', () => {
  test.each([
    ['s3:GetObject', OURS, 'k', 'allowed', 'identity'],
    ['s3:GetObject', OURS, 'secret/k', 'explicitDeny', 'resource'],
    ['s3:DeleteObject', OURS, 'k', 'explicitDeny', 'service-control'],
    ['s3:GetObject', THEIRS, 'k', 'allowed', undefined],
    ['s3:GetObject', THEIRS, 'vault/k', 'explicitDeny', 'resource-control'],
  ] as const)('%s on %s/%s is %s, by simulation and in truth', async (action, bucket, key, outcome, decidedBy) => {
    const { inquiry, notes } = await ask(action, `arn:aws:s3:::${bucket}/${key}`)
    expect(simulate(inquiry)).toMatchObject({ outcome, ...(decidedBy === undefined ? {} : { decidedBy }) })
    expect(explainInquiry(inquiry).outcome).toBe(outcome)
    expect(notes).toEqual([])
    expect(await really(action, bucket, key)).toBe(outcome === 'allowed')
  })

  test('an explanation names the statement of the organization', async () => {
    const { inquiry } = await ask('s3:DeleteObject', `arn:aws:s3:::${OURS}/k`)
    expect(explainInquiry(inquiry)).toMatchObject({
      nearest: [{ sid: 'NobodyDeletes' }],
      denial: { name: 'explicit-deny' },
    })
  })

  test('service control policies that are given stand for those of the organization', async () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })
    const given = { ...NOTHING, scp: [[{ name: 'scp.json', text }]] }
    expect(simulate((await ask('s3:DeleteObject', `arn:aws:s3:::${OURS}/k`, { given })).inquiry).outcome).toBe(
      'allowed',
    )
  })

  test('nobody can what the organization denies', async () => {
    const source = await localSource(place.directory)
    const asked = { resource: `arn:aws:s3:::${OURS}/k`, context: {} }
    expect((await findWhoCan({ action: 's3:DeleteObject', ...asked }, source)).allowed).toEqual([])
    const readers = (await findWhoCan({ action: 's3:GetObject', ...asked }, source)).allowed
    expect(readers.map(({ principal }) => principal)).toContain(ROLE)
  })
})

describe("through AWS's own client", () => {
  test('the policy of a bucket counts; that an organization is not read is said', async () => {
    const { inquiry, notes } = await ask('s3:GetObject', `arn:aws:s3:::${OURS}/secret/k`, {
      source: await liveSource(),
    })
    expect(simulate(inquiry)).toMatchObject({ outcome: 'explicitDeny', decidedBy: 'resource' })
    expect(notes).toEqual(['policies of an organization are not read from AWS: give them with --scp and --rcp'])
  })

  test('a bucket without a policy has none, and that of a queue is not read, which is said', async () => {
    const none = await ask('s3:GetObject', 'arn:aws:s3:::nowhere-at-all/k', { source: await liveSource() })
    expect([none.inquiry.policies.resource, none.notes.length]).toEqual([undefined, 1])
    const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`
    const queue = await ask('sqs:SendMessage', arn, { source: await liveSource() })
    expect(queue.notes).toContain(`the policy of ${arn} is not read from AWS: give it with --resource-policy`)
  })

  test("another account's bucket is not shown, and the way out is told", async () => {
    const asked = ask('s3:GetObject', `arn:aws:s3:::${THEIRS}/k`, { source: await liveSource() })
    await expect(asked).rejects.toMatchObject({ hint: expect.stringContaining('--resource-policy') })
  })
})
