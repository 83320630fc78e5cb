import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  EKSClient,
} from '@aws-sdk/client-eks'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openirsa, type Started, start, temporaryDirectory, type Up, until, up } from '../cli/command.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'
import { writeKubeconfig } from './harness/secrets.ts'

const CLUSTER = 'real'
const NAMESPACE = 'openirsa-webhook'
const NAME = 'openirsa-pod-identities'
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
  },
})

describeWithApiServer('openirsa serve controller --cluster-name, with a real API server', () => {
  const directory = temporaryDirectory()
  const dataDirectory = join(directory.path, 'data')
  let cluster: ControlPlane
  let running: Up
  let eks: EKSClient
  let variables: Record<string, string>
  const controllers: Started[] = []

  beforeAll(async () => {
    cluster = await startControlPlane({ issuer: 'https://cluster.example' })
    running = await up(dataDirectory)
    await openirsa(['cluster', 'add', CLUSTER, '--kubeconfig', cluster.kubeconfig, '--data-dir', dataDirectory])
    variables = JSON.parse((await openirsa(['env', '-o', 'json', '--data-dir', dataDirectory])).out)
    eks = new EKSClient(administrator())
    const input = { RoleName: 'app', AssumeRolePolicyDocument: TRUST }
    await new IAMClient(administrator()).send(new CreateRoleCommand(input))
    await cluster.kubectl('create', 'namespace', NAMESPACE)
  })
  afterAll(async () => {
    for (const { child } of controllers) child.kill('SIGTERM')
    await Promise.all(controllers.map(({ ended }) => ended))
    await running?.stop()
    await cluster?.stop()
    directory.remove()
  })

  const administrator = () => ({
    endpoint: running.facts.endpoint,
    region: variables.AWS_REGION ?? '',
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    },
  })

  async function startController(to: 'local' | 'aws', ...more: readonly string[]): Promise<Started> {
    const own = ['--kubeconfig', cluster.kubeconfig, '--cluster-name', CLUSTER, '--pod-identities-interval', '1s']
    const place = to === 'local' ? ['--data-dir', dataDirectory] : []
    const started = start(['serve', 'controller', '--to', to, ...own, ...place, ...more], {
      environment: to === 'aws' ? variables : {},
    })
    controllers.push(started)
    await until('the controller', () => started.out().includes('keeping the pod identities'))
    return started
  }

  async function associate(namespace: string, serviceAccount: string): Promise<string> {
    const roleArn = 'arn:aws:iam::000000000000:role/app'
    const input = { clusterName: CLUSTER, namespace, serviceAccount, roleArn }
    const { association } = await eks.send(new CreatePodIdentityAssociationCommand(input))
    return association?.associationId ?? ''
  }

  const find = async (name = NAME) =>
    JSON.parse((await cluster.kubectl.try(['get', 'cm', name, '-n', NAMESPACE, '-o', 'json'])).out || 'null')
  const listed = async (name?: string): Promise<readonly string[] | undefined> => {
    const found = await find(name)
    const { identities } = found === null ? {} : JSON.parse(found.data['identities.json'])
    return identities?.map((entry: Record<string, string>) => `${entry.namespace}/${entry.serviceAccount}`)
  }
  const untilListed = (...names: readonly string[]) =>
    eventually(`the list ${names}`, async () => JSON.stringify(await listed()) === JSON.stringify(names))

  test('makes the ConfigMap, and keeps it at what EKS lists', async () => {
    const first = await associate('shop', 'orders')
    await startController('local')
    await untilListed('shop/orders')
    await associate('lab', 'probe')
    await untilListed('lab/probe', 'shop/orders')
    await eks.send(new DeletePodIdentityAssociationCommand({ clusterName: CLUSTER, associationId: first }))
    await untilListed('lab/probe')
  })

  test('a second one, that asks by the AWS SDK, changes nothing, and both are quiet', async () => {
    const before = (await find()).metadata.resourceVersion
    const second = await startController('aws')
    await new Promise((passed) => setTimeout(passed, 4000))
    expect((await find()).metadata.resourceVersion).toBe(before)
    expect(second.err()).toBe('')
    await associate('shop', 'carts')
    await untilListed('lab/probe', 'shop/carts')
  })

  test('makes it and changes it with the rights that the guide gives it, and no others', async () => {
    for (const { child } of controllers.splice(0)) child.kill('SIGTERM')
    const account = { name: 'openirsa-controller', namespace: NAMESPACE }
    await cluster.kubectl('create', 'serviceaccount', account.name, '-n', NAMESPACE)
    const [role = ''] = /kind: Role\n[^`]*/.exec(readFileSync('docs/guides/pod-identity.md', 'utf8')) ?? []
    await cluster.kubectl.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: account,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account.name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    })
    await cluster.kubectl.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', ...parse(role) })
    const { url: server, certificateAuthority } = cluster.apiServer
    const token = (await cluster.kubectl('create', 'token', account.name, '-n', NAMESPACE)).trim()
    const kubeconfig = join(directory.path, 'controller.kubeconfig')
    writeKubeconfig(kubeconfig, { server, certificateAuthority, token })
    await cluster.kubectl('delete', 'configmap', NAME, '-n', NAMESPACE)
    const started = await startController('local', '--kubeconfig', kubeconfig)
    await untilListed('lab/probe', 'shop/carts')
    await associate('shop', 'tills')
    await untilListed('lab/probe', 'shop/carts', 'shop/tills')
    expect(started.err()).not.toContain('could not be written')
  })

  test('leaves a ConfigMap that is somebody else’s as it is, and says so', async () => {
    await cluster.kubectl('create', 'configmap', 'theirs', '-n', NAMESPACE, '--from-literal=identities.json={}')
    const before = await find('theirs')
    const started = await startController('local', '--pod-identities', `${NAMESPACE}/theirs`)
    await until('the warning', () => started.err().includes("is not the controller's"))
    expect(await find('theirs')).toEqual(before)
  })

  test('keeps the list when the cluster is not one that EKS knows, and when EKS is away', async () => {
    const before = await find()
    const words = [
      'serve',
      'controller',
      '--to',
      'local',
      '--kubeconfig',
      cluster.kubeconfig,
      '--data-dir',
      dataDirectory,
    ]
    const wrong = start([...words, '--cluster-name', 'other'])
    controllers.push(wrong)
    await until('the warning', () => wrong.err().includes('No cluster found for name: other'))
    await running.stop()
    await until('the other warning', () => controllers[0]?.err().includes('could not be written') === true)
    expect(await find()).toEqual(before)
  })

  test('goes on when the installation is there again, at whatever port', async () => {
    running = await up(dataDirectory)
    eks = new EKSClient(administrator())
    await associate('shop', 'late')
    await untilListed('lab/probe', 'shop/carts', 'shop/late', 'shop/tills')
  })

  test.each([
    [[], /nothing is asked of the controller/],
    [['--cluster-name', 'a/b'], /cannot be the name of a cluster/],
    [['--cluster-name', 'a', '--pod-identities', 'x'], /expected NAMESPACE\/NAME/],
    [['--cluster-name', 'a', '--pod-identities-interval', '0s'], /expected 1s to 1h/],
  ])('refuses %j', async (words, said) => {
    const { code, err } = await openirsa(['serve', 'controller', '--kubeconfig', cluster.kubeconfig, ...words])
    expect(code).toBe(2)
    expect(err).toMatch(said)
  })
})
