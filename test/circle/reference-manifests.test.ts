import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { mintCertificates } from './harness/certificates.ts'
import {
  describeWithNode,
  eventually,
  IMAGE,
  importOwnImage,
  type KubernetesObject,
  type Node,
  startNode,
} from './harness/index.ts'
import { waitingPod } from './harness/pods.ts'

const NAME = 'pod-identity-webhook'
const ROLE = 'arn:aws:iam::111122223333:role/orders'

const manifest = (file: string): readonly KubernetesObject[] => {
  const text = readFileSync(resolve('test/vectors/reference-deploy', file), 'utf8')
  return parseAllDocuments(text.replace('image: IMAGE', `image: ${IMAGE}`)).map((document) => document.toJS())
}

describeWithNode('the manifests of the reference webhook', () => {
  let node: Node
  beforeAll(async () => {
    node = await startNode()
    await importOwnImage(node)
  })
  afterAll(() => node?.stop())

  /** cert-manager is not here: what it would make of the last two documents is made by hand. */
  const applyAll = async (): Promise<void> => {
    const hosts = [`${NAME}.default.svc`, `${NAME}.default`, NAME]
    const { authority, certificate, key } = await mintCertificates(hosts)
    const [deployment] = manifest('deployment-base.yaml')
    // Nothing can be pulled here. Nothing else of it is changed.
    deployment.spec.template.spec.containers[0].imagePullPolicy = 'IfNotPresent'
    const [webhook] = manifest('mutatingwebhook.yaml')
    webhook.webhooks[0].clientConfig.caBundle = Buffer.from(authority).toString('base64')
    const stringData = { 'tls.crt': certificate, 'tls.key': key }
    const metadata = { name: `${NAME}-cert`, namespace: 'default' }
    await node.kubectl.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', stringData },
      ...manifest('auth.yaml'),
      ...manifest('service.yaml'),
      deployment,
      webhook,
    )
    await node.kubectl('rollout', 'status', `deployment/${NAME}`, '--timeout=60s')
  }

  test('run openirsa as soon as they name its image, and pods get their identity', async () => {
    await applyAll()
    const annotations = { 'eks.amazonaws.com/role-arn': ROLE }
    await node.kubectl.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'orders', namespace: 'default', annotations },
    })
    const pod = waitingPod('orders') as KubernetesObject
    pod.spec.serviceAccountName = 'orders'
    // Those manifests have no readiness probe, and let pods through while nobody listens: ask until somebody does.
    const words = ['create', '--dry-run=server', '-o', 'json', '-f', '-']
    const spec = await eventually('a mutated pod', async () => {
      const { out } = await node.kubectl.try(words, { input: JSON.stringify(pod) })
      const created = JSON.parse(out) as KubernetesObject
      return created.spec.containers[0].env === undefined ? undefined : created.spec
    })
    expect(spec.containers[0].env).toContainEqual({ name: 'AWS_ROLE_ARN', value: ROLE })
    expect(spec.volumes.map(({ name }: KubernetesObject) => name)).toContain('aws-iam-token')
  })
})
