/** The whole circle: a node, the cloud half beside it that knows its cluster, and the webhook as pods in it. */
import { makeBuckets, NAMESPACE } from './cast.ts'
import { type CloudHalf, startCloudHalf } from './cloud-half.ts'
import { IMAGE, importOwnImage } from './image.ts'
import { type Node, startNode } from './node.ts'

export const CLUSTER = 'circle'
export const WEBHOOK = 'openirsa-webhook'
const REGION = 'us-east-1'

export interface Circle {
  readonly node: Node
  readonly cloud: CloudHalf
  readonly times: Readonly<Record<string, number>>
  stop(): Promise<void>
}

export interface CircleOptions {
  /** Further words for `openirsa webhook manifest`. */
  readonly manifest?: readonly string[]
}

export async function startCircle({ manifest = [] }: CircleOptions = {}): Promise<Circle> {
  const times: Record<string, number> = {}
  const node = await timed(times, 'node ready', () => startNode())
  try {
    await timed(times, 'image built and imported', () => importOwnImage(node))
    const cloud = await timed(times, 'openirsa up ready', () => startCloudHalf(node))
    await timed(times, 'cluster added', () =>
      cloud.openirsa('cluster', 'add', CLUSTER, '--kubeconfig', node.kubeconfig),
    )
    await timed(times, 'webhook rolled out', () => installWebhook(node, cloud, manifest))
    await makeBuckets(cloud)
    await node.kubectl('create', 'namespace', NAMESPACE)
    return { node, cloud, times, stop: () => node.stop() }
  } catch (error) {
    await node.stop()
    throw error
  }
}

/** `openirsa webhook manifest | kubectl apply -f -`, and waits until its pods are ready. */
async function installWebhook({ kubectl }: Node, cloud: CloudHalf, more: readonly string[]): Promise<void> {
  const endpoint = [`--endpoint-url=${cloud.endpoint}`, '--endpoint-ca', cloud.certificateAuthorityFile]
  const manifest = await cloud.openirsa(
    'webhook',
    'manifest',
    '--image',
    IMAGE,
    '--region',
    REGION,
    ...endpoint,
    ...more,
  )
  const { code, err } = await kubectl.try(['apply', '-f', '-'], { input: manifest })
  if (code !== 0) throw new Error(`kubectl apply ended with ${code}: ${err}`)
  await kubectl('rollout', 'status', `deployment/${WEBHOOK}`, '-n', WEBHOOK, '--timeout=90s')
}

async function timed<T>(times: Record<string, number>, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await work()
  times[what] = performance.now() - began
  return result
}
