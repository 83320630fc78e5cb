import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListClustersCommand } from '@aws-sdk/client-eks'
import { CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, GetObjectCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, DecodeAuthorizationMessageCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/index.ts'
import { send } from './bare-http.ts'
import {
  Bucket,
  createRole,
  exchange,
  explained,
  KEY,
  mint,
  POD,
  policy,
  prepareShop,
  ROLE,
  roleArn,
  SESSION,
  session,
  subjectOf,
  TEXT,
  trust,
} from './circle.ts'
import { type Clients, clientsOf, refusalOf, type SdkAnswer } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'

const [MANAGEMENT, BANK, OUTSIDE] = ['111111111111', '222222222222', '999999999999'] as const
const ORGANIZATION = 'o-exampleorgid'

/** Everybody may read the bucket but for what the organization says. */
const FILE = `
id: ${ORGANIZATION}
managementAccount: ${MANAGEMENT}
root:
  scps:
    - FullAWSAccess
    - name: NoBreakGlass
      document:
        Statement: {Sid: NobodyMakesUsers, Effect: Deny, Action: iam:CreateUser, Resource: '*'}
  accounts: [${MANAGEMENT}]
  units:
    - name: Shop
      scps: [FullAWSAccess, {name: NoSecrets, file: no-secrets.json}]
      rcps:
        - name: Perimeter
          document:
            Version: 2012-10-17
            Statement:
              - {Sid: NoStrangers, Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::${Bucket}/inner/*',
                 Condition: {StringNotEqualsIfExists: {'aws:PrincipalOrgID': ${ORGANIZATION}}}}
              - {Sid: NoTokens, Effect: Deny, Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity', Resource: 'arn:aws:iam::*:role/closed'}
      accounts: [${ACCOUNT}]
    - name: Bank
      scps: [{name: OnlyThese, document: {Statement: {Sid: AllowThese, Effect: Allow, Action: ['s3:*', 'sts:*'], Resource: '*'}}}]
      accounts: [${BANK}]
`
const NO_SECRETS = policy({
  Sid: 'NoSecrets',
  Effect: 'Deny',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::*/secret/*',
})

let folder: string
let at: InstallationUnderTest
let shop: Clients
let bank: Clients
let outside: Clients

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openirsa-organization-'))
  const organization = join(folder, 'org.yaml')
  await writeFile(organization, FILE)
  await writeFile(join(folder, 'no-secrets.json'), NO_SECRETS)
  at = await openInstallation({ accounts: [ACCOUNT, MANAGEMENT, BANK, OUTSIDE], organization })
  shop = clientsOf(at)
  bank = clientsOf(at, at.administrator(BANK))
  outside = clientsOf(at, at.administrator(OUTSIDE))
  await prepareShop(at)
  for (const Key of ['inner/plan.txt', 'secret/plan.txt', 'ours/plan.txt'])
    await shop.s3.send(new PutObjectCommand({ Bucket, Key, Body: TEXT }))
  const open = { Sid: 'OpenToAll', Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }
  const Policy = policy(
    { ...open, Resource: ['inner', 'secret'].map((part) => `arn:aws:s3:::${Bucket}/${part}/*`) },
    {
      ...open,
      Sid: 'OpenToOurs',
      Resource: `arn:aws:s3:::${Bucket}/ours/*`,
      Condition: {
        StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION },
        'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${ORGANIZATION}/r-*/ou-*` },
      },
    },
  )
  await shop.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
})
afterAll(async () => {
  await at.close()
  await rm(folder, { recursive: true, force: true })
})

const read = (who: Clients, Key: string) => who.s3.send(new GetObjectCommand({ Bucket, Key }))
const readByNobody = (key: string) => send(at, { target: `/${Bucket}/${key}` })
const createUser = (who: Clients, UserName: string) => who.iam.send(new CreateUserCommand({ UserName }))

describe('service control policies', () => {
  it('a Deny at the root stops the administrator of a member account, in AWS’s words', async () => {
    const refusal = await refusalOf(createUser(shop, 'eve'))
    expect([refusal.status, refusal.code]).toEqual([403, 'AccessDenied'])
    expect(refusal.message).toMatch(
      /^User: arn:aws:iam::000000000000:user\/administrator is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::000000000000:user\/eve with an explicit deny in a service control policy: arn:aws:organizations::111111111111:policy\/o-exampleorgid\/service_control_policy\/p-[a-z0-9]{8}$/,
    )
    const told = await explained(at, refusal)
    expect(told).toMatchObject({ code: 'IRSA511', name: 'explicit-deny', rung: 'organization' })
    expect(told.nearest).toEqual([
      'statement 1 "NobodyMakesUsers" of the service control policy NoBreakGlass, attached to the root denies it',
    ])
  })

  it('an allow-list of a unit leaves out what it does not name, and the level is told', async () => {
    const refusal = await refusalOf(bank.eks.send(new ListClustersCommand({})))
    expect([refusal.status, refusal.code]).toEqual([403, 'AccessDeniedException'])
    expect(refusal.message).toMatch(/ with an explicit deny in a service control policy$/)
    const told = await explained(at, refusal)
    expect(told).toMatchObject({ code: 'IRSA310', name: 'organization', rung: 'organization' })
    expect(told.ladder.find(({ rung }) => rung === 'identity')?.state).toBe('passed')
    expect(told.fix).toContain('eks:ListClusters')
    await bank.s3.send(new CreateBucketCommand({ Bucket: 'bank-vault' }))
  })

  it('do not limit the management account, nor an account that is outside', async () => {
    await createUser(clientsOf(at, at.administrator(MANAGEMENT)), 'root-ops')
    await createUser(outside, 'guest')
  })

  it('are those of the caller, not of the resource: a stranger and nobody read what ours may not', async () => {
    expect((await refusalOf(read(shop, 'secret/plan.txt'))).message).toContain('in a service control policy: arn:')
    expect((await readByNobody('secret/plan.txt')).status).toBe(200)
  })

  it('limit the session of a pod, and not the exchange that makes it', async () => {
    const pod = clientsOf(at, await session(at, { token: await mint(at) }))
    expect(await (await read(pod, KEY)).Body?.transformToString()).toBe(TEXT)
    const refusal = await refusalOf(read(pod, 'secret/plan.txt'))
    expect(await explained(at, refusal)).toMatchObject({ rung: 'organization' })
  })

  it('a role gets out of them by no name', async () => {
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: 'sts:AssumeRole',
    })
    const Path = '/aws-service-role/eks.amazonaws.com/'
    await shop.iam.send(new CreateRoleCommand({ RoleName: 'linked', Path, AssumeRolePolicyDocument }))
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role${Path}linked`
    const { Credentials } = await shop.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: SESSION }))
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/)
    const linked = clientsOf(at, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: new Secret(Credentials?.SecretAccessKey ?? ''),
      sessionToken: Credentials?.SessionToken ?? '',
    })
    expect((await refusalOf(createUser(linked, 'mallory'))).message).toContain('in a service control policy')
  })
})

