import { beforeEach, describe, expect, it } from 'vitest'
import type { AccountId, Region } from '../../../core/index.ts'
import { instant } from '../../../core/index.ts'
import { fixedClock, seededRandomness } from '../../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../../io/store/index.ts'
import type { Role } from '../../identity/index.ts'
import type { ApiCall, Service } from '../../operation.ts'
import { createEks, type Eks, type EksCluster } from './index.ts'
import { administratorOf } from './testing/administrator.ts'

const ACCOUNT = '000000000000' as AccountId
const OTHER = '111122223333' as AccountId
const REGION = 'us-east-1' as Region
const ISSUER = 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'
const ARN = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/local`

const local: EksCluster = {
  name: 'local',
  account: ACCOUNT,
  region: REGION,
  issuer: ISSUER,
  createdAt: instant(1_700_000_000_000),
}

const ROLE = `arn:aws:iam::${ACCOUNT}:role/cluster`
const clock = fixedClock('2026-01-02T03:04:05Z')

let clusters: EksCluster[]
let issuers: string[]
let store: Store
let eks: Eks
let service: Service

const open = (randomness = seededRandomness('eks')) =>
  createEks({
    store,
    clusters: () => clusters,
    issuers: {
      create: async (region) => {
        const issuer = `https://oidc.eks.${region}.amazonaws.com/id/${randomness.uuid().replaceAll('-', '').toUpperCase()}`
        issuers.push(issuer)
        return issuer
      },
      remove: async (issuer) => {
        issuers = issuers.filter((one) => one !== issuer)
      },
    },
    identity: { findRoleByArn: (arn) => (arn === ROLE ? ({ arn } as Role) : undefined) },
    clock,
    randomness,
  })

beforeEach(async () => {
  clusters = [local]
  issuers = []
  store = await openSqliteStore(':memory:')
  eks = await open()
  service = eks.service
  return () => store.close()
})

const callOf = (operation: string, input: Record<string, unknown>, region = REGION): ApiCall => ({
  service: 'eks',
  operation,
  region,
  requestId: 'r',
  time: instant(0),
  origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: false },
  headers: [],
  input,
})

async function ask(operation: string, input: Record<string, unknown>, account = ACCOUNT, region = REGION) {
  const call = callOf(operation, input, region)
  const requirements = await service.operations[operation]?.requires(input, administratorOf(account), call)
  const perform = () => service.operations[operation]?.perform(call, administratorOf(account), [])
  return { requirements, output: async () => (await perform())?.output }
}

describe('DescribeCluster', () => {
  it('tells the issuer to who may eks:DescribeCluster on the cluster', async () => {
    const { requirements, output } = await ask('DescribeCluster', { name: 'local' })
    expect(requirements).toEqual([
      { action: 'eks:DescribeCluster', resource: ARN, resourceAccount: ACCOUNT, onDeny: 'refuse' },
    ])
    expect(await output()).toMatchObject({
      cluster: { name: 'local', arn: ARN, status: 'ACTIVE', identity: { oidc: { issuer: ISSUER } } },
    })
  })

  it('names the cluster that does not exist, in text and member', async () => {
    const { output } = await ask('DescribeCluster', { name: 'X' })
    await expect(output()).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      httpStatus: 404,
      message: 'No cluster found for name: X.',
      members: { clusterName: 'X' },
    })
  })

  it('does not find the cluster of another account or region', async () => {
    await expect((await ask('DescribeCluster', { name: 'local' }, OTHER)).output()).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
    const elsewhere = await ask('DescribeCluster', { name: 'local' }, ACCOUNT, 'eu-west-1' as Region)
    await expect(elsewhere.output()).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
  })

  it('gives endpoint and CA when they are known, as update-kubeconfig wants them', async () => {
    clusters = [{ ...local, endpoint: 'https://127.0.0.1:6443', certificateAuthority: 'LS0t', version: '1.34' }]
    expect(await (await ask('DescribeCluster', { name: 'local' })).output()).toMatchObject({
      cluster: { endpoint: 'https://127.0.0.1:6443', certificateAuthority: { data: 'LS0t' }, version: '1.34' },
    })
  })

  it('goes over the wire as the SDK reads it', async () => {
    const head = { method: 'GET', path: '/clusters/local', query: '', headers: [] }
    const recognised = service.model.recognise(head, undefined)
    expect(recognised).toEqual({ name: 'DescribeCluster', labels: { name: 'local' } })
    const output = (await (await ask('DescribeCluster', { name: 'local' })).output()) ?? {}
    const answer = await service.model.encodeOutput({ name: 'DescribeCluster', labels: {} }, head, output, 'r')
    const body = JSON.parse(Buffer.from(answer.body as Uint8Array).toString())
    expect(body.cluster.createdAt).toBe(1_700_000_000)
    expect(body.cluster.identity.oidc.issuer).toBe(ISSUER)
  })
})

