/** Clusters that CreateCluster made: an issuer, keys and objects of their own each, for their own account and region. */
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClusterCommand,
  ListClustersCommand,
  TagResourceCommand,
} from '@aws-sdk/client-eks'
import { CreateRoleCommand, CreateUserCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seconds } from '../../src/core/index.ts'
import type { Network } from '../../src/io/http/index.ts'
import { dataDirectoryPaths } from '../../src/io/installation/index.ts'
import { applyManifests } from '../../src/tools/apply/index.ts'
import { inspectToken, mintToken } from '../../src/tools/token/index.ts'
import { createProvider, createRole, exchange, policy, roleArn, session, trust } from './circle.ts'
import { clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, noNetwork, openInstallation } from './installation.ts'

const OTHER = '111122223333'
const WHO = { namespace: 'default', name: 's3-access' }
const SUBJECT = 'system:serviceaccount:default:s3-access'
const VPC = { subnetIds: ['subnet-0a', 'subnet-0b'] }
const MANIFEST = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: s3-access
  namespace: default
`

/** A role that EKS may be handed, in that account. */
async function createClusterRole(at: InstallationUnderTest, account: string): Promise<void> {
  const { iam } = clientsOf(at, at.administrator(account))
  const service = { Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName: 'cluster', AssumeRolePolicyDocument: policy(service) }))
}

async function createCluster(at: InstallationUnderTest, name: string, account = ACCOUNT): Promise<string> {
  const { eks } = clientsOf(at, at.administrator(account))
  const partition = at.facts.region.startsWith('cn-') ? 'aws-cn' : 'aws'
  const roleArn = `arn:${partition}:iam::${account}:role/cluster`
  const { cluster } = await eks.send(new CreateClusterCommand({ name, roleArn, resourcesVpcConfig: VPC }))
  return cluster?.identity?.oidc?.issuer ?? ''
}

const apply = (at: InstallationUnderTest, cluster?: string) =>
  applyManifests(at.directory, [{ name: 'account.yaml', text: MANIFEST }], cluster)

async function mint(at: InstallationUnderTest, cluster?: string): Promise<string> {
  const wanted = { dataDirectory: at.directory, serviceAccount: WHO, audiences: [], durationSeconds: seconds(3600) }
  return (await mintToken({ ...wanted, ...(cluster === undefined ? {} : { cluster }) })).token
}

/** Provider and role for an issuer; the role's name is the cluster's. */
async function grant(at: InstallationUnderTest, issuer: string, name: string): Promise<void> {
  await createProvider(at, issuer)
  await createRole(at, { name, trust: [trust({ issuer, subject: SUBJECT })] })
}

describe('a cluster that CreateCluster made', () => {
  let at: InstallationUnderTest
  let blue: string
  let green: string

  const asked: string[] = []
  const network: Network = {
    ...noNetwork,
    lookup: (hostname) => {
      asked.push(hostname)
      return noNetwork.lookup(hostname)
    },
  }

  beforeAll(async () => {
    at = await openInstallation({ accounts: [ACCOUNT, OTHER], network })
    await createClusterRole(at, ACCOUNT)
    await createClusterRole(at, OTHER)
    blue = await createCluster(at, 'blue')
    green = await createCluster(at, 'green')
    await grant(at, blue, 'blue')
    await grant(at, green, 'green')
    await apply(at, 'blue')
    await apply(at, 'green')
  })
  afterAll(() => at.close())

  it('has an issuer and keys of its own', async () => {
    const [one, other, local] = [blue, green, at.facts.issuer]
    expect(new Set([one, other, local]).size).toBe(3)
    const [first, second] = [inspectToken(await mint(at, 'blue')), inspectToken(await mint(at, 'green'))]
    expect([first.claims.iss, second.claims.iss]).toEqual([blue, green])
    expect(first.header.kid).not.toBe(second.header.kid)
  })

  it('opens the role that trusts its issuer, and no other', async () => {
    const token = await mint(at, 'blue')
    expect(await exchange(at, { token, role: 'blue' })).toMatchObject({ status: 200 })
    expect(await exchange(at, { token, role: 'green' })).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it('cannot sign for another: a token with the issuer of one and the key of the other is refused', async () => {
    const [header = '', , signature = ''] = (await mint(at, 'blue')).split('.')
    const [, claims = ''] = (await mint(at, 'green')).split('.')
    expect(await exchange(at, { token: [header, claims, signature].join('.'), role: 'green' })).toMatchObject({
      status: 400,
      code: 'InvalidIdentityToken',
    })
  })

  it('has objects of its own: a service account of one is not there in another', async () => {
    await expect(mint(at)).rejects.toThrow('does not exist')
    await expect(mint(at, 'nowhere')).rejects.toThrow('there is no cluster `nowhere`')
    expect(await apply(at, 'blue')).toEqual([
      { kind: 'ServiceAccount', namespace: 'default', name: 's3-access', outcome: 'unchanged' },
    ])
  })

  it('publishes what its issuer publishes', async () => {
    const id = blue.slice(blue.lastIndexOf('/') + 1)
    const read = async (page: string) =>
      (await (await fetch(`${at.facts.endpoint}/_openirsa/oidc/${id}/${page}`)).json()) as Record<string, unknown>
    expect(await read('.well-known/openid-configuration')).toMatchObject({ issuer: blue })
    expect(await read('openid/v1/jwks')).toMatchObject({
      keys: [{ kid: inspectToken(await mint(at, 'blue')).header.kid, alg: 'RS256' }],
    })
  })

  it('is seen by its own account and region only; a name may be taken once in each', async () => {
    const theirs = clientsOf(at, at.administrator(OTHER))
    expect((await theirs.eks.send(new ListClustersCommand({}))).clusters).toEqual([])
    expect(await refusalOf(theirs.eks.send(new DescribeClusterCommand({ name: 'blue' })))).toMatchObject({
      status: 404,
      code: 'ResourceNotFoundException',
    })
    expect(await createCluster(at, 'twin', OTHER)).toMatch(/^https:/)
    expect(await refusalOf(createCluster(at, 'blue'))).toMatchObject({ status: 409, code: 'ResourceInUseException' })
    expect(await refusalOf(createCluster(at, 'local'))).toMatchObject({ status: 409 })
  })

  it('is named by its ARN where its name does not say which', async () => {
    const here = await createCluster(at, 'twin')
    const there = `arn:aws:eks:us-east-1:${OTHER}:cluster/twin`
    await apply(at, 'twin')
    await apply(at, there)
    expect(inspectToken(await mint(at, 'twin')).claims.iss).toBe(here)
    expect(inspectToken(await mint(at, there)).claims.iss).not.toBe(here)
  })

  it('is made and removed only by who may, whoever else may make what is not like it', async () => {
    const may = [
      { Effect: 'Allow', Action: 'eks:*', Resource: '*' },
      {
        Effect: 'Deny',
        Action: 'eks:CreateCluster',
        Resource: '*',
        Condition: { Bool: { 'eks:endpointPublicAccess': 'true' } },
      },
      {
        Effect: 'Deny',
        Action: 'eks:DeleteCluster',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/keep': 'yes' } },
      },
    ]
    await createRole(at, { name: 'maker', trust: [trust({ issuer: blue, subject: SUBJECT })], may })
    const maker = clientsOf(at, await session(at, { token: await mint(at, 'blue'), role: 'maker' }))
    const make = (endpointPublicAccess: boolean) =>
      maker.eks.send(
        new CreateClusterCommand({
          name: 'made',
          roleArn: roleArn('cluster'),
          resourcesVpcConfig: { ...VPC, endpointPublicAccess },
        }),
      )
    expect((await refusalOf(make(false))).message).toContain('iam:PassRole')
    const pass = { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn('cluster') }
    const { iam, eks } = clientsOf(at)
    await iam.send(new PutRolePolicyCommand({ RoleName: 'maker', PolicyName: 'pass', PolicyDocument: policy(pass) }))
    expect((await refusalOf(make(true))).message).toMatch(/eks:CreateCluster .*explicit deny/)
    await make(false)
    const arn = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/made`
    await eks.send(new TagResourceCommand({ resourceArn: arn, tags: { keep: 'yes' } }))
    expect((await refusalOf(maker.eks.send(new DeleteClusterCommand({ name: 'made' })))).message).toContain(arn)
    await eks.send(new TagResourceCommand({ resourceArn: arn, tags: { keep: 'no' } }))
    await maker.eks.send(new DeleteClusterCommand({ name: 'made' }))
  })

  it('keeps its keys in private files and nowhere else', async () => {
    const { keys } = dataDirectoryPaths(at.directory)
    const files = readdirSync(keys).filter((name) => name.startsWith('issuer-keys'))
    expect(files.length).toBeGreaterThanOrEqual(4)
    for (const name of files) expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600)
    expect((await at.storedBytes()).includes('PRIVATE KEY')).toBe(false)
  })

  it('outlives a restart, tokens and all; keys of clusters that were never finished do not', async () => {
    const token = await mint(at, 'blue')
    const { keys } = dataDirectoryPaths(at.directory)
    const orphan = join(keys, `issuer-keys-${'0'.repeat(32)}.json`)
    writeFileSync(orphan, '{}', { mode: 0o600 })
    await at.restart()
    expect(readdirSync(keys)).not.toContain(`issuer-keys-${'0'.repeat(32)}.json`)
    expect(await exchange(at, { token, role: 'blue' })).toMatchObject({ status: 200 })
    expect(await exchange(at, { token: await mint(at, 'blue'), role: 'blue' })).toMatchObject({ status: 200 })
  })

  it('is gone with its issuer when it is deleted, at once and for good; nobody is asked for its keys', async () => {
    const token = await mint(at, 'green')
    await clientsOf(at).eks.send(new DeleteClusterCommand({ name: 'green' }))
    const refused = { status: 400, code: 'InvalidIdentityToken' }
    expect(await exchange(at, { token, role: 'green' })).toMatchObject(refused)
    await expect(mint(at, 'green')).rejects.toThrow('there is no cluster')
    const again = await createCluster(at, 'green')
    expect(again).not.toBe(green)
    await expect(mint(at, 'green')).rejects.toThrow('does not exist')
    await at.restart()
    expect(await exchange(at, { token, role: 'green' })).toMatchObject(refused)
    expect(asked).toEqual([])
  })

  it("may not be the installation's own: that one stays", async () => {
    const refused = await refusalOf(clientsOf(at).eks.send(new DeleteClusterCommand({ name: 'local' })))
    expect(refused).toMatchObject({ status: 400, code: 'InvalidRequestException' })
    expect(refused.message).toContain("the installation's own")
  })
})

