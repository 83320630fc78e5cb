import { beforeEach, describe, expect, it } from 'vitest'
import { type AccountId, type Arn, type Instant, instant, type Region } from '../../../core/index.ts'
import { seededRandomness } from '../../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../../io/store/index.ts'
import { parsePolicyDocument } from '../../../standards/policy/index.ts'
import type { Role } from '../../identity/index.ts'
import type { ApiCall } from '../../operation.ts'
import { createEks, type Eks, type EksCluster } from './index.ts'
import { administratorOf } from './testing/administrator.ts'

const ACCOUNT = '000000000000' as AccountId
const OTHER = '111122223333' as AccountId
const REGION = 'us-east-1' as Region
const CLUSTER_ARN = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/local`
const roleArn = (name: string, account: string = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`
const TOKEN = 'the-same-request'

const local: EksCluster = {
  name: 'local',
  account: ACCOUNT,
  region: REGION,
  issuer: 'https://oidc.example/id/1',
  createdAt: instant(1_700_000_000_000),
}

let clusters: EksCluster[]
let roles: Map<string, Role>
let now: Instant
let issuers = 0
let store: Store
let eks: Eks

const addRole = (name: string, service = 'pods.eks.amazonaws.com', actions = ['sts:AssumeRole', 'sts:TagSession']) => {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: actions }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const trustPolicy = { name: 'the trust policy', document: parsePolicyDocument(text, 'trust') }
  roles.set(roleArn(name), { arn: roleArn(name) as Arn, trustPolicy } as Role)
}

beforeEach(async () => {
  clusters = [local]
  roles = new Map()
  addRole('orders')
  addRole('other')
  now = instant(Date.parse('2026-01-02T03:04:05Z'))
  store = await openSqliteStore(':memory:')
  eks = await createEks({
    store,
    clusters: () => clusters,
    issuers: { create: async () => `https://oidc.example/id/new-${++issuers}`, remove: async () => undefined },
    identity: { findRoleByArn: (arn) => roles.get(arn) },
    clock: { now: () => now },
    randomness: seededRandomness('associations'),
  })
  return () => store.close()
})

type Members = Readonly<Record<string, unknown>>

const callOf = (operation: string, input: Members): ApiCall => ({
  service: 'eks',
  operation,
  region: REGION,
  requestId: 'r',
  time: now,
  origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: false },
  headers: [],
  input,
})

const requirements = (operation: string, input: Members) =>
  eks.service.operations[operation]?.requires(input, administratorOf(ACCOUNT), callOf(operation, input))

async function ask(operation: string, input: Members, account = ACCOUNT): Promise<Members> {
  const call = callOf(operation, input)
  eks.service.model.checkInput(operation, input)
  await eks.service.operations[operation]?.requires(input, administratorOf(account), call)
  return (await eks.service.operations[operation]?.perform(call, administratorOf(account), []))?.output ?? {}
}

const WANTED = { clusterName: 'local', namespace: 'shop', serviceAccount: 'orders', roleArn: roleArn('orders') }
interface Told extends Members {
  readonly associationId: string
  readonly associationArn: string
}
const create = async (more: Members = {}): Promise<Told> =>
  (await ask('CreatePodIdentityAssociation', { ...WANTED, ...more })).association as Told
const update = async (id: string, more: Members): Promise<Told> =>
  (await ask('UpdatePodIdentityAssociation', { clusterName: 'local', associationId: id, ...more })).association as Told
const list = async (more: Members = {}) =>
  (await ask('ListPodIdentityAssociations', { clusterName: 'local', ...more })) as {
    readonly associations: readonly Told[]
    readonly nextToken?: string
  }
const refused = (code: string, message?: string) => ({ code, ...(message === undefined ? {} : { message }) })

