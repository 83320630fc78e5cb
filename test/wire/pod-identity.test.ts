/** EKS Pod Identity: a node shows a pod's token to EKS Auth, and the pod gets the credentials of its role. */
import { DeletePodIdentityAssociationCommand } from '@aws-sdk/client-eks'
import { DeleteRoleCommand } from '@aws-sdk/client-iam'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing } from '../../src/cluster/issuer/index.ts'
import { type Clock, type Instant, Secret } from '../../src/core/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { createRole, explained, roleArn } from './circle.ts'
import { clientsOf } from './clients.ts'
import { flip, forge } from './forge.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'
import {
  answered,
  associate,
  assumeForPod,
  CLUSTER,
  CLUSTER_ARN,
  createPodRole,
  credentialsOfPod,
  NOT_ASSUMABLE,
  POD,
  PODS,
  podToken,
  ringOf,
  setTrust,
  told,
  trustOfPods,
} from './pod-identity-cast.ts'

const OTHER_ACCOUNT = '111122223333'

let at: InstallationUnderTest
let associationId: string
beforeAll(async () => {
  at = await openInstallation({ accounts: [ACCOUNT, OTHER_ACCOUNT] })
  await createPodRole(at, 'orders')
  associationId = (await associate(at, { roleArn: roleArn('orders') }))?.associationId ?? ''
})
afterAll(() => at.close())

describe('a pod whose service account has an association', () => {
  it('gets credentials of the role, for six hours whatever limit the role sets to others', async () => {
    const got = answered(await assumeForPod(at, podToken(at)))
    const { accessKeyId, expiration } = got.credentials
    expect(got).toMatchObject({
      subject: { namespace: 'shop', serviceAccount: 'orders' },
      audience: PODS,
      podIdentityAssociation: {
        associationArn: `arn:aws:eks:us-east-1:${ACCOUNT}:podidentityassociation/${CLUSTER}/${associationId}`,
        associationId,
      },
    })
    expect(got.assumedRoleUser.arn).toMatch(
      /^arn:aws:sts::000000000000:assumed-role\/orders\/eks-local-orders-7d4-[0-9a-f-]{36}$/,
    )
    expect(got.assumedRoleUser.assumeRoleId.split(':')[1]).toBe(got.assumedRoleUser.arn.split('/')[2])
    expect(accessKeyId).toMatch(/^ASIA/)
    const hours = (expiration - at.clock.now() / 1000) / 3600
    expect(hours).toBeGreaterThan(5.9)
    expect(hours).toBeLessThanOrEqual(6)
    const { sts, s3 } = clientsOf(at, credentialsOfPod(got))
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(got.assumedRoleUser.arn)
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([])
  })

  it('needs no OIDC provider, and no permission of its own to become the role', async () => {
    expect((await assumeForPod(at, podToken(at))).status).toBe(200)
  })

  it('stands in the trail as the node that asked, without token and secret', async () => {
    const token = podToken(at)
    const { credentials } = answered(await assumeForPod(at, token))
    const record = at.records().findLast(({ eventName }) => eventName === 'AssumeRoleForPodIdentity')
    expect(record?.event).toMatchObject({
      eventSource: 'eks-auth.amazonaws.com',
      userIdentity: { type: 'IAMUser', userName: 'administrator' },
      requestParameters: { clusterName: CLUSTER, token: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      responseElements: null,
      readOnly: true,
      eventCategory: 'Management',
      managementEvent: true,
    })
    expect(record?.resources).toEqual([{ type: 'AWS::EKS::Cluster', name: CLUSTER }])
    expect(record?.event).not.toHaveProperty('resources')
    const stored = (await at.storedBytes()).toString('latin1') + at.logged()
    for (const secret of [token, token.split('.')[2] ?? '', credentials.secretAccessKey, credentials.sessionToken])
      expect(stored.includes(secret)).toBe(false)
  })
})

describe('the call of STS that EKS makes for a pod', () => {
  it('is an event of its own, as the service asked, with the tags that say for which pod', async () => {
    const { credentials, assumedRoleUser } = answered(await assumeForPod(at, podToken(at)))
    const sessionName = assumedRoleUser.arn.split('/')[2]
    const record = at.records().findLast(({ eventName }) => eventName === 'AssumeRole')
    expect(record?.event).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      userIdentity: { type: 'AWSService', invokedBy: PODS },
      sourceIPAddress: PODS,
      userAgent: PODS,
      requestParameters: {
        roleArn: roleArn('orders'),
        roleSessionName: sessionName,
        durationSeconds: 21_600,
        tags: expect.arrayContaining([
          { key: 'kubernetes-namespace', value: 'shop' },
          { key: 'kubernetes-pod-uid', value: POD.uid },
        ]),
        transitiveTagKeys: expect.arrayContaining(['eks-cluster-arn', 'kubernetes-pod-name']),
      },
      responseElements: {
        credentials: { accessKeyId: credentials.accessKeyId, sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
        assumedRoleUser: { arn: assumedRoleUser.arn, assumedRoleId: assumedRoleUser.assumeRoleId },
      },
      recipientAccountId: ACCOUNT,
    })
    expect(record?.resources).toEqual([
      { type: 'AWS::IAM::AccessKey', name: credentials.accessKeyId },
      { type: 'AWS::STS::AssumedRole', name: assumedRoleUser.arn },
      { type: 'AWS::STS::AssumedRole', name: assumedRoleUser.assumeRoleId },
      { type: 'AWS::STS::AssumedRole', name: sessionName },
      { type: 'AWS::IAM::Role', name: roleArn('orders') },
    ])
  })
})

