import { beforeEach, describe, expect, it } from 'vitest'
import type { AccountId, Region } from '../../../core/index.ts'
import { instant } from '../../../core/index.ts'
import type { ApiCall, Principal, Service } from '../../operation.ts'
import { createEks, type EksCluster } from './index.ts'

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

let clusters: EksCluster[]
let eks: Service
beforeEach(() => {
  clusters = [local]
  eks = createEks({ clusters: () => clusters })
})

const user = (account: AccountId): Principal => ({
  kind: 'iam-user',
  account,
  partition: 'aws',
  arn: `arn:aws:iam::${account}:user/administrator`,
  userId: 'AIDAEXAMPLE',
  userName: 'administrator',
  accessKeyId: 'AKIAEXAMPLE',
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
  const requirements = await eks.operations[operation]?.requires(input, user(account), call)
  const perform = () => eks.operations[operation]?.perform(call, user(account), [])
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
    const recognised = eks.model.recognise(head, undefined)
    expect(recognised).toEqual({ name: 'DescribeCluster', labels: { name: 'local' } })
    const output = (await (await ask('DescribeCluster', { name: 'local' })).output()) ?? {}
    const answer = await eks.model.encodeOutput({ name: 'DescribeCluster', labels: {} }, head, output, 'r')
    const body = JSON.parse(Buffer.from(answer.body as Uint8Array).toString())
    expect(body.cluster.createdAt).toBe(1_700_000_000)
    expect(body.cluster.identity.oidc.issuer).toBe(ISSUER)
  })
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
