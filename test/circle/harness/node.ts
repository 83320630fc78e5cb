/** A whole Kubernetes node in namespaces of its own: API server, scheduler, controllers, containerd and kubelet. */
import { join } from 'node:path'
import { type Containerd, startContainerd } from './containerd.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlaneIn } from './control-plane.ts'
import { eventually, Hopeless } from './eventually.ts'
import type { KubernetesObject } from './kubectl.ts'
import { type Kubelet, NODE_NAME, startKubelet } from './kubelet.ts'
import { writePauseImage } from './pause-image.ts'
import { openNamespace } from './place.ts'
import { startScheduler } from './scheduler.ts'

export interface Node extends ControlPlane {
  readonly containerd: Containerd
  readonly kubelet: Kubelet
  /** Time until the node was `Ready`. */
  readonly nodeReadyAfterMs: number
}

const READY_LIMIT_MS = 90_000

/** Ready, and free of taints. What runs on it carries no tolerations. */
export async function startNode(options: ControlPlaneOptions = {}): Promise<Node> {
  const began = performance.now()
  const place = await openNamespace()
  // The network is its own: the usual ports are free.
  const controlPlane = await startControlPlaneIn(place, { port: 6443, client: 2379, peer: 2380 }, options)
  try {
    const containerd = await startContainerd(place)
    const image = join(place.directory, 'pause.tar')
    writePauseImage(controlPlane.bin, image)
    await containerd.importImage(image)
    startScheduler(controlPlane)
    const kubelet = startKubelet(controlPlane, containerd.endpoint)
    await untilReady(controlPlane, kubelet)
    return {
      ...controlPlane,
      containerd,
      kubelet,
      nodeReadyAfterMs: performance.now() - began,
      // Process 1 takes all others along; nobody has to be asked, and nothing is kept.
      stop: () => place.close(),
    }
  } catch (error) {
    await place.close()
    throw error
  }
}

function untilReady({ apiServer }: ControlPlane, kubelet: Kubelet): Promise<true> {
  const probe = async (): Promise<true | undefined> => {
    if (kubelet.hasEnded()) throw new Hopeless(`the kubelet has ended:\n${kubelet.log()}`)
    const { status, text } = await apiServer.ask(`/api/v1/nodes/${NODE_NAME}`)
    return status === 200 && isUsable(JSON.parse(text)) ? true : undefined
  }
  return eventually('a ready node', probe, { limitMs: READY_LIMIT_MS })
}

function isUsable(node: KubernetesObject): boolean {
  const conditions: readonly KubernetesObject[] = node.status.conditions ?? []
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return isReady && (node.spec.taints ?? []).length === 0
}