describe('CreatePodIdentityAssociation', () => {
  it('tells what it made', async () => {
    const made = await create({ tags: { team: 'shop' } })
    expect(made).toEqual({
      ...WANTED,
      associationId: expect.stringMatching(/^a-[a-z0-9]{17}$/),
      associationArn: `arn:aws:eks:us-east-1:${ACCOUNT}:podidentityassociation/local/${made.associationId}`,
      disableSessionTags: false,
      tags: { team: 'shop' },
      createdAt: now,
      modifiedAt: now,
    })
  })

  it('needs the permission on the cluster, with the tags, and that the role may be passed to EKS Pod Identity', async () => {
    expect(await requirements('CreatePodIdentityAssociation', { ...WANTED, tags: { team: 'shop' } })).toEqual([
      {
        action: 'eks:CreatePodIdentityAssociation',
        resource: CLUSTER_ARN,
        resourceAccount: ACCOUNT,
        contextKeys: { 'aws:RequestTag/team': 'shop', 'aws:TagKeys': ['team'] },
        onDeny: 'refuse',
      },
      {
        action: 'iam:PassRole',
        resource: roleArn('orders'),
        resourceAccount: ACCOUNT,
        contextKeys: { 'iam:PassedToService': 'pods.eks.amazonaws.com', 'iam:AssociatedResourceArn': CLUSTER_ARN },
        onDeny: 'refuse',
      },
    ])
  })

  it('makes one for a service account, and names it to whoever wants another', async () => {
    const { associationId } = await create({ clientRequestToken: TOKEN })
    const message = `Association already exists: ${associationId}`
    await expect(create()).rejects.toMatchObject({ httpStatus: 409, ...refused('ResourceInUseException', message) })
    await expect(create({ roleArn: roleArn('other'), clientRequestToken: TOKEN })).rejects.toMatchObject({ message })
    expect((await create({ namespace: 'bank' })).associationId).not.toBe(associationId)
    expect((await list()).associations).toHaveLength(2)
  })

  it('answers the same request again with what it made the first time', async () => {
    const first = await create({ clientRequestToken: TOKEN })
    now = instant(now + 1000)
    expect(await create({ clientRequestToken: TOKEN })).toEqual(first)
  })

  it('makes one of two at the same time', async () => {
    const outcomes = await Promise.allSettled([create(), create()])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect((await list()).associations).toHaveLength(1)
  })

  it.each([
    ['no role that there is', { roleArn: roleArn('nobody') }, 'Role provided in the request does not exist.'],
    ['no ARN of a role', { roleArn: 'orders' }, 'The ARN orders is not the ARN of a role'],
    ['the ARN of a user', { roleArn: `arn:aws:iam::${ACCOUNT}:user/x` }, undefined],
    [
      'a role of another account',
      { roleArn: roleArn('orders', OTHER) },
      'The role must be in the same account as the cluster',
    ],
    ['no ARN of a target role', { targetRoleArn: 'far' }, 'The ARN far is not the ARN of a role'],
    ['a namespace that none can have', { namespace: 'Shop' }, 'The namespace is not a name that Kubernetes accepts'],
    [
      'a service account that none can have',
      { serviceAccount: '*' },
      'The serviceAccount is not a name that Kubernetes accepts',
    ],
    ['a policy beside session tags', { policy: '{}' }, 'disableSessionTags must be true when a policy is given'],
    ['a policy that is none', { policy: 'no', disableSessionTags: true }, undefined],
    [
      'a policy that is too long',
      { policy: ' '.repeat(2049), disableSessionTags: true },
      'The policy is longer than 2048 characters',
    ],
  ])('refuses %s, and makes nothing', async (_what, more: Members, message) => {
    await expect(create(more)).rejects.toMatchObject(refused('InvalidParameterException', message))
    expect((await list()).associations).toEqual([])
  })

  it.each([
    ['the service', 'eks.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession'], {}],
    ['that it may assume the role', 'pods.eks.amazonaws.com', ['sts:TagSession'], {}],
    ['that it may set session tags', 'pods.eks.amazonaws.com', ['sts:AssumeRole'], {}],
  ])('refuses a role whose trust policy does not name %s', async (_what, service, actions, more) => {
    addRole('strange', service, actions)
    await expect(create({ roleArn: roleArn('strange'), ...more })).rejects.toMatchObject(
      refused('InvalidParameterException', 'Trust policy of the role provided is invalid'),
    )
  })

  it('takes a role without session tags where there are none to set, and one with wildcards', async () => {
    addRole('plain', 'pods.eks.amazonaws.com', ['sts:AssumeRole'])
    addRole('wide', 'pods.eks.amazonaws.com', ['STS:*'])
    expect(await create({ roleArn: roleArn('plain'), disableSessionTags: true })).toMatchObject({
      disableSessionTags: true,
    })
    expect(await create({ namespace: 'bank', roleArn: roleArn('wide') })).toMatchObject({ roleArn: roleArn('wide') })
  })

  it('gives an association with a target role its external id', async () => {
    const targetRoleArn = roleArn('far', OTHER)
    expect(await create({ targetRoleArn })).toMatchObject({
      targetRoleArn,
      externalId: `us-east-1/${ACCOUNT}/local/shop/orders`,
    })
  })

  it('finds no cluster of another account', async () => {
    await expect(ask('CreatePodIdentityAssociation', WANTED, OTHER)).rejects.toMatchObject({
      httpStatus: 404,
      ...refused('ResourceNotFoundException', 'No cluster found for name: local.'),
    })
  })
})