describe('a token that is not one of this cluster for a pod', () => {
  const INVALID = 'The specified Kubernetes service account token is invalid.'
  const cases: readonly (readonly [name: string, token: () => string, code: string, message: string, cause: string])[] =
    [
      [
        'for another audience',
        () => podToken(at, { audiences: ['sts.amazonaws.com'] }),
        'InvalidTokenException',
        'The specified Kubernetes service account token is for another audience.',
        'not-a-pod-token',
      ],
      [
        'for two audiences',
        () => podToken(at, { audiences: [PODS, 'sts.amazonaws.com'] }),
        'InvalidTokenException',
        INVALID,
        'not-a-pod-token',
      ],
      [
        'that names another issuer',
        () => podToken(at, { issuer: 'https://example.com', ring: ringOf(at, at.facts.issuer) }),
        'InvalidTokenException',
        'The specified Kubernetes service account token is not one of this cluster.',
        'not-a-pod-token',
      ],
      [
        'that another key signed',
        () => podToken(at, { ring: createKeyRing() }),
        'InvalidTokenException',
        INVALID,
        'kid-drift',
      ],
      [
        'that was changed',
        () => {
          const token = podToken(at)
          return flip(token, token.length - 20)
        },
        'InvalidTokenException',
        INVALID,
        'bad-signature',
      ],
      [
        'that is bound to no pod',
        () => podToken(at, { pod: 'none' }),
        'InvalidTokenException',
        'The specified Kubernetes service account token is invalid: it is not bound to a pod.',
        'not-a-pod-token',
      ],
      [
        'that has expired',
        () => podToken(at, { clock: earlier(2 * 3600) }),
        'ExpiredTokenException',
        'The specified Kubernetes service account token is expired.',
        'expired',
      ],
      [
        'that is not valid yet',
        () => podToken(at, { clock: earlier(-3600) }),
        'InvalidTokenException',
        INVALID,
        'not-yet-valid',
      ],
      [
        'with an azp in the place of its audience',
        () => forged({ aud: 'x', azp: PODS }),
        'InvalidTokenException',
        INVALID,
        'not-a-pod-token',
      ],
      [
        'whose subject is another than its claims say',
        () => forged({ sub: 'system:serviceaccount:shop:orders' }, { serviceaccount: { name: 'cart', uid: 'u' } }),
        'InvalidTokenException',
        INVALID,
        'not-a-pod-token',
      ],
      [
        'whose pod has a name that none can have',
        () => forged({}, { pod: { name: '../etc', uid: POD.uid } }),
        'InvalidTokenException',
        'The specified Kubernetes service account token is invalid: it is not bound to a pod.',
        'not-a-pod-token',
      ],
    ]
  const earlier = (seconds: number): Clock => ({ now: () => (at.clock.now() - seconds * 1000) as Instant })

  /** Signed with the cluster's own key. */
  function forged(claims: object, kubernetes: object = {}): string {
    const now = Math.floor(at.clock.now() / 1000)
    const usual = {
      iss: at.facts.issuer,
      sub: 'system:serviceaccount:shop:orders',
      aud: [PODS],
      iat: now,
      exp: now + 3600,
    }
    const bound = { namespace: 'shop', serviceaccount: { name: 'orders', uid: 'u' }, pod: POD }
    return forge({
      claims: { ...usual, 'kubernetes.io': { ...bound, ...kubernetes }, ...claims },
      key: ringOf(at, at.facts.issuer).active,
    })
  }

  it('is told from one that only looks alike: the same forgery with right claims is accepted', async () => {
    expect((await assumeForPod(at, forged({}))).status).toBe(200)
  })

  it.each(cases)('%s is refused', async (_name, token, code, message, cause) => {
    const answer = await assumeForPod(at, token())
    expect(told(answer)).toEqual([400, code, message])
    expect(await explained(at, answer)).toMatchObject({
      name: cause,
      operation: 'AssumeRoleForPodIdentity',
      resource: '*',
    })
  })
})