describe('resource control policies', () => {
  it('keep strangers and nobody from a bucket that its owner opened to all', async () => {
    const stranger = await refusalOf(read(outside, 'inner/plan.txt'))
    expect([stranger.status, stranger.message]).toEqual([403, 'Access Denied'])
    const told = await explained(at, stranger)
    expect(told).toMatchObject({ name: 'explicit-deny', rung: 'organization' })
    expect(told.nearest).toEqual([
      'statement 1 "NoStrangers" of the resource control policy Perimeter, attached to unit Shop denies it',
    ])
    const nobody = await readByNobody('inner/plan.txt')
    expect([nobody.status, nobody.code]).toEqual([403, 'AccessDenied'])
    expect(await explained(at, nobody)).toMatchObject({ rung: 'organization', principal: 'anonymous' })
  })

  it('let in the accounts of the organization, members and management', async () => {
    for (const account of [ACCOUNT, BANK, MANAGEMENT])
      await read(clientsOf(at, at.administrator(account)), 'inner/plan.txt')
  })

  it('hold for the exchange of a token', async () => {
    const { issuer } = at.facts
    for (const name of ['closed', 'opened'])
      await createRole(at, { name, trust: [trust({ issuer, subject: subjectOf(POD) })] })
    const token = await mint(at)
    const refusal = await exchange(at, { token, role: 'closed' })
    expect([refusal.status, refusal.code, refusal.message]).toEqual([
      403,
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ])
    expect(await explained(at, refusal)).toMatchObject({ name: 'explicit-deny', rung: 'organization' })
    await session(at, { token, role: 'opened' })
  })

  it('bucket policies may ask for the organization and for the place in it', async () => {
    await read(bank, 'ours/plan.txt')
    for (const who of [outside, clientsOf(at, at.administrator(MANAGEMENT))])
      expect((await refusalOf(read(who, 'ours/plan.txt'))).status).toBe(403)
  })
})

describe('DecodeAuthorizationMessage', () => {
  const decode = (who: Clients, { denial }: Pick<SdkAnswer, 'denial'>) =>
    who.sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: denial }))

  it('gives a permitted caller the whole record, but for the words of the organization’s policies', async () => {
    const refusal = await refusalOf(createUser(shop, 'eve'))
    const { DecodedMessage = '' } = await decode(shop, refusal)
    const decoded = JSON.parse(DecodedMessage) as Record<string, unknown>
    expect(decoded).toMatchObject({
      allowed: false,
      explicitDeny: true,
      context: { action: 'iam:CreateUser', principal: { arn: `arn:aws:iam::${ACCOUNT}:user/administrator` } },
    })
    const record = await explained(at, refusal)
    expect(record.statements).toMatchObject([{ policyType: 'service-control', effect: 'Deny', matches: true }])
    expect(decoded.openirsa).toEqual({ ...record, statements: [] })
    expect(record.context).toContainEqual({ key: 'aws:username', values: ['administrator'] })
  })

  it('gives the account of the role what became of a token', async () => {
    const refusal = await exchange(at, { token: await mint(at, { audiences: ['vault'] }) })
    const { DecodedMessage = '' } = await decode(shop, refusal)
    expect(JSON.parse(DecodedMessage)).toMatchObject({
      explicitDeny: false,
      context: { resource: roleArn(ROLE) },
      openirsa: { name: 'aud-not-registered' },
    })
    expect((await refusalOf(decode(bank, refusal))).code).toBe('InvalidAuthorizationMessageException')
  })

  it('refuses who has not the permission', async () => {
    const refusal = await refusalOf(createUser(shop, 'eve'))
    const pod = clientsOf(at, await session(at, { token: await mint(at) }))
    const answer = await refusalOf(decode(pod, refusal))
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied'])
    expect(answer.message).toContain(
      'is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy allows',
    )
  })

  it('knows nothing of other accounts, nor of what never was', async () => {
    const ofBank = await refusalOf(bank.eks.send(new ListClustersCommand({})))
    const ofStranger = await refusalOf(read(outside, 'inner/plan.txt'))
    for (const [who, denial] of [
      [shop, ofBank.denial],
      [shop, ofStranger.denial],
      [outside, ofStranger.denial],
      [shop, 'aaaaaaaaaaaaaaaa'],
    ] as const) {
      const answer = await refusalOf(decode(who, { denial }))
      expect([answer.status, answer.code]).toEqual([400, 'InvalidAuthorizationMessageException'])
    }
  })
})