describe('the fourth article: a cluster in one account, provider and role in another, in China', () => {
  const audience = 'sts.amazonaws.com.cn'
  let at: InstallationUnderTest
  let issuer: string

  beforeAll(async () => {
    at = await openInstallation({ accounts: [ACCOUNT, OTHER], region: 'cn-north-1' })
    await createClusterRole(at, ACCOUNT)
    issuer = await createCluster(at, 'workload')
    await apply(at, 'workload')
  })
  afterAll(() => at.close())

  it('the role in the other account opens once that account knows the issuer, and its session acts there', async () => {
    const host = issuer.slice('https://'.length)
    const there = clientsOf(at, at.administrator(OTHER))
    const role = `arn:aws-cn:iam::${OTHER}:role/s3-access`
    const token = await mint(at, 'workload')
    expect(await exchange(at, { token, role })).toMatchObject({
      code: 'InvalidIdentityToken',
      message: `No OpenIDConnect provider found in your account for ${issuer}`,
    })
    const provider = await createProvider(at, issuer, { account: OTHER, clientIds: [audience] })
    expect(provider).toBe(`arn:aws-cn:iam::${OTHER}:oidc-provider/${host}`)
    const trusting = {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}:sub`]: SUBJECT } },
    }
    const RoleName = 's3-access'
    await there.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trusting) }))
    const list = { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }
    await there.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'ls', PolicyDocument: policy(list) }))
    const pod = clientsOf(at, await session(at, { token, role }))
    const { Arn, Account } = await pod.sts.send(new GetCallerIdentityCommand({}))
    expect(Account).toBe(OTHER)
    expect(Arn).toMatch(new RegExp(`^arn:aws-cn:sts::${OTHER}:assumed-role/s3-access/`))
    expect((await pod.s3.send(new ListBucketsCommand({}))).Buckets).toEqual([])
    expect(await refusalOf(pod.iam.send(new CreateUserCommand({ UserName: 'x' })))).toMatchObject({ status: 403 })
  })

  it('a token for the STS of another partition is refused by that provider', async () => {
    const wanted = { dataDirectory: at.directory, cluster: 'workload', serviceAccount: WHO }
    const { token } = await mintToken({
      ...wanted,
      audiences: ['sts.amazonaws.com'],
      durationSeconds: seconds(3600),
    })
    expect(await exchange(at, { token, role: `arn:aws-cn:iam::${OTHER}:role/s3-access` })).toMatchObject({
      code: 'InvalidIdentityToken',
      message: 'Incorrect token audience',
    })
  })
})