describe('a caller', () => {
  let stranger: SigningCredentials
  let node: SigningCredentials

  const become = async (name: string, ...may: object[]): Promise<SigningCredentials> => {
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }
    await createRole(at, { name, trust: [trust], ...(may.length === 0 ? {} : { may }) })
    const { sts } = clientsOf(at)
    const made = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: 'i-0f6f119f5ab3da4d2' }),
    )
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = made.Credentials ?? {}
    return { accessKeyId: AccessKeyId, secretAccessKey: new Secret(SecretAccessKey), sessionToken: SessionToken }
  }
  beforeAll(async () => {
    stranger = await become('stranger')
    node = await become('node', { Effect: 'Allow', Action: 'eks-auth:AssumeRoleForPodIdentity', Resource: CLUSTER_ARN })
  })

  it('that is allowed exactly this on the cluster is served', async () => {
    const got = answered(await assumeForPod(at, podToken(at), { credentials: node }))
    expect(got.subject).toEqual({ namespace: 'shop', serviceAccount: 'orders' })
  })

  it('without the permission is refused, whatever token it shows, and nobody looks at that', async () => {
    for (const token of [podToken(at), 'a.b.c']) {
      const answer = await assumeForPod(at, token, { credentials: stranger })
      expect(told(answer)).toEqual([
        400,
        'AccessDeniedException',
        `User: arn:aws:sts::${ACCOUNT}:assumed-role/stranger/i-0f6f119f5ab3da4d2 is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: ${CLUSTER_ARN} because no identity-based policy allows the eks-auth:AssumeRoleForPodIdentity action`,
      ])
      expect(await explained(at, answer)).toMatchObject({ name: 'permission', rung: 'identity' })
    }
  })

  it('without the permission does not learn which clusters there are', async () => {
    const answers = [CLUSTER, 'nowhere'].map((cluster) =>
      assumeForPod(at, podToken(at), { credentials: stranger, cluster }),
    )
    const [there, nowhere] = await Promise.all(answers)
    expect(nowhere?.text.replace('cluster/nowhere', `cluster/${CLUSTER}`)).toBe(there?.text)
  })

  it('that a policy denies it is refused although another allows it', async () => {
    const denied = await become(
      'denied',
      { Effect: 'Allow', Action: 'eks-auth:*', Resource: '*' },
      { Effect: 'Deny', Action: 'eks-auth:AssumeRoleForPodIdentity', Resource: CLUSTER_ARN },
    )
    const answer = await assumeForPod(at, podToken(at), { credentials: denied })
    expect(answer).toMatchObject({ status: 400, code: 'AccessDeniedException' })
    expect(answer.message).toContain('with an explicit deny in an identity-based policy')
  })

  it('that signs with another secret, or for another service, is refused', async () => {
    const { accessKeyId } = at.administrator()
    const credentials = { accessKeyId, secretAccessKey: new Secret('not the secret of anybody') }
    expect(await assumeForPod(at, podToken(at), { credentials })).toMatchObject({
      status: 403,
      code: 'InvalidSignatureException',
    })
    const answer = await assumeForPod(at, podToken(at), { service: 'eks' })
    expect(answer).toMatchObject({ status: 404, code: 'UnknownOperationException' })
  })

  it('of another account finds no cluster there', async () => {
    const answer = await assumeForPod(at, podToken(at), { credentials: at.administrator(OTHER_ACCOUNT) })
    expect(told(answer)).toEqual([404, 'ResourceNotFoundException', `No cluster found for name: ${CLUSTER}.`])
  })
})

describe('a service account without an association', () => {
  it('gets nothing', async () => {
    expect(told(await assumeForPod(at, podToken(at, { serviceAccount: 'cart' })))).toEqual([
      404,
      'ResourceNotFoundException',
      'No pod identity association found for service account: shop/cart.',
    ])
    expect((await assumeForPod(at, podToken(at, { namespace: 'bank' }))).status).toBe(404)
  })

  it('gets nothing any more once its association is deleted', async () => {
    const made = await associate(at, { serviceAccount: 'short', roleArn: roleArn('orders') })
    const token = podToken(at, { serviceAccount: 'short' })
    expect((await assumeForPod(at, token)).status).toBe(200)
    const input = { clusterName: CLUSTER, associationId: made?.associationId }
    await clientsOf(at).eks.send(new DeletePodIdentityAssociationCommand(input))
    expect((await assumeForPod(at, token)).status).toBe(404)
  })
})