it('a cluster of the installation that has the name of one that a call made is no cluster of EKS', async () => {
  const input = { name: 'blue', roleArn: ROLE, resourcesVpcConfig: { subnetIds: ['subnet-0a'] } }
  await (await ask('CreateCluster', input)).output()
  clusters.push({ ...local, name: 'blue', issuer: 'https://somebody.example' })
  expect(await (await ask('DescribeCluster', { name: 'blue' })).output()).toMatchObject({
    cluster: { identity: { oidc: { issuer: issuers[0] } } },
  })
  expect(await (await ask('ListClusters', {})).output()).toEqual({ clusters: ['blue', 'local'] })
})

describe('ListClusters', () => {
  it('pages through the names of the account in order', async () => {
    clusters = ['c', 'a', 'b'].map((name) => ({ ...local, name }))
    clusters.push({ ...local, name: 'foreign', account: OTHER })
    const first = await (await ask('ListClusters', { maxResults: 2 })).output()
    expect(first).toMatchObject({ clusters: ['a', 'b'], nextToken: expect.any(String) })
    expect(await (await ask('ListClusters', { nextToken: first?.nextToken })).output()).toEqual({ clusters: ['c'] })
  })

  it('refuses a token that it did not give', async () => {
    const { output } = await ask('ListClusters', { nextToken: '%%%' })
    await expect(output()).rejects.toMatchObject({ code: 'InvalidParameterException', httpStatus: 400 })
  })
})

describe('ListTagsForResource', () => {
  it('is asked of the owner that the ARN names', async () => {
    const { requirements, output } = await ask('ListTagsForResource', { resourceArn: ARN }, OTHER)
    expect(requirements).toMatchObject([{ resource: ARN, resourceAccount: ACCOUNT }])
    expect(await output()).toEqual({ tags: {} })
  })

  it('refuses what is no ARN of EKS, and finds no cluster that is not there', async () => {
    await expect(ask('ListTagsForResource', { resourceArn: 'nothing' })).rejects.toMatchObject({
      code: 'BadRequestException',
    })
    await expect((await ask('ListTagsForResource', { resourceArn: `${ARN}x` })).output()).rejects.toMatchObject({
      code: 'NotFoundException',
      httpStatus: 404,
    })
  })
})

it('asks for the clusters at each call', async () => {
  clusters = []
  expect(await (await ask('ListClusters', {})).output()).toEqual({ clusters: [] })
})

const VPC = { subnetIds: ['subnet-0a', 'subnet-0b'] }
const wanted = (name: string, more: object = {}) => ({ name, roleArn: ROLE, resourcesVpcConfig: VPC, ...more })
async function create(name: string, more: object = {}, account = ACCOUNT, region = REGION) {
  const { output } = await ask('CreateCluster', wanted(name, more), account, region)
  return ((await output()) as { cluster: Record<string, unknown> }).cluster
}
const describeOne = async (name: string) =>
  ((await (await ask('DescribeCluster', { name })).output()) as { cluster: Record<string, unknown> }).cluster

