import { DeleteOpenIDConnectProviderCommand, GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, GetObjectCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountOfUniqueId } from '../../src/core/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { send } from './bare-http.ts'
import {
  applyServiceAccounts,
  createProvider,
  createRole,
  exchange,
  explained,
  mint,
  POD,
  policy,
  providerArn,
  ROLE,
  roleArn,
  SESSION,
  session,
  subjectOf,
  trust,
} from './circle.ts'
import { type Clients, clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'

const OTHER = '111122223333'
const Bucket = 'two-accounts'
const KEY = 'hello.txt'
const sessionArn = (role: string, account: string): string => `arn:aws:sts::${account}:assumed-role/${role}/${SESSION}`

let at: InstallationUnderTest
let admin: Clients
let token: string

beforeAll(async () => {
  at = await openInstallation({ accounts: [ACCOUNT, OTHER] })
  admin = clientsOf(at)
  await applyServiceAccounts(at)
  const { issuer } = at.facts
  await createProvider(at, issuer)
  await createRole(at, { name: ROLE, trust: [trust({ issuer, subject: subjectOf(POD) })] })
  await admin.s3.send(new CreateBucketCommand({ Bucket }))
  await admin.s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'hello' }))
  token = await mint(at)
})
afterAll(() => at.close())

describe('two accounts', () => {
  let theirs: Clients
  let visitor: Required<SigningCredentials>
  const VISITOR = 'visitor'
  const theirRole = roleArn(VISITOR, OTHER)

  beforeAll(async () => {
    theirs = clientsOf(at, at.administrator(OTHER))
    const { issuer } = at.facts
    await createProvider(at, issuer, { account: OTHER })
    await createRole(at, {
      account: OTHER,
      name: VISITOR,
      trust: [trust({ issuer, account: OTHER, subject: subjectOf(POD) })],
      may: [{ Effect: 'Allow', Action: ['s3:*', 'iam:*', 'sts:*'], Resource: '*' }],
    })
    visitor = await session(at, { token, role: theirRole })
  })

  it('a role of the second is assumed through the provider of the second', async () => {
    expect((await clientsOf(at, visitor).sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      sessionArn(VISITOR, OTHER),
    )
    expect(accountOfUniqueId(visitor.accessKeyId)).toBe(OTHER)
    expect(accountOfUniqueId(at.administrator(OTHER).accessKeyId)).toBe(OTHER)
  })

  it('a provider of one account lets nobody into the other', async () => {
    await createRole(at, {
      account: OTHER,
      name: 'foreign-provider',
      trust: [trust({ issuer: at.facts.issuer, subject: subjectOf(POD) })],
    }).catch(() => undefined)
    const answer = await exchange(at, { token, role: roleArn('foreign-provider', OTHER) })
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied'])
    await theirs.iam.send(
      new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn(at.facts.issuer, OTHER) }),
    )
    expect((await exchange(at, { token, role: theirRole })).code).toBe('InvalidIdentityToken')
    expect((await exchange(at, { token })).status).toBe(200)
    await createProvider(at, at.facts.issuer, { account: OTHER })
  })

  it('identities of the same name do not know each other', async () => {
    expect((await refusalOf(theirs.iam.send(new GetRoleCommand({ RoleName: ROLE })))).code).toBe(
      'NoSuchEntityException',
    )
    expect((await refusalOf(admin.iam.send(new GetRoleCommand({ RoleName: VISITOR })))).code).toBe(
      'NoSuchEntityException',
    )
  })

  it('an object of the first is closed to the second, whatever its own policies say, until the bucket lets it in', async () => {
    const read = () => clientsOf(at, visitor).s3.send(new GetObjectCommand({ Bucket, Key: KEY }))
    const refusal = await refusalOf(read())
    expect([refusal.status, refusal.message]).toEqual([403, 'Access Denied'])
    expect(await explained(at, refusal)).toMatchObject({ rung: 'resource' })
    const foreign = clientsOf(at, at.administrator(OTHER)).s3.send(new GetObjectCommand({ Bucket, Key: KEY }))
    expect((await refusalOf(foreign)).status).toBe(403)
    const letIn = {
      Effect: 'Allow',
      Principal: { AWS: theirRole },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/*`,
    }
    await admin.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(letIn) }))
    await read()
    expect(
      (await refusalOf(clientsOf(at, visitor).s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: '' })))).status,
    ).toBe(403)
    expect((await send(at, { target: `/${Bucket}/${KEY}` })).status).toBe(403)
  })

  it('a role of the first is assumed by the second when both say so, and not when one does', async () => {
    const assume = () =>
      clientsOf(at, visitor).sts.send(
        new AssumeRoleCommand({ RoleArn: roleArn('guest'), RoleSessionName: 'over-there' }),
      )
    const missing = await refusalOf(assume())
    await createRole(at, {
      name: 'guest',
      trust: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
    })
    const refusal = await refusalOf(assume())
    expect([refusal.status, refusal.code, refusal.message]).toEqual([403, 'AccessDenied', missing.message])
    const { iam } = admin
    const both = policy({ Effect: 'Allow', Principal: { AWS: theirRole }, Action: 'sts:AssumeRole' })
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'guest', PolicyDocument: both }))
    const { AssumedRoleUser, Credentials } = await assume()
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/guest/over-there`)
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/)
  })
})
