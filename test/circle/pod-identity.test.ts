/** EKS Pod Identity outside of EKS: an association, the controller's list, the webhook, the agent on the node, a program of the AWS SDK. */
import { spawnSync } from 'node:child_process'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { CreatePodIdentityAssociationCommand, DeletePodIdentityAssociationCommand } from '@aws-sdk/client-eks'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { AUDIENCE, makeRole, NAMESPACE, roleArn } from './harness/cast.ts'
import { type Circle, CLUSTER, startCircle, WEBHOOK } from './harness/circle.ts'
import { ACCOUNT, COMMAND } from './harness/cloud-half.ts'
import { describeWithNode, eventually, IMAGE, type KubernetesObject, startServer } from './harness/index.ts'
import { stateOfMachine, tracesOf } from './harness/traces.ts'
import { deploy, deploymentOf, podOf, replacePod, roundOf, type Workload } from './harness/workload.ts'

const REGION = 'us-east-1'
const CLUSTER_ARN = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${CLUSTER}`
const PODS = 'pods.eks.amazonaws.com'
const ADDRESS = '169.254.170.23'
const AGENT_ROLE = 'pod-identity-agent'
/** No role is named in the cluster. */
const ORDERS: Workload = { namespace: NAMESPACE, name: 'orders' }
const MANIFEST = ['agent', 'manifest', '--cluster-name', CLUSTER, '--image', IMAGE, '--region', REGION]

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const TRUST_OF_PODS = policy({
  Effect: 'Allow',
  Principal: { Service: PODS },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
})

describeWithNode('EKS Pod Identity on a real node', () => {
  let before: object
  let circle: Circle
  let associationId = ''

  beforeAll(async () => {
    before = stateOfMachine()
    circle = await startCircle({ manifest: ['--pod-identities'] })
    await makeRole(circle.cloud, 'orders', TRUST_OF_PODS)
    await installAgent()
    const { place, kubeconfig } = circle.node
    const own = ['--cluster-name', CLUSTER, '--pod-identities-interval', '1s', '--kubeconfig', kubeconfig]
    const words = ['serve', 'controller', '--to', 'local', '--data-dir', circle.cloud.dataDirectory, ...own]
    startServer(place, 'controller', [...COMMAND, ...words])
  })
  afterAll(() => circle?.stop())

  /** `openirsa agent manifest | kubectl apply -f -`, with a role that the agent becomes by web identity. */
  async function installAgent(): Promise<void> {
    const { node, cloud } = circle
    const endpoint = ['--endpoint', cloud.endpoint, '--endpoint-ca', cloud.certificateAuthorityFile]
    const manifest = await cloud.openirsa(...MANIFEST, '--role-arn', roleArn(AGENT_ROLE), ...endpoint)
    const objects: readonly KubernetesObject[] = Array.from(parseAllDocuments(manifest)).map((one) => one.toJS())
    const { metadata } = objects.find(({ kind }) => kind === 'ServiceAccount')
    await makeAgentRole(`system:serviceaccount:${metadata.namespace}:${metadata.name}`)
    const { code, err } = await node.kubectl.try(['apply', '-f', '-'], { input: manifest })
    expect(code, err).toBe(0)
    const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet').metadata
    const rollout = ['rollout', 'status', `daemonset/${daemonSet.name}`, '-n', daemonSet.namespace, '--timeout=90s']
    const rolled = await node.kubectl.try(rollout)
    const said = await node.kubectl.try(['describe', 'pods', '-n', daemonSet.namespace])
    const logs = await node.kubectl.try(['logs', '-n', daemonSet.namespace, `daemonset/${daemonSet.name}`])
    expect(rolled.code, [rolled.err, said.out, logs.out, logs.err].join('\n')).toBe(0)
  }

  async function makeAgentRole(subject: string): Promise<void> {
    const host = circle.node.issuer.replace('https://', '')
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}:sub`]: subject, [`${host}:aud`]: AUDIENCE } },
    })
    const PolicyDocument = policy({
      Effect: 'Allow',
      Action: 'eks-auth:AssumeRoleForPodIdentity',
      Resource: CLUSTER_ARN,
    })
    const { iam } = circle.cloud
    await iam.send(new CreateRoleCommand({ RoleName: AGENT_ROLE, AssumeRolePolicyDocument }))
    await iam.send(new PutRolePolicyCommand({ RoleName: AGENT_ROLE, PolicyName: 'eks-auth', PolicyDocument }))
  }

  async function associate(): Promise<string> {
    const input = {
      clusterName: CLUSTER,
      namespace: NAMESPACE,
      serviceAccount: ORDERS.name,
      roleArn: roleArn('orders'),
    }
    const { association } = await circle.cloud.eks.send(new CreatePodIdentityAssociationCommand(input))
    return association?.associationId ?? ''
  }

  /** Whether a new pod would get container credentials: a dry run, through the webhook. */
  async function isInjected(): Promise<boolean> {
    const spec = { serviceAccountName: ORDERS.name, containers: [{ name: 'main', image: IMAGE }] }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'tried-', namespace: NAMESPACE }, spec }
    const words = ['create', '--dry-run=server', '-o', 'json', '-f', '-']
    const { out, err } = await circle.node.kubectl.try(words, { input: JSON.stringify(pod) })
    expect(err).toBe('')
    return out.includes('AWS_CONTAINER_CREDENTIALS_FULL_URI')
  }

  /** A token for a pod that runs, as the kubelet asks for it. */
  async function tokenOf(pod: KubernetesObject, audience = PODS): Promise<string> {
    const { name, uid, namespace } = pod.metadata
    const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`, `--bound-object-uid=${uid}`]
    const words = ['create', 'token', pod.spec.serviceAccountName, '-n', namespace, `--audience=${audience}`, ...bound]
    return (await circle.node.kubectl(...words)).trim()
  }

  /** What the agent answers in the node's network. */
  async function askAgent(token: string): Promise<{ readonly status: number; readonly text: string }> {
    const program = `
      let token = ''
      for await (const piece of process.stdin) token += piece
      const answer = await fetch('http://${ADDRESS}/v1/credentials', { headers: { authorization: token } })
      console.log(JSON.stringify({ status: answer.status, text: await answer.text() }))`
    const words = [process.execPath, '--input-type=module', '--eval', program]
    return JSON.parse(await circle.node.mustRun(words, { input: token }))
  }

  test('without an association a pod gets nothing', async () => {
    await circle.node.kubectl.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: NAMESPACE, name: ORDERS.name },
    })
    expect(await isInjected()).toBe(false)
  })

  test('an association reaches the webhook by the controller, the ConfigMap and the kubelet', async () => {
    associationId = await associate()
    const began = performance.now()
    const since = () => ((performance.now() - began) / 1000).toFixed(1)
    // The controller may have written that there is none before.
    const identities = await eventually('the account in the ConfigMap', async () => {
      const map = await circle.node.kubectl.get('configmap', 'openirsa-pod-identities', '-n', WEBHOOK)
      const listed = JSON.parse(map.data['identities.json']).identities
      return listed.length > 0 && listed
    })
    console.log(`note: the ConfigMap named it ${since()} s after the association`)
    expect(identities).toEqual([{ namespace: NAMESPACE, serviceAccount: ORDERS.name }])
    await eventually('the injection', isInjected, { limitMs: 150_000, everyMs: 1000 })
    console.log(`note: new pods were given credentials ${since()} s after the association`)
  }, 180_000)

  test('a program with the AWS SDK as it is lists its bucket and is refused another', async () => {
    await deploy(circle.node, ORDERS)
    const { own, other, accessKeyId } = await roundOf(circle.node, ORDERS, (round) => round.own.keys !== undefined)
    expect(own.keys).toEqual(['first-order.json'])
    expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(other).toMatchObject({ refused: 'AccessDenied', denial: expect.stringMatching(/./) })
    const why = JSON.parse(await circle.cloud.openirsa('explain', other.denial ?? '', '-o', 'json'))
    expect(why).toMatchObject({ rung: 'identity', action: 's3:ListBucket', resource: 'arn:aws:s3:::payroll' })
    expect(JSON.stringify(why.principal)).toContain(`assumed-role/orders/eks-${CLUSTER}-`)
  })

  test('the pod has the variables, the token for EKS alone, and where the endpoint is', async () => {
    const { spec, metadata } = await podOf(circle.node, ORDERS)
    const names = spec.containers[0].env.map(({ name }: KubernetesObject) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'AWS_CONTAINER_CREDENTIALS_FULL_URI',
        'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
        'AWS_ENDPOINT_URL',
      ]),
    )
    expect(names).not.toContain('AWS_ROLE_ARN')
    const { projected } = spec.volumes.find(({ name }: KubernetesObject) => name === 'eks-pod-identity-token')
    expect(projected.sources[0].serviceAccountToken.audience).toBe(PODS)
    expect(metadata.labels['eks.amazonaws.com/pod-identity']).toBe('enabled')
  })

  test('CloudTrail names the exchange, and not the token', async () => {
    const AttributeValue = 'AssumeRoleForPodIdentity'
    const command = new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue }] })
    const { Events = [] } = await circle.cloud.cloudtrail.send(command)
    const texts = Events.map(({ CloudTrailEvent = '{}' }) => CloudTrailEvent)
    const event = texts.map((text) => JSON.parse(text)).find(({ errorCode }) => errorCode === undefined)
    expect(event).toMatchObject({ eventSource: 'eks-auth.amazonaws.com', userIdentity: { type: 'AssumedRole' } })
    expect(event.userIdentity.arn).toContain(`assumed-role/${AGENT_ROLE}/`)
    expect(texts.join()).not.toContain(
      await tokenOf(await podOf(circle.node, ORDERS)).then((token) => token.slice(0, 40)),
    )
  })

  test('the agent gives a pod’s token credentials, and refuses one for another audience, and a forged one', async () => {
    const pod = await podOf(circle.node, ORDERS)
    const token = await tokenOf(pod)
    const given = await askAgent(token)
    expect(given.status, given.text).toBe(200)
    expect(JSON.parse(given.text)).toMatchObject({
      AccessKeyId: expect.stringMatching(/^ASIA/),
      Token: expect.any(String),
    })
    const [header, claims, signature = ''] = token.split('.')
    const forged = [
      header,
      claims,
      `${signature.slice(0, 20)}${signature[20] === 'A' ? 'B' : 'A'}${signature.slice(21)}`,
    ]
    for (const refused of [await askAgent(await tokenOf(pod, AUDIENCE)), await askAgent(forged.join('.'))]) {
      expect(refused.status, refused.text).toBe(400)
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'InvalidTokenException' })
    }
  })

  test('a pod whose token is for another audience gets no credentials', async () => {
    const path = '/var/run/secrets/other'
    const environment = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${ADDRESS}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${path}/token`,
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const stranger: Workload = { namespace: NAMESPACE, name: 'stranger', environment }
    const deployment = deploymentOf(stranger) as KubernetesObject
    const pod = deployment.spec.template.spec
    pod.serviceAccountName = ORDERS.name
    pod.containers[0].volumeMounts.push({ name: 'other', mountPath: path, readOnly: true })
    const serviceAccountToken = { audience: AUDIENCE, path: 'token', expirationSeconds: 3600 }
    pod.volumes.push({ name: 'other', projected: { sources: [{ serviceAccountToken }] } })
    await circle.node.kubectl.apply(deployment)
    const { own, accessKeyId } = await roundOf(circle.node, stranger)
    expect(own).toMatchObject({ refused: 'CredentialsProviderError' })
    expect([own.keys, accessKeyId]).toEqual([undefined, undefined])
  })

  test('an association that is deleted: the next pod gets nothing, and its token is worth nothing', async () => {
    const pod = await podOf(circle.node, ORDERS)
    await circle.cloud.eks.send(new DeletePodIdentityAssociationCommand({ clusterName: CLUSTER, associationId }))
    const refused = await askAgent(await tokenOf(pod))
    expect(refused.status, refused.text).toBe(404)
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'ResourceNotFoundException' })
    const began = performance.now()
    await eventually('the end of the injection', async () => !(await isInjected()), { limitMs: 150_000, everyMs: 1000 })
    console.log(`note: new pods were given nothing ${((performance.now() - began) / 1000).toFixed(1)} s after the end`)
    await replacePod(circle.node, ORDERS)
    const { own } = await roundOf(circle.node, ORDERS)
    expect(own.keys).toBeUndefined()
    const { spec } = await podOf(circle.node, ORDERS)
    expect(JSON.stringify(spec.containers[0].env ?? [])).not.toContain('AWS_CONTAINER')
  }, 240_000)

  test('afterwards nothing of it is left on this machine, the agent’s address neither', async () => {
    const { name } = circle.node.place
    // It can be seen while it is there: what is asked below can fail.
    expect(await circle.node.mustRun(['ip', '-brief', 'address'])).toContain(ADDRESS)
    await circle.stop()
    expect(tracesOf(name)).toEqual([])
    expect(stateOfMachine()).toEqual(before)
    expect(spawnSync('ip', ['-brief', 'address'], { encoding: 'utf8' }).stdout).not.toContain(ADDRESS)
  })
})