describe('the trust policy of the role', () => {
  beforeAll(async () => {
    await createPodRole(at, 'guarded')
    await associate(at, { serviceAccount: 'guarded', roleArn: roleArn('guarded') })
  })
  const ask = () => assumeForPod(at, podToken(at, { serviceAccount: 'guarded' }))

  const equals = (key: string, value: unknown) => trustOfPods({ StringEquals: { [key]: value } })
  it.each([
    ['the account', equals('aws:SourceAccount', ACCOUNT), equals('aws:SourceAccount', OTHER_ACCOUNT)],
    [
      'the cluster',
      trustOfPods({ ArnEquals: { 'aws:SourceArn': CLUSTER_ARN } }),
      trustOfPods({ ArnEquals: { 'aws:SourceArn': CLUSTER_ARN.replace('local', 'other') } }),
    ],
    [
      'the namespace',
      equals('aws:RequestTag/kubernetes-namespace', ['shop']),
      equals('aws:RequestTag/kubernetes-namespace', ['bank']),
    ],
    [
      'the pod',
      equals('aws:RequestTag/kubernetes-pod-uid', POD.uid),
      equals('aws:RequestTag/kubernetes-pod-uid', POD.uid.replace('9', '8')),
    ],
    [
      'which tags go on',
      trustOfPods({ 'ForAllValues:StringLike': { 'sts:TransitiveTagKeys': ['eks-*', 'kubernetes-*'] } }),
      trustOfPods({ 'ForAllValues:StringLike': { 'sts:TransitiveTagKeys': ['eks-*'] } }),
    ],
    [
      'that a service asks',
      trustOfPods({
        Bool: { 'aws:PrincipalIsAWSService': 'true' },
        StringEquals: { 'aws:PrincipalServiceName': PODS },
      }),
      trustOfPods({ Bool: { 'aws:PrincipalIsAWSService': 'false' } }),
    ],
    [
      'nothing of the node that carries the token',
      trustOfPods(),
      trustOfPods({ StringLike: { 'aws:PrincipalArn': '*' } }),
    ],
    ['nothing of where the node is', trustOfPods(), trustOfPods({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })],
  ])('may ask for %s', async (_what, fitting, other) => {
    await setTrust(at, 'guarded', fitting)
    expect((await ask()).status).toBe(200)
    await setTrust(at, 'guarded', other)
    const answer = await ask()
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    expect(await explained(at, answer)).toMatchObject({
      code: 'IRSA313',
      principal: PODS,
      action: 'sts:AssumeRole',
      resource: roleArn('guarded'),
      rung: 'trust',
    })
  })

  it('must name the service: who may assume the role by name is somebody else', async () => {
    const root = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: ['sts:*'] }
    await setTrust(at, 'guarded', root)
    const answer = await ask()
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    expect(await explained(at, answer)).toMatchObject({
      name: 'wrong-action-or-principal',
      principal: PODS,
      fix: `let a statement of the trust policy allow sts:AssumeRole to {"Service":"${PODS}"}`,
    })
  })

  it('must allow the session tags too', async () => {
    await setTrust(at, 'guarded', trustOfPods({}, ['sts:AssumeRole']))
    const answer = await ask()
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    expect(await explained(at, answer)).toMatchObject({
      name: 'tag-session-missing',
      action: 'sts:TagSession',
      summary: `${PODS} sets session tags, and the trust policy does not allow sts:TagSession.`,
    })
  })

  it('wins with a Deny', async () => {
    const deny = {
      Effect: 'Deny',
      Principal: { Service: PODS },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } },
    }
    await setTrust(at, 'guarded', trustOfPods(), deny)
    const answer = await ask()
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    expect(await explained(at, answer)).toMatchObject({ name: 'explicit-deny', principal: PODS, rung: 'trust' })
  })

  it('is asked of a role that is there: one that was deleted is nobody', async () => {
    await createRole(at, { name: 'gone', trust: [trustOfPods()] })
    await associate(at, { serviceAccount: 'gone', roleArn: roleArn('gone') })
    await clientsOf(at).iam.send(new DeleteRoleCommand({ RoleName: 'gone' }))
    const answer = await assumeForPod(at, podToken(at, { serviceAccount: 'gone' }))
    expect(told(answer)).toEqual([400, 'AccessDeniedException', NOT_ASSUMABLE])
    expect(await explained(at, answer)).toMatchObject({ name: 'role-missing', principal: PODS })
  })
})
