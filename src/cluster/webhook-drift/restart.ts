import { type Instant, renderIsoSeconds } from '../../core/index.ts'
import { type InvolvedObject, type Kube, type KubeResource, RESOURCES } from '../../io/kube/index.ts'
import type { DriftReport } from './model.ts'

/** What can make its pods anew by itself, one after the other. */
const RESTARTABLE: Readonly<Record<string, KubeResource>> = {
  'apps/v1 Deployment': RESOURCES.deployments,
  'apps/v1 StatefulSet': RESOURCES.statefulSets,
  'apps/v1 DaemonSet': RESOURCES.daemonSets,
}

/** The controllers whose pods would come out right when they are made anew, each once. */
export function planRestarts({ drifted }: DriftReport): readonly InvolvedObject[] {
  const found = new Map<string, InvolvedObject>()
  for (const { finding, controller } of drifted) {
    if (controller === undefined || finding === 'blocked') continue
    if (RESTARTABLE[`${controller.apiVersion} ${controller.kind}`] !== undefined) found.set(controller.uid, controller)
  }
  return [...found.values()]
}

/** As `kubectl rollout restart` does it: the old pods stay until new ones are ready. */
export async function restartController(
  kube: Pick<Kube, 'patch'>,
  { apiVersion, kind, namespace, name }: InvolvedObject,
  now: Instant,
): Promise<void> {
  const resource = RESTARTABLE[`${apiVersion} ${kind}`]
  if (resource === undefined) return
  const annotations = { 'kubectl.kubernetes.io/restartedAt': renderIsoSeconds(now) }
  const document = { spec: { template: { metadata: { annotations } } } }
  await kube.patch(resource, { namespace, name }, { kind: 'strategic', document })
}
