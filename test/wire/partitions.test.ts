/** The whole circle in each partition: every ARN, host and audience is the partition's own, and nothing of another one counts. */
import { tmpdir } from 'node:os'
import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks'
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  ListPoliciesCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seconds } from '../../src/core/index.ts'
import { systemClock, systemRandomness } from '../../src/io/host/index.ts'
import { runAs } from '../../src/tools/run/index.ts'
import { inspectToken, mintToken } from '../../src/tools/token/index.ts'
import { applyServiceAccounts, exchange, explained, NEIGHBOUR, POD, policy, session, subjectOf } from './circle.ts'
import { type Clients, clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'

const PARTITIONS = [
  { partition: 'aws', region: 'eu-central-1', suffix: 'amazonaws.com', other: 'aws-cn', elsewhere: 'cn-north-1' },
  { partition: 'aws-cn', region: 'cn-north-1', suffix: 'amazonaws.com.cn', other: 'aws', elsewhere: 'us-east-1' },
  {
    partition: 'aws-us-gov',
    region: 'us-gov-west-1',
    suffix: 'amazonaws.com',
    other: 'aws',
    elsewhere: 'us-east-1',
  },
] as const

const Bucket = 'partitioned'
const [namespace = '', name = ''] = POD.split('/')

describe.each(PARTITIONS)('in $partition ($region)', ({ partition, region, suffix, other, elsewhere }) => {
  const audience = `sts.${suffix}`
  const iamArn = (resource: string, of: string = partition) => `arn:${of}:iam::${ACCOUNT}:${resource}`
  const s3Arn = (key = '', of: string = partition) => `arn:${of}:s3:::${Bucket}${key}`
  let at: InstallationUnderTest
  let admin: Clients
  let providerArn: string
  const token = async (who = POD) => {
    const [place = '', account = ''] = who.split('/')
    const serviceAccount = { namespace: place, name: account }
    const wanted = { dataDirectory: at.directory, serviceAccount, audiences: [], durationSeconds: seconds(3600) }
    return (await mintToken(wanted)).token
  }
  const createRole = async (RoleName: string, may: readonly object[]) => {
    const issuer = at.facts.issuer.slice('https://'.length)
    const trust = {
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer}:sub`]: subjectOf(POD), [`${issuer}:aud`]: audience } },
    }
    await admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }))
    const made = await admin.iam.send(new CreatePolicyCommand({ PolicyName: RoleName, PolicyDocument: policy(...may) }))
    await admin.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: made.Policy?.Arn ?? '' }))
    return iamArn(`role/${RoleName}`)
  }
  const asRole = async (role: string) => clientsOf(at, await session(at, { token: await token(), role }))
  const read = ({ s3 }: Clients) => s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))

  beforeAll(async () => {
    at = await openInstallation({ region, demo: true })
    admin = clientsOf(at)
    // The demo made the provider, and a role for the service account of its own.
    providerArn = iamArn(`oidc-provider/${at.facts.issuer.slice('https://'.length)}`)
    await applyServiceAccounts(at)
    await admin.s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region as never } }),
    )
    await admin.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }))
  })
  afterAll(() => at.close())

  it('the issuer is of the partition, and so are the issuers of clusters that are made', async () => {
    const pattern = `^https://oidc\\.eks\\.${region}\\.${suffix.replaceAll('.', '\\.')}/id/[0-9A-F]{32}$`
    expect(at.facts.issuer).toMatch(new RegExp(pattern))
    const service = { Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' }
    await admin.iam.send(new CreateRoleCommand({ RoleName: 'cluster', AssumeRolePolicyDocument: policy(service) }))
    const { cluster } = await admin.eks.send(
      new CreateClusterCommand({
        name: 'more',
        roleArn: iamArn('role/cluster'),
        resourcesVpcConfig: { subnetIds: ['subnet-0a', 'subnet-0b'] },
      }),
    )
    expect(cluster?.arn).toBe(`arn:${partition}:eks:${region}:${ACCOUNT}:cluster/more`)
    expect(cluster?.identity?.oidc?.issuer).toMatch(new RegExp(pattern))
    expect(cluster?.identity?.oidc?.issuer).not.toBe(at.facts.issuer)
    const local = await admin.eks.send(new DescribeClusterCommand({ name: 'local' }))
    expect(local.cluster?.arn).toBe(`arn:${partition}:eks:${region}:${ACCOUNT}:cluster/local`)
  })

  it('users, providers and policies that AWS manages have ARNs of the partition, in documents too', async () => {
    const { User } = await admin.iam.send(new GetUserCommand({ UserName: 'administrator' }))
    expect(User?.Arn).toBe(iamArn('user/administrator'))
    const { ClientIDList } = await admin.iam.send(
      new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn }),
    )
    expect(ClientIDList).toEqual([audience])
    const { Policies = [] } = await admin.iam.send(new ListPoliciesCommand({ Scope: 'AWS', MaxItems: 1000 }))
    expect(Policies.length).toBeGreaterThan(50)
    for (const { Arn, DefaultVersionId: VersionId } of Policies.slice(0, 60)) {
      expect(Arn).toMatch(new RegExp(`^arn:${partition}:iam::aws:policy/`))
      const { PolicyVersion } = await admin.iam.send(new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId }))
      const arns = decodeURIComponent(PolicyVersion?.Document ?? '').match(/arn:aws[a-z-]*:/g) ?? []
      for (const arn of arns) expect(arn).toBe(`arn:${partition}:`)
    }
  })

  it('tokens that nobody asked another audience for are for the STS of the partition', async () => {
    expect(inspectToken(await token()).claims.aud).toEqual([audience])
    expect(inspectToken(await token()).problems.join()).not.toContain('audience')
  })

  it('a program that runs as the service account has a token for the STS of the partition, and is who it says', async () => {
    const role = await createRole('runs', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }])
    let output = ''
    const program = `
      const { readFileSync } = require('node:fs')
      const claims = JSON.parse(Buffer.from(readFileSync(process.env.AWS_WEB_IDENTITY_TOKEN_FILE, 'utf8').split('.')[1], 'base64url'))
      process.stdout.write(JSON.stringify({ aud: claims.aud, region: process.env.AWS_REGION, role: process.env.AWS_ROLE_ARN }))`
    const code = await runAs(
      {
        dataDirectory: at.directory,
        serviceAccount: { namespace, name },
        roleArn: role,
        command: [process.execPath, '-e', program],
        keepAwsConfig: false,
        https: false,
      },
      {
        environment: process.env,
        temporaryDirectory: tmpdir(),
        clock: systemClock,
        randomness: systemRandomness,
        say: () => undefined,
        output: (text) => {
          output += text
        },
      },
    )
    expect([code, JSON.parse(output)]).toEqual([0, { aud: [audience], region, role }])
  })

  it('the demo has a role that the service account opens, and may read', async () => {
    const demo = clientsOf(at, await session(at, { token: await token(), role: iamArn('role/orders') }))
    await demo.s3.send(new GetObjectCommand({ Bucket: 'orders-bucket', Key: 'hello.txt' }))
  })

  it('a session has ARNs of the partition and reads what a policy of the partition allows', async () => {
    const reader = await asRole(
      await createRole('reader', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: s3Arn('/*') }]),
    )
    const { Arn } = await reader.sts.send(new GetCallerIdentityCommand({}))
    expect(Arn).toMatch(new RegExp(`^arn:${partition}:sts::${ACCOUNT}:assumed-role/reader/`))
    expect((await read(reader)).ContentLength).toBe(1)
  })

  it('a refusal names ARNs of the partition, to the caller and in its explanation', async () => {
    const idle = await asRole(await createRole('idle', [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }]))
    const refused = await refusalOf(read(idle))
    expect(refused).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(refused.message).toContain(`arn:${partition}:sts::${ACCOUNT}:assumed-role/idle/`)
    expect(refused.message).toContain(s3Arn('/a'))
    expect(await explained(at, refused)).toMatchObject({ resource: s3Arn('/a') })
  })

  it('a policy that names another partition allows nothing', async () => {
    const mistaken = await asRole(
      await createRole('mistaken', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: s3Arn('/*', other) }]),
    )
    expect(await refusalOf(read(mistaken))).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it('a role ARN of another partition is nobody, whatever the token', async () => {
    await createRole('twin', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }])
    const wanted = { token: await token(), role: iamArn('role/twin', other) }
    expect(await exchange(at, wanted)).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(await exchange(at, { ...wanted, role: iamArn('role/twin') })).toMatchObject({ status: 200 })
    expect(await exchange(at, { token: await token(NEIGHBOUR), role: iamArn('role/twin') })).toMatchObject({
      status: 403,
    })
  })

  it('a bucket policy lets in an account by its ARN of the partition, and refuses what names another', async () => {
    const outsider = await asRole(
      await createRole('outsider', [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }]),
    )
    const lets = (AWS: string, Resource = s3Arn('/*')) =>
      new PutBucketPolicyCommand({
        Bucket,
        Policy: policy({ Effect: 'Allow', Principal: { AWS }, Action: 's3:GetObject', Resource }),
      })
    await admin.s3.send(lets(iamArn('role/outsider')))
    expect((await read(outsider)).ContentLength).toBe(1)
    expect(await refusalOf(admin.s3.send(lets(iamArn('role/outsider', other))))).toMatchObject({
      code: 'MalformedPolicy',
    })
    expect(await refusalOf(admin.s3.send(lets(iamArn('root', other))))).toMatchObject({ code: 'MalformedPolicy' })
    expect(await refusalOf(admin.s3.send(lets(iamArn('root'), s3Arn('/*', other))))).toMatchObject({
      code: 'MalformedPolicy',
    })
    await admin.s3.send(new DeleteBucketPolicyCommand({ Bucket }))
  })

  it('a trust policy that names an account of another partition lets nobody in', async () => {
    const trustOf = (AWS: string) => policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' })
    const made = (RoleName: string, AWS: string) =>
      admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf(AWS) }))
    await made('by-account', iamArn('root'))
    expect(await refusalOf(made('by-other', iamArn('root', other)))).toMatchObject({
      code: 'MalformedPolicyDocumentException',
    })
  })

  it('a call that is signed for a region of another partition is refused: no key there is known', async () => {
    const { accessKeyId, secretAccessKey } = at.administrator()
    const credentials = { accessKeyId, secretAccessKey: secretAccessKey.reveal() }
    const astray = new STSClient({ endpoint: at.facts.endpoint, region: elsewhere, maxAttempts: 1, credentials })
    expect(await refusalOf(astray.send(new GetCallerIdentityCommand({})))).toMatchObject({
      status: 403,
      code: 'InvalidClientTokenId',
    })
  })

  it('nothing in the trail names another partition, but what callers wrote themselves', async () => {
    // Whom an exchange asks for, and what a refused document says, is the caller's own word.
    const isAllowed = ({ event }: { readonly event: object }) => !('errorCode' in event)
    const written = at
      .records()
      .filter(isAllowed)
      .map(({ event }) => {
        const { requestParameters: _written, ...own } = event as Record<string, unknown>
        return JSON.stringify(own)
      })
    const arns = new Set(written.join().match(/arn:aws[a-z-]*:/g))
    expect([...arns]).toEqual([`arn:${partition}:`])
  })
})
