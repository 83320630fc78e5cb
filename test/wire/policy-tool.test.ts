import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAdministratorCalls } from '../../src/io/aws/index.ts'
import {
  explainInquiry,
  findKeptPolicies,
  findWhoCan,
  type GivenPolicies,
  gatherInquiries,
  liveSource,
  localSource,
  type PolicySource,
  simulate,
} from '../../src/tools/policy/index.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'

const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/app`
const NOTHING: GivenPolicies = { identity: [], session: [], scp: [], rcp: [] }
const doc = (Action: string, more: Record<string, unknown> = { Resource: '*' }) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, ...more }] })

let place: InstallationUnderTest
const environment = { ...process.env }

beforeAll(async () => {
  place = await openInstallation()
  const calls = await createAdministratorCalls(place.facts, { dataDirectory: place.directory, clock: place.clock })
  const trust = doc('sts:AssumeRole', { Principal: { AWS: ACCOUNT } })
  const steps: (readonly [string, Record<string, string>])[] = [
    ['CreateRole', { RoleName: 'app', Path: '/team/', AssumeRolePolicyDocument: trust }],
    ['PutRolePolicy', { RoleName: 'app', PolicyName: 'inline', PolicyDocument: doc('s3:GetObject') }],
    ['AttachRolePolicy', { RoleName: 'app', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess' }],
    [
      'PutRolePermissionsBoundary',
      { RoleName: 'app', PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' },
    ],
  ]
  steps.push([
    'CreateOpenIDConnectProvider',
    { Url: 'https://oidc.example.com/id/A1', 'ThumbprintList.member.1': 'a'.repeat(40) },
  ])
  const body = doc('s3:GetObject', { Principal: { AWS: ACCOUNT }, Resource: 'arn:aws:s3:::with-a-policy/*' })
  for (const target of ['/with-a-policy', '/with-a-policy?policy'])
    expect(await calls.s3({ method: 'PUT', target, body: target.endsWith('?policy') ? body : '' })).toMatchObject({
      code: '',
    })
  for (const [action, parameters] of steps) expect(await calls.iam(action, parameters)).toMatchObject({ code: '' })
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
})

const SOURCES: readonly (readonly [string, () => Promise<PolicySource>])[] = [
  ['the local cloud', () => localSource(place.directory)],
  ["AWS's own client", () => liveSource()],
]

describe.each(SOURCES)('policies read through %s', (_, open) => {
  const ask = async (action: string, principal = ROLE) => {
    const question = { principal, actions: [action], resources: ['arn:aws:s3:::b/k'], context: {}, given: NOTHING }
    const { inquiries } = await gatherInquiries(question, await open())
    const [inquiry] = inquiries
    if (inquiry === undefined) throw new Error('no inquiry')
    return inquiry
  }

  test('decide: inline, attached and the boundary', async () => {
    expect(simulate(await ask('s3:GetObject')).outcome).toBe('allowed')
    expect(simulate(await ask('s3:PutObject'))).toMatchObject({ outcome: 'implicitDeny', decidedBy: 'boundary' })
    expect(explainInquiry(await ask('sqs:ListQueues')).denial?.code).toBe('IRSA512')
  })

  test('of a principal that is not there, or of another account, are not made up', async () => {
    await expect(ask('s3:GetObject', `arn:aws:iam::${ACCOUNT}:role/none`)).rejects.toMatchObject({ code: 'CONFIG' })
  })

  test('are found by the ARN of a managed policy and of a role, whose trust policy it is', async () => {
    const source = await open()
    expect((await source.findPolicy('arn:aws:iam::aws:policy/ReadOnlyAccess'))?.text).toContain('"Version"')
    expect((await source.findPolicy(ROLE))?.text).toContain('sts:AssumeRole')
    expect((await source.findRole('app'))?.arn).toBe(ROLE)
    expect((await source.listPrincipals()).map(({ arn }) => arn)).toContain(ROLE)
  })

  test('stand under the ARN of a role, a user, a managed policy and a bucket, each with its type', async () => {
    const source = await open()
    const typesOf = async (arn: string) => (await findKeptPolicies(arn, source)).map(({ type }) => type)
    expect(await typesOf(ROLE)).toEqual(['trust', 'identity', 'identity', 'boundary'])
    expect(await typesOf(`arn:aws:iam::${ACCOUNT}:user/administrator`)).toEqual(['identity'])
    expect(await typesOf('arn:aws:iam::aws:policy/ReadOnlyAccess')).toEqual(['identity'])
    expect(await typesOf('arn:aws:s3:::with-a-policy')).toEqual(['resource'])
    for (const none of [`arn:aws:iam::${ACCOUNT}:role/none`, 'arn:aws:s3:::no-such-bucket'])
      await expect(findKeptPolicies(none, source)).rejects.toMatchObject({ code: 'CONFIG' })
  })

  test('come with the providers of the account', async () => {
    expect(await (await open()).listProviders()).toEqual([
      `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.example.com/id/A1`,
    ])
  })

  test('say who can, and by what', async () => {
    const question = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} }
    const { allowed, asked } = await findWhoCan(question, await open())
    expect(allowed.map(({ principal }) => principal)).toEqual([ROLE, `arn:aws:iam::${ACCOUNT}:user/administrator`])
    expect(asked).toBe(2)
  })
})
