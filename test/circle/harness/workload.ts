/** What users of the cluster write: service accounts with a role's ARN on them, and Deployments of their program. Nothing of openirsa is in them. */
import { resolve } from 'node:path'
import { eventually } from './eventually.ts'
import { IMAGE } from './image.ts'
import type { KubernetesObject } from './kubectl.ts'
import type { Node } from './node.ts'

export interface Workload {
  readonly namespace: string
  /** Of the Deployment and of its service account. */
  readonly name: string
  /** Absent: nothing of a role is on the service account. */
  readonly roleArn?: string
  readonly annotations?: Readonly<Record<string, string>>
  /** A file of the programs' folder. */
  readonly program?: string
  readonly environment?: Readonly<Record<string, string>>
}

export function serviceAccountOf({ namespace, name, roleArn, annotations }: Workload): object {
  const all = { ...(roleArn === undefined ? {} : { 'eks.amazonaws.com/role-arn': roleArn }), ...annotations }
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name, annotations: all } }
}

export function deploymentOf({ namespace, name, program = 'orders.mjs', environment = {} }: Workload): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          serviceAccountName: name,
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              // Node.js comes from there; the program and the SDK are the checkout's.
              image: IMAGE,
              imagePullPolicy: 'Never',
              command: ['node', `/circle/programs/${program}`],
              env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
              volumeMounts: [
                { name: 'programs', mountPath: '/circle/programs', readOnly: true },
                { name: 'packages', mountPath: '/circle/node_modules', readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'programs', hostPath: { path: resolve('test/circle/programs'), type: 'Directory' } },
            { name: 'packages', hostPath: { path: resolve('node_modules'), type: 'Directory' } },
          ],
        },
      },
    },
  }
}

export async function deploy({ kubectl }: Node, workload: Workload): Promise<void> {
  await kubectl.apply(serviceAccountOf(workload))
  await kubectl.apply(deploymentOf(workload))
}

/** The newest pod of a Deployment that is not on its way out. */
export async function podOf({ kubectl }: Node, { namespace, name }: Workload): Promise<KubernetesObject> {
  return eventually(`a pod of ${name}`, async () => {
    const { items } = await kubectl.get('pods', '-n', namespace, '-l', `app=${name}`)
    const [pod] = items.filter(({ metadata }: KubernetesObject) => metadata.deletionTimestamp === undefined)
    return pod as KubernetesObject
  })
}

/** What `programs/orders.mjs` prints, once a second. */
export interface Round {
  readonly at: string
  readonly own: Listing
  readonly other: Listing
  readonly accessKeyId?: string
  readonly expiration?: string
  readonly token?: string
}

export interface Listing {
  readonly keys?: readonly string[]
  readonly refused?: string
  readonly message?: string
  readonly denial?: string
}

export async function roundsOf(node: Node, workload: Workload): Promise<readonly Round[]> {
  const { metadata } = await podOf(node, workload)
  const { out } = await node.kubectl.try(['logs', '-n', workload.namespace, metadata.name])
  return out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Round)
}

/** The first round of the pod that fits. */
export function roundOf(node: Node, workload: Workload, fits: (round: Round) => boolean = () => true): Promise<Round> {
  const probe = async (): Promise<Round | undefined> => (await roundsOf(node, workload)).find(fits)
  return eventually(`a round of ${workload.name}`, probe, { limitMs: 60_000, everyMs: 500 })
}

/** A new pod in place of the one that is there, so that nothing of it is remembered. */
export async function replacePod(node: Node, workload: Workload): Promise<void> {
  const { metadata } = await podOf(node, workload)
  await node.kubectl(
    'delete',
    'pod',
    '-n',
    workload.namespace,
    metadata.name,
    '--wait=false',
    '--grace-period=0',
    '--force',
  )
}
