import { createHash } from 'node:crypto'
import type { Instant } from '../../core/index.ts'
import { renderIsoSeconds } from '../../core/index.ts'
import { type Kube, type KubeDocument, KubeError, RESOURCES } from '../../io/kube/index.ts'
import type { DriftFinding, DriftReport, InvolvedObject } from './model.ts'

/** What `kubectl describe` shows as the reason. */
const REASONS = {
  missing: 'MissingCredentials',
  blocked: 'CredentialsBlocked',
  'other-role': 'OutdatedRole',
} as const satisfies Record<DriftFinding, string>

/** A cluster in which everything has drifted must not be flooded. */
const MOST_EVENTS = 500

export interface Notice {
  readonly about: InvolvedObject
  readonly finding: DriftFinding
  readonly message: string
}

/** One Event for each pod, and one for each controller and finding. */
export function planNotices({ drifted }: DriftReport): readonly Notice[] {
  const ofControllers = new Map<string, { readonly notice: Notice; readonly names: string[] }>()
  for (const { pod, controller, finding, message } of drifted) {
    if (controller === undefined) continue
    const key = `${controller.uid} ${finding}`
    const known = ofControllers.get(key) ?? { notice: { about: controller, finding, message }, names: [] }
    known.names.push(pod.name)
    ofControllers.set(key, known)
  }
  const controllers = [...ofControllers.values()].map(({ notice, names }) => ({
    ...notice,
    message: `${names.length === 1 ? 'its pod' : `${names.length} of its pods, such as`} ${names[0]}: ${notice.message}`,
  }))
  return [...controllers, ...drifted.map(({ pod, finding, message }) => ({ about: pod, finding, message }))]
}

/** Gives how many were written. The name is made of what is said: whoever says the same again, another replica for one, is answered that it is there. */
export async function writeNotices(
  kube: Pick<Kube, 'create'>,
  notices: readonly Notice[],
  now: Instant,
): Promise<number> {
  let written = 0
  for (const notice of notices.slice(0, MOST_EVENTS)) {
    try {
      await kube.create(RESOURCES.events, renderEvent(notice, now))
      written += 1
    } catch (failure) {
      // The object, or its namespace, may be gone by now.
      const isTold =
        failure instanceof KubeError && ['already-exists', 'not-found', 'forbidden'].includes(failure.reason)
      if (!isTold) throw failure
    }
  }
  return written
}

/** SPEC: core/v1 Event: a note of at most 1024 bytes. API servers keep Events for an hour. */
export function renderEvent({ about, finding, message }: Notice, now: Instant): KubeDocument {
  const at = renderIsoSeconds(now)
  const { namespace } = about
  const hash = createHash('sha256').update(`${about.uid} ${finding}`).digest('hex').slice(0, 16)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.name.slice(0, 200).replace(/[.-]+$/, '')}.${hash}`, namespace },
    involvedObject: { ...about },
    type: 'Warning',
    reason: REASONS[finding],
    message: message.slice(0, 1000),
    source: { component: 'openirsa-webhook' },
    reportingComponent: 'openirsa.dev/webhook',
    reportingInstance: 'openirsa-webhook',
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  }
}
