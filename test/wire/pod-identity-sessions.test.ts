/** What the pod gets by EKS Pod Identity: session tags, the target role, the session policy; each cluster for itself. */
import {
  CreateClusterCommand,
  CreatePodIdentityAssociationCommand,
  DeleteClusterCommand,
  DeletePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks'
import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/index.ts'
import { createRole, explained, policy, roleArn } from './circle.ts'
import { clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'
import {
  answered,
  associate,
  assumeForPod,
  CLUSTER,
  createPodRole,
  credentialsOfPod,
  NOT_ASSUMABLE,
  POD,
  PODS,
  podToken,
  told,
  trustOfPods,
} from './pod-identity-cast.ts'

const OTHER_ACCOUNT = '111122223333'

let at: InstallationUnderTest
beforeAll(async () => {
  at = await openInstallation({ accounts: [ACCOUNT, OTHER_ACCOUNT] })
  await createPodRole(at, 'orders')
  await createRole(at, {
    name: 'eks-cluster',
    trust: [{ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  })
})
afterAll(() => at.close())

describe('the session tags', () => {
  beforeAll(async () => {
    const { s3 } = clientsOf(at)
    await s3.send(new CreateBucketCommand({ Bucket: 'pods' }))
    for (const Key of ['shop/tags/hello.txt', 'bank/tags/hello.txt'])
      await s3.send(new PutObjectCommand({ Bucket: 'pods', Key, Body: Key }))
    const own =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      'arn:aws:s3:::pods/${aws:PrincipalTag/kubernetes-namespace}/${aws:PrincipalTag/kubernetes-service-account}/*'
    await createPodRole(at, 'tags', { Effect: 'Allow', Action: 's3:GetObject', Resource: own })
    await associate(at, { serviceAccount: 'tags', roleArn: roleArn('tags') })
    await associate(at, { namespace: 'bank', serviceAccount: 'tags', roleArn: roleArn('tags') })
  })
  const s3Of = async (namespace: string) => {
    const got = answered(await assumeForPod(at, podToken(at, { namespace, serviceAccount: 'tags' })))
    return clientsOf(at, credentialsOfPod(got))
  }

  it('decide as variables of a policy: one role, and each namespace reads its own', async () => {
    for (const [own, other] of [
      ['shop', 'bank'],
      ['bank', 'shop'],
    ] as const) {
      const { s3 } = await s3Of(own)
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'pods', Key: `${own}/tags/hello.txt` }))
      expect(await Body?.transformToString()).toBe(`${own}/tags/hello.txt`)
      const stolen = s3.send(new GetObjectCommand({ Bucket: 'pods', Key: `${other}/tags/hello.txt` }))
      expect(await refusalOf(stolen)).toMatchObject({ status: 403, code: 'AccessDenied' })
    }
  })

  it('go on to the next role, and cannot be overridden there', async () => {
    const chain = {
      Effect: 'Allow',
      Principal: { AWS: roleArn('tags') },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: { 'aws:PrincipalTag/kubernetes-namespace': 'shop' } },
    }
    await createRole(at, { name: 'next', trust: [chain] })
    await clientsOf(at).iam.send(
      new PutRolePolicyCommand({
        RoleName: 'tags',
        PolicyName: 'chain',
        PolicyDocument: policy({
          Effect: 'Allow',
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Resource: roleArn('next'),
        }),
      }),
    )
    const input = { RoleArn: roleArn('next'), RoleSessionName: 'next' }
    const { sts } = await s3Of('shop')
    expect((await sts.send(new AssumeRoleCommand(input))).AssumedRoleUser?.Arn).toContain('assumed-role/next/next')
    const forgedTags = [{ Key: 'kubernetes-namespace', Value: 'bank' }]
    expect(await refusalOf(sts.send(new AssumeRoleCommand({ ...input, Tags: forgedTags })))).toMatchObject({
      status: 400,
    })
    const { sts: bank } = await s3Of('bank')
    expect(await refusalOf(bank.send(new AssumeRoleCommand(input)))).toMatchObject({ code: 'AccessDenied' })
  })

  it('are not there, and not asked for, when the association disables them', async () => {
    await createRole(at, {
      name: 'untagged',
      trust: [trustOfPods({ Null: { 'aws:TagKeys': 'true' } }, ['sts:AssumeRole'])],
    })
    await associate(at, { serviceAccount: 'untagged', roleArn: roleArn('untagged'), disableSessionTags: true })
    expect((await assumeForPod(at, podToken(at, { serviceAccount: 'untagged' }))).status).toBe(200)
  })

  it('fit with the longest names that Kubernetes and EKS have', async () => {
    const name = `${'clus-'.repeat(19)}clust`
    const { eks } = clientsOf(at)
    const resourcesVpcConfig = { subnetIds: ['subnet-0a'] }
    const { cluster } = await eks.send(
      new CreateClusterCommand({ name, roleArn: roleArn('eks-cluster'), resourcesVpcConfig }),
    )
    const [namespace, serviceAccount] = ['n'.repeat(63), 's'.repeat(253)]
    await associate(at, { clusterName: name, namespace, serviceAccount, roleArn: roleArn('orders') })
    const issuer = cluster?.identity?.oidc?.issuer ?? ''
    const token = podToken(at, { issuer, namespace, serviceAccount, pod: { name: 'p'.repeat(253), uid: POD.uid } })
    const got = answered(await assumeForPod(at, token, { cluster: name }))
    expect(got.assumedRoleUser.arn.split('/')[2]?.length).toBeLessThanOrEqual(64)
    expect((await clientsOf(at, credentialsOfPod(got)).s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1)
  })
})

describe('a cluster of its own', () => {
  const VPC = { subnetIds: ['subnet-0a'] }
  let issuer: string
  beforeEach(async () => {
    const { eks } = clientsOf(at)
    const { cluster } = await eks.send(
      new CreateClusterCommand({ name: 'blue', roleArn: roleArn('eks-cluster'), resourcesVpcConfig: VPC }),
    )
    issuer = cluster?.identity?.oidc?.issuer ?? ''
    await associate(at, { clusterName: 'blue', roleArn: roleArn('orders') })
    return async () => {
      await eks.send(new DeleteClusterCommand({ name: 'blue' }))
    }
  })

  it('takes its own tokens and no other cluster’s', async () => {
    expect((await assumeForPod(at, podToken(at, { issuer }), { cluster: 'blue' })).status).toBe(200)
    const crossed = [assumeForPod(at, podToken(at), { cluster: 'blue' }), assumeForPod(at, podToken(at, { issuer }))]
    for (const answer of await Promise.all(crossed)) {
      expect(told(answer)).toEqual([
        400,
        'InvalidTokenException',
        'The specified Kubernetes service account token is not one of this cluster.',
      ])
      expect((await explained(at, answer)).wanted).toHaveLength(1)
    }
  })

  it('takes its associations along when it is deleted: the next of its name begins without', async () => {
    const { eks } = clientsOf(at)
    await eks.send(new DeleteClusterCommand({ name: 'blue' }))
    const old = podToken(at, { issuer: at.facts.issuer })
    expect((await assumeForPod(at, old, { cluster: 'blue' })).status).toBe(404)
    const { cluster } = await eks.send(
      new CreateClusterCommand({ name: 'blue', roleArn: roleArn('eks-cluster'), resourcesVpcConfig: VPC }),
    )
    const token = podToken(at, { issuer: cluster?.identity?.oidc?.issuer ?? '' })
    expect(told(await assumeForPod(at, token, { cluster: 'blue' }))[2]).toContain('No pod identity association found')
  })
})

describe('a target role', () => {
  const target = roleArn('target', OTHER_ACCOUNT)
  const external = `us-east-1/${ACCOUNT}/${CLUSTER}/shop/chained`
  const trustOfTarget = (id: string) => ({
    Effect: 'Allow',
    Principal: { AWS: roleArn('first') },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'sts:ExternalId': id, 'aws:PrincipalTag/kubernetes-namespace': 'shop' } },
  })
  const setTargetTrust = async (...statements: object[]) => {
    const { iam } = clientsOf(at, at.administrator(OTHER_ACCOUNT))
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'target', PolicyDocument: policy(...statements) }))
  }
  const ask = () => assumeForPod(at, podToken(at, { serviceAccount: 'chained' }))

  beforeAll(async () => {
    await createPodRole(at, 'first', {
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Resource: target,
    })
    const { iam } = clientsOf(at, at.administrator(OTHER_ACCOUNT))
    const trust = policy({ Effect: 'Allow', Principal: { AWS: roleArn('first') }, Action: 'sts:AssumeRole' })
    await iam.send(new CreateRoleCommand({ RoleName: 'target', AssumeRolePolicyDocument: trust }))
    const made = await associate(at, { serviceAccount: 'chained', roleArn: roleArn('first'), targetRoleArn: target })
    expect(made).toMatchObject({ targetRoleArn: target, externalId: external })
  })

  it('of another account is reached through the role, for an hour, by the external id of the association', async () => {
    await setTargetTrust(trustOfTarget(external))
    const got = answered(await ask())
    expect(got.assumedRoleUser.arn).toContain(`arn:aws:sts::${OTHER_ACCOUNT}:assumed-role/target/eks-local-orders-7d4-`)
    expect(got.credentials.expiration - at.clock.now() / 1000).toBeLessThanOrEqual(3600)
    const { sts } = clientsOf(at, credentialsOfPod(got))
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(OTHER_ACCOUNT)
    const [first, second] = at
      .records()
      .filter(({ eventName, event }) => eventName === 'AssumeRole' && event.userAgent === PODS)
      .slice(-2)
    expect(first).toMatchObject({
      account: ACCOUNT,
      event: {
        userIdentity: { type: 'AWSService' },
        requestParameters: { roleArn: roleArn('first') },
        responseElements: null,
      },
    })
    expect(second).toMatchObject({
      account: OTHER_ACCOUNT,
      event: {
        userIdentity: {
          type: 'AssumedRole',
          invokedBy: PODS,
          sessionContext: { sessionIssuer: { arn: roleArn('first') } },
        },
        requestParameters: { roleArn: target, externalId: external, durationSeconds: 3600 },
        responseElements: { assumedRoleUser: { arn: got.assumedRoleUser.arn } },
      },
    })
    expect(second?.event.userIdentity).not.toHaveProperty('accessKeyId')
  })

  it('that asks for the external id of another association lets nobody in', async () => {
    await setTargetTrust(trustOfTarget(external.replace('chained', 'other')))
    const answer = await ask()
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    const denial = await explained(at, answer)
    expect(denial).toMatchObject({ name: 'trust-condition', resource: target, action: 'sts:AssumeRole' })
    expect(denial.principal).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/first/eks-local-orders-7d4-`)
  })

  it('is out of reach for a role whose own policies do not allow it', async () => {
    await setTargetTrust(trustOfTarget(external))
    await clientsOf(at).iam.send(
      new PutRolePolicyCommand({
        RoleName: 'first',
        PolicyName: 'inline',
        PolicyDocument: policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
      }),
    )
    const answer = await ask()
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    expect(await explained(at, answer)).toMatchObject({ name: 'permission', rung: 'identity', resource: target })
  })
})

describe('the policy of an association', () => {
  it('limits what the pod may do of what its role may', async () => {
    await createPodRole(at, 'wide', { Effect: 'Allow', Action: 's3:*', Resource: '*' })
    const narrow = policy({ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' })
    await associate(at, {
      serviceAccount: 'narrow',
      roleArn: roleArn('wide'),
      disableSessionTags: true,
      policy: narrow,
    })
    const got = answered(await assumeForPod(at, podToken(at, { serviceAccount: 'narrow' })))
    const { s3 } = clientsOf(at, credentialsOfPod(got))
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.length).toBeGreaterThan(0)
    expect(await refusalOf(s3.send(new CreateBucketCommand({ Bucket: 'more' })))).toMatchObject({
      code: 'AccessDenied',
    })
  })
})

describe('who makes an association must be allowed to pass its role: one who', () => {
  const wanted = { clusterName: CLUSTER, namespace: 'shop', serviceAccount: 'passed', roleArn: roleArn('orders') }
  const passing = (condition: object) => ({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: roleArn('orders'),
    Condition: condition,
  })
  let number = 0

  /** The outcome for a role with these statements beside the permission to make associations. */
  async function outcomeFor(...may: object[]): Promise<string> {
    number += 1
    const name = `maker-${number}`
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }
    await createRole(at, { name, trust: [trust], may: [{ Effect: 'Allow', Action: 'eks:*', Resource: '*' }, ...may] })
    const made = await clientsOf(at).sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: 'maker' }),
    )
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = made.Credentials ?? {}
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: new Secret(SecretAccessKey),
      sessionToken: SessionToken,
    }
    const { eks } = clientsOf(at, credentials)
    try {
      const { association } = await eks.send(new CreatePodIdentityAssociationCommand(wanted))
      const { associationId } = association ?? {}
      await eks.send(new DeletePodIdentityAssociationCommand({ clusterName: CLUSTER, associationId }))
      return 'made'
    } catch (failure) {
      return (failure as Error).message
    }
  }

  const refused = `is not authorized to perform: iam:PassRole on resource: ${roleArn('orders')} because no identity-based policy allows the iam:PassRole action`
  it.each([
    ['may pass no role', [], false],
    [
      'may pass it to this service',
      [passing({ StringEquals: { 'iam:PassedToService': 'pods.eks.amazonaws.com' } })],
      true,
    ],
    [
      'may pass it to EKS itself only',
      [passing({ StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' } })],
      false,
    ],
    [
      'may pass it for this cluster',
      [passing({ ArnLike: { 'iam:AssociatedResourceARN': 'arn:aws:eks:*:*:cluster/local' } })],
      true,
    ],
    [
      'may pass it for another cluster',
      [passing({ ArnLike: { 'iam:AssociatedResourceARN': 'arn:aws:eks:*:*:cluster/x' } })],
      false,
    ],
  ])('%s', async (_who, may, isMade) => {
    const outcome = await outcomeFor(...may)
    if (isMade) expect(outcome).toBe('made')
    else expect(outcome).toContain(refused)
  })
})