describe('CreateCluster', () => {
  it('makes a cluster with an issuer of its own that is ACTIVE at once', async () => {
    const made = await create('one')
    expect(made).toMatchObject({ name: 'one', status: 'ACTIVE', identity: { oidc: { issuer: issuers[0] } } })
    await create('two')
    expect(new Set(issuers).size).toBe(2)
    expect(await describeOne('one')).toEqual(made)
    expect(await (await ask('ListClusters', {})).output()).toEqual({ clusters: ['local', 'one', 'two'] })
  })

  it('fills in what EKS fills in, and keeps what was asked for', async () => {
    const made = await create('one', {
      version: '1.33',
      resourcesVpcConfig: { ...VPC, endpointPublicAccess: false },
      logging: { clusterLogging: [{ types: ['audit'], enabled: true }] },
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    })
    expect(made).toMatchObject({
      version: '1.33',
      roleArn: ROLE,
      resourcesVpcConfig: { ...VPC, endpointPublicAccess: false, publicAccessCidrs: ['0.0.0.0/0'] },
      logging: {
        clusterLogging: [
          { types: ['audit'], enabled: true },
          { types: ['api', 'authenticator', 'controllerManager', 'scheduler'], enabled: false },
        ],
      },
      upgradePolicy: { supportType: 'EXTENDED' },
    })
    expect(made.accessConfig).toEqual({ authenticationMode: 'API' })
  })

  it('needs eks:CreateCluster on the cluster and iam:PassRole on its role, with what is asked for as context keys', async () => {
    const { requirements } = await ask(
      'CreateCluster',
      wanted('one', { tags: { team: 'shop' }, resourcesVpcConfig: { ...VPC, endpointPublicAccess: true } }),
    )
    expect(requirements).toEqual([
      {
        action: 'eks:CreateCluster',
        resource: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/one`,
        resourceAccount: ACCOUNT,
        contextKeys: { 'eks:endpointPublicAccess': 'true', 'aws:RequestTag/team': 'shop', 'aws:TagKeys': ['team'] },
        onDeny: 'refuse',
      },
      {
        action: 'iam:PassRole',
        resource: ROLE,
        resourceAccount: ACCOUNT,
        contextKeys: { 'iam:PassedToService': 'eks.amazonaws.com' },
        onDeny: 'refuse',
      },
    ])
  })

  it('refuses a name that is taken in the account and region, also that of the local cluster; nothing is left behind', async () => {
    await create('one')
    for (const name of ['one', 'local'])
      await expect(create(name)).rejects.toMatchObject({ code: 'ResourceInUseException', httpStatus: 409 })
    expect(issuers).toHaveLength(1)
    await create('one', {}, OTHER)
    await create('one', {}, ACCOUNT, 'eu-west-1' as Region)
    expect(issuers).toHaveLength(3)
  })

  it('gives the same request a second time what the first one made', async () => {
    const first = await create('one', { clientRequestToken: 't', tags: { team: 'shop' } })
    expect(await create('one', { clientRequestToken: 't' })).toEqual(first)
    await expect(create('one', { clientRequestToken: 'u' })).rejects.toMatchObject({ code: 'ResourceInUseException' })
  })

  it('of two at once makes one, and forgets the issuer of the other', async () => {
    const both = await Promise.allSettled([create('one'), create('one')])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(issuers).toEqual([((await describeOne('one')).identity as { oidc: { issuer: string } }).oidc.issuer])
  })

  it.each([
    ['a role that does not exist', { roleArn: `${ROLE}x` }, 'could not be assumed'],
    ['a version that is none', { version: '2' }, 'unsupported Kubernetes version 2'],
    ['no subnets', { resourcesVpcConfig: { subnetIds: [] } }, 'subnetIds'],
  ])('refuses %s', async (_what, more, text) => {
    await expect(create('one', more)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(text),
    })
    expect(issuers).toEqual([])
  })

  it('refuses a role ARN that is none, before anything is asked for', async () => {
    await expect(ask('CreateCluster', wanted('one', { roleArn: 'cluster' }))).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  it('refuses a region of another partition', async () => {
    await expect(create('one', {}, ACCOUNT, 'cn-north-1' as Region)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  it('outlives the process', async () => {
    const made = await create('one', { tags: { team: 'shop' } })
    service = (await open()).service
    expect(await describeOne('one')).toEqual(made)
  })
})

describe('DeleteCluster', () => {
  it('removes the cluster, its tags and its issuer', async () => {
    await create('one', { tags: { team: 'shop' } })
    const [issuer] = issuers
    const { cluster } = (await (await ask('DeleteCluster', { name: 'one' })).output()) as { cluster: object }
    expect(cluster).toMatchObject({ name: 'one', status: 'DELETING' })
    await expect(describeOne('one')).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
    expect(issuers).toEqual([])
    expect(await eks.book.list()).toEqual([])
    expect(await eks.book.listDeletedIssuers()).toEqual([issuer])
    expect(await create('one')).toMatchObject({ tags: {} })
  })

  it("refuses the installation's own", async () => {
    const { output } = await ask('DeleteCluster', { name: 'local' })
    await expect(output()).rejects.toMatchObject({
      code: 'InvalidRequestException',
      httpStatus: 400,
      message: expect.stringContaining("installation's own"),
    })
    expect(await describeOne('local')).toMatchObject({ status: 'ACTIVE' })
  })

  it('refuses one with deletion protection', async () => {
    await create('one', { deletionProtection: true })
    const { output } = await ask('DeleteCluster', { name: 'one' })
    await expect(output()).rejects.toMatchObject({ code: 'InvalidRequestException' })
  })

  it('does not find what is not there', async () => {
    await expect((await ask('DeleteCluster', { name: 'x' })).output()).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
  })
})

describe('tags', () => {
  const arn = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/one`
  const tagsOf = async (resourceArn = arn) => (await ask('ListTagsForResource', { resourceArn })).output()

  it('are added, replaced and removed, of the local cluster too', async () => {
    await create('one', { tags: { team: 'shop', stage: 'test' } })
    await (await ask('TagResource', { resourceArn: arn, tags: { stage: 'live', __proto__x: '1' } })).output()
    await (await ask('UntagResource', { resourceArn: arn, tagKeys: ['team'] })).output()
    expect(await tagsOf()).toEqual({ tags: { stage: 'live', __proto__x: '1' } })
    await (await ask('TagResource', { resourceArn: ARN, tags: { a: 'b' } })).output()
    expect(await describeOne('local')).toMatchObject({ tags: { a: 'b' } })
  })

  it('are context keys for who may do what with the cluster', async () => {
    await create('one', { tags: { team: 'shop' } })
    const { requirements } = await ask('DeleteCluster', { name: 'one' })
    expect(requirements).toMatchObject([{ contextKeys: { 'aws:ResourceTag/team': 'shop' } }])
  })

  it('are 50 at most, and none begins with aws:', async () => {
    await create('one', { tags: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, 'v'])) })
    const { output } = await ask('TagResource', { resourceArn: arn, tags: { more: 'v' } })
    await expect(output()).rejects.toMatchObject({ code: 'BadRequestException' })
    await expect(ask('TagResource', { resourceArn: arn, tags: { 'AWS:x': 'v' } })).rejects.toMatchObject({
      code: 'BadRequestException',
    })
  })
})

describe('updates', () => {
  const update = async (operation: string, input: Record<string, unknown>) =>
    ((await (await ask(operation, { name: 'one', ...input })).output()) as { update: Record<string, unknown> }).update

  it('change what they name and nothing else, and are Successful when they are told of', async () => {
    const before = await create('one')
    const made = await update('UpdateClusterConfig', { resourcesVpcConfig: { endpointPrivateAccess: true } })
    expect(made).toMatchObject({ status: 'Successful', type: 'EndpointAccessUpdate' })
    expect(await describeOne('one')).toEqual({
      ...before,
      resourcesVpcConfig: { ...(before.resourcesVpcConfig as object), endpointPrivateAccess: true },
    })
    expect(await update('DescribeUpdate', { updateId: made.id })).toEqual(made)
    expect(await (await ask('ListUpdates', { name: 'one' })).output()).toEqual({ updateIds: [made.id] })
  })

  it('move the version', async () => {
    await create('one', { version: '1.33' })
    expect(await update('UpdateClusterVersion', { version: '1.34' })).toMatchObject({
      type: 'VersionUpdate',
      params: [{ type: 'Version', value: '1.34' }],
    })
    expect(await describeOne('one')).toMatchObject({ version: '1.34' })
  })

  it.each([
    ['nothing', {}],
    ['what it is already', { accessConfig: { authenticationMode: 'CONFIG_MAP' } }],
  ])('are refused for %s', async (_what, input) => {
    await create('one')
    await expect(update('UpdateClusterConfig', input)).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })

  it("do not touch the installation's own, and are not found under another cluster", async () => {
    const { output } = await ask('UpdateClusterConfig', { name: 'local', upgradePolicy: { supportType: 'STANDARD' } })
    await expect(output()).rejects.toMatchObject({ code: 'InvalidRequestException' })
    await create('one')
    await expect(update('DescribeUpdate', { updateId: 'x' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
  })
})