describe('ListPodIdentityAssociations', () => {
  beforeEach(async () => {
    for (const namespace of ['bank', 'shop'])
      for (const serviceAccount of ['cart', 'orders']) await create({ namespace, serviceAccount })
  })
  const names = async (more: Members = {}) =>
    (await list(more)).associations.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`).toSorted()

  it('tells of namespace, of service account, of both, or of all', async () => {
    expect(await names()).toEqual(['bank/cart', 'bank/orders', 'shop/cart', 'shop/orders'])
    expect(await names({ namespace: 'shop' })).toEqual(['shop/cart', 'shop/orders'])
    expect(await names({ serviceAccount: 'cart' })).toEqual(['bank/cart', 'shop/cart'])
    expect(await names({ namespace: 'shop', serviceAccount: 'cart' })).toEqual(['shop/cart'])
    expect(await names({ namespace: 'nowhere' })).toEqual([])
  })

  it('pages, each one once', async () => {
    const ids: string[] = []
    for (let nextToken: string | undefined = ''; nextToken !== undefined; ) {
      const page = await list({ maxResults: 3, ...(nextToken === '' ? {} : { nextToken }) })
      ids.push(...page.associations.map(({ associationId }) => associationId))
      nextToken = page.nextToken
    }
    expect([ids.length, new Set(ids).size]).toEqual([4, 4])
  })

  it('tells no role and no terms', async () => {
    const [one] = (await list()).associations
    expect(Object.keys(one ?? {}).toSorted()).toEqual(
      ['associationArn', 'associationId', 'clusterName', 'namespace', 'serviceAccount'].toSorted(),
    )
  })
})

describe('UpdatePodIdentityAssociation', () => {
  it('changes what it names, and nothing else', async () => {
    const made = await create({ tags: { team: 'shop' }, targetRoleArn: roleArn('far', OTHER) })
    now = instant(now + 60_000)
    expect(await update(made.associationId, { roleArn: roleArn('other') })).toEqual({
      ...made,
      roleArn: roleArn('other'),
      modifiedAt: now,
    })
  })

  it('takes target role and policy away with an empty text', async () => {
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    const made = await create({ targetRoleArn: roleArn('far', OTHER), policy, disableSessionTags: true })
    expect(made).toMatchObject({ policy, externalId: expect.any(String) })
    const changed = await update(made.associationId, { targetRoleArn: '', policy: '' })
    expect(Object.keys(changed)).not.toContain('targetRoleArn')
    expect(Object.keys(changed)).not.toContain('externalId')
    expect(Object.keys(changed)).not.toContain('policy')
  })

  it('needs that a new role may be passed', async () => {
    const { associationId } = await create()
    const named = { clusterName: 'local', associationId }
    const actions = async (more: Members) =>
      (await requirements('UpdatePodIdentityAssociation', { ...named, ...more }))?.map(({ action }) => action)
    expect(await actions({ roleArn: roleArn('other') })).toEqual(['eks:UpdatePodIdentityAssociation', 'iam:PassRole'])
    expect(await actions({ disableSessionTags: true })).toEqual(['eks:UpdatePodIdentityAssociation'])
  })

  it('refuses to change nothing, and terms that none may have', async () => {
    const { associationId } = await create()
    await expect(update(associationId, {})).rejects.toMatchObject(refused('InvalidParameterException'))
    await expect(update(associationId, { policy: '{}' })).rejects.toMatchObject(refused('InvalidParameterException'))
    await expect(update(associationId, { roleArn: roleArn('nobody') })).rejects.toMatchObject(
      refused('InvalidParameterException', 'Role provided in the request does not exist.'),
    )
    await expect(update('a-nothing', { disableSessionTags: true })).rejects.toMatchObject({
      httpStatus: 404,
      ...refused('ResourceNotFoundException'),
    })
  })
})

it('two changes at the same time are both made', async () => {
  const { associationId } = await create()
  await Promise.all([
    update(associationId, { roleArn: roleArn('other') }),
    update(associationId, { targetRoleArn: roleArn('far', OTHER) }),
  ])
  expect(
    (await ask('DescribePodIdentityAssociation', { clusterName: 'local', associationId })).association,
  ).toMatchObject({
    roleArn: roleArn('other'),
    targetRoleArn: roleArn('far', OTHER),
  })
})

describe('an association', () => {
  it('is described and deleted by its id, with a permission on its ARN and its tags', async () => {
    const made = await create({ tags: { team: 'shop' } })
    const named = { clusterName: 'local', associationId: made.associationId }
    expect(await ask('DescribePodIdentityAssociation', named)).toEqual({ association: made })
    expect(await requirements('DeletePodIdentityAssociation', named)).toEqual([
      {
        action: 'eks:DeletePodIdentityAssociation',
        resource: made.associationArn,
        resourceAccount: ACCOUNT,
        contextKeys: { 'aws:ResourceTag/team': 'shop' },
        onDeny: 'refuse',
      },
    ])
    expect(await ask('DeletePodIdentityAssociation', named)).toEqual({ association: made })
    await expect(ask('DescribePodIdentityAssociation', named)).rejects.toMatchObject({ httpStatus: 404 })
    expect((await create()).tags).toEqual({})
  })

  it('is tagged as a cluster is', async () => {
    const { associationArn: resourceArn, associationId } = await create({ tags: { team: 'shop' } })
    await ask('TagResource', { resourceArn, tags: { cost: '1' } })
    await ask('UntagResource', { resourceArn, tagKeys: ['team'] })
    expect(await ask('ListTagsForResource', { resourceArn })).toEqual({ tags: { cost: '1' } })
    await ask('DeletePodIdentityAssociation', { clusterName: 'local', associationId })
    await expect(ask('ListTagsForResource', { resourceArn })).rejects.toMatchObject({ code: 'NotFoundException' })
  })

  it('stays with the cluster that it was made for: another one under its name gets none of it', async () => {
    const made = await create()
    const named = { clusterName: 'local', associationId: made.associationId }
    clusters = []
    await expect(list()).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
    clusters = [{ ...local, issuer: 'https://oidc.example/id/2' }]
    expect((await list()).associations).toEqual([])
    await expect(ask('DescribePodIdentityAssociation', named)).rejects.toMatchObject({ httpStatus: 404 })
    await expect(ask('ListTagsForResource', { resourceArn: made.associationArn })).rejects.toMatchObject({
      httpStatus: 404,
    })
    const [other] = clusters
    const whose = { cluster: other ?? local, namespace: 'shop', serviceAccount: 'orders' }
    expect(await eks.pods.find(whose)).toBeUndefined()
    clusters = [local]
    expect(await eks.pods.find({ ...whose, cluster: local })).toMatchObject({ roleArn: roleArn('orders') })
  })

  it('goes with a cluster that the installation brings no more, tags and all', async () => {
    const { associationArn: resourceArn } = await create({ tags: { team: 'shop' } })
    await eks.book.forget(local.issuer)
    expect((await list()).associations).toEqual([])
    await expect(ask('ListTagsForResource', { resourceArn })).rejects.toMatchObject({ httpStatus: 404 })
  })

  it('goes with its cluster when that is deleted', async () => {
    roles.set(roleArn('cluster'), { arn: roleArn('cluster') as Arn } as Role)
    const vpc = { resourcesVpcConfig: { subnetIds: ['subnet-0a'] } }
    await ask('CreateCluster', { name: 'blue', roleArn: roleArn('cluster'), ...vpc })
    const made = await create({ clusterName: 'blue', tags: { team: 'shop' } })
    await ask('DeleteCluster', { name: 'blue' })
    await ask('CreateCluster', { name: 'blue', roleArn: roleArn('cluster'), ...vpc })
    expect((await list({ clusterName: 'blue' })).associations).toEqual([])
    await expect(ask('ListTagsForResource', { resourceArn: made.associationArn })).rejects.toMatchObject({
      httpStatus: 404,
    })
  })
})
