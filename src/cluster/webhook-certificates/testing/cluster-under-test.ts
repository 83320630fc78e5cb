import { KubeError, type KubeObject, type KubePatch } from '../../../io/kube/index.ts'
import type { SelfManagedOptions } from '../model.ts'

/** One Secret and one MutatingWebhookConfiguration, with the API server's rule: who writes must have read the newest. */
export interface ClusterUnderTest {
  readonly kube: SelfManagedOptions['kube']
  secret: KubeObject | undefined
  configuration: KubeObject | undefined
  /** Calls, in their order. */
  readonly calls: string[]
  /** Runs before the answer to each call. */
  beforeAnswer: (call: string) => Promise<void> | void
}

const NAMES = { namespace: 'openirsa-webhook', name: 'openirsa-webhook-certificates' }

export function clusterUnderTest(): ClusterUnderTest {
  let version = 1
  const cluster: ClusterUnderTest = {
    secret: { metadata: { ...NAMES, resourceVersion: '1', labels: { kept: 'yes' } }, type: 'Opaque' },
    configuration: configurationOf('1', {}),
    calls: [],
    beforeAnswer: () => undefined,
    kube: {
      find: async (resource) => {
        await note(`find ${resource.kind}`)
        return structuredClone(resource.kind === 'Secret' ? cluster.secret : cluster.configuration)
      },
      replace: async (_resource, document) => {
        await note('replace Secret')
        if (document.metadata.resourceVersion !== cluster.secret?.metadata.resourceVersion)
          throw new KubeError('conflict', 'the object has been modified')
        version += 1
        const { name = '' } = document.metadata
        const stored = structuredClone({
          ...document,
          metadata: { ...document.metadata, name, resourceVersion: `${version}` },
        })
        cluster.secret = stored
        return stored
      },
      patch: async (_resource, _ref, change) => {
        await note('patch MutatingWebhookConfiguration')
        const { tested, bundle } = read(change)
        if (tested !== cluster.configuration?.metadata.resourceVersion)
          throw new KubeError('invalid', 'the server rejected our request due to an error in our request')
        version += 1
        cluster.configuration = configurationOf(`${version}`, { caBundle: bundle })
        return cluster.configuration
      },
      follow: () => ({
        values: new Map(),
        state: () => ({ kind: 'closed' }),
        synced: async () => undefined,
        close: async () => undefined,
      }),
    },
  }
  const note = async (call: string): Promise<void> => {
    cluster.calls.push(call)
    await cluster.beforeAnswer(call)
  }
  return cluster
}

function configurationOf(resourceVersion: string, trust: { readonly caBundle?: string }): KubeObject {
  const service = { name: 'openirsa-webhook', namespace: 'openirsa-webhook', path: '/mutate' }
  const foreign = { name: 'b.example.com', clientConfig: { service: { name: 'other', namespace: 'other' } } }
  return {
    metadata: { name: 'openirsa-webhook', resourceVersion },
    webhooks: [{ name: 'a.example.com', clientConfig: { service, ...trust } }, foreign],
  }
}

function read(change: KubePatch) {
  if (change.kind !== 'json') throw new Error('only JSON patches are written')
  const [test, add, ...more] = change.operations
  if (test?.op !== 'test' || add?.op !== 'add' || more.length > 0)
    throw new Error('one test and one bundle are expected')
  if (add.path !== '/webhooks/0/clientConfig/caBundle') throw new Error(`not ours: ${add.path}`)
  return { tested: String(test.value), bundle: String(add.value) }
}
