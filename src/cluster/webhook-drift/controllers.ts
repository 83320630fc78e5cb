import {
  type InvolvedObject,
  type Kube,
  KubeError,
  type KubeObject,
  type KubeResource,
  type OwnerReference,
  RESOURCES,
} from '../../io/kube/index.ts'
import type { DriftedPod } from './model.ts'

/** Controllers that are made by controllers themselves; whatever else owns a pod is taken for the top. */
const BETWEEN: Readonly<Record<string, KubeResource>> = {
  'apps/v1 ReplicaSet': RESOURCES.replicaSets,
  'batch/v1 Job': RESOURCES.jobs,
}

export type FindController = (pod: DriftedPod) => Promise<InvolvedObject | undefined>

/** Finds what people know the pod by: its Deployment rather than its ReplicaSet. Each owner is asked for once. */
export function createControllerSearch(kube: Pick<Kube, 'find'>): FindController {
  const known = new Map<string, Promise<KubeObject | undefined>>()
  return async ({ pod, owner }) => {
    if (owner === undefined) return undefined
    const resource = BETWEEN[`${owner.apiVersion} ${owner.kind}`]
    if (resource === undefined) return involved(owner, pod.namespace)
    const ref = { namespace: pod.namespace, name: owner.name }
    const asked = known.get(owner.uid) ?? findReadable(kube, resource, ref)
    known.set(owner.uid, asked)
    const found = await asked
    const above = found === undefined ? undefined : controllerOf(found)
    return involved(above ?? owner, pod.namespace)
  }
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)
}

/** What is gone, or may not be read, is no reason to tell nobody. */
async function findReadable(
  kube: Pick<Kube, 'find'>,
  resource: KubeResource,
  ref: { readonly namespace: string; readonly name: string },
): Promise<KubeObject | undefined> {
  try {
    return await kube.find(resource, ref)
  } catch (failure) {
    if (failure instanceof KubeError && failure.reason === 'forbidden') return undefined
    throw failure
  }
}

function involved({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): InvolvedObject {
  return { apiVersion, kind, namespace, name, uid }
}
