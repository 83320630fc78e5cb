import { createHash } from 'node:crypto'
import { type Instant, renderIsoSeconds } from '../../core/index.ts'
import { KubeError } from './errors.ts'
import type { Kube, KubeDocument } from './model.ts'
import { RESOURCES } from './resources.ts'

/** Whom an Event is about. */
export interface InvolvedObject {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** What an Event tells. */
export interface KubeNotice {
  readonly about: InvolvedObject
  readonly type: 'Normal' | 'Warning'
  /** What `kubectl describe` shows as the reason. */
  readonly reason: string
  readonly message: string
  /** Two notices about one object with the same mark are one. */
  readonly mark: string
  /** Who says it: `webhook`, `controller`. */
  readonly component: string
}

/**
 * Writes the notice as an Event. Its name is made of what is said, so that whoever says the same again, another replica for one, is
 * answered that it is there. API servers keep Events for an hour.
 * @returns whether it was written: not when it is there already, its object or namespace is gone, or nobody may write Events there
 */
export async function tellOnce(kube: Pick<Kube, 'create'>, notice: KubeNotice, now: Instant): Promise<boolean> {
  try {
    await kube.create(RESOURCES.events, renderEvent(notice, now))
    return true
  } catch (failure) {
    const isSettled =
      failure instanceof KubeError && ['already-exists', 'not-found', 'forbidden'].includes(failure.reason)
    if (!isSettled) throw failure
    return false
  }
}

/** SPEC: core/v1 Event: a note of at most 1024 bytes. */
function renderEvent({ about, type, reason, message, mark, component }: KubeNotice, now: Instant): KubeDocument {
  const at = renderIsoSeconds(now)
  const hash = createHash('sha256').update(`${about.uid} ${mark}`).digest('hex').slice(0, 16)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${about.name.slice(0, 200).replace(/[.-]+$/, '')}.${hash}`,
      namespace: about.namespace,
    },
    involvedObject: { ...about },
    type,
    reason,
    message: message.slice(0, 1000),
    source: { component: `openirsa-${component}` },
    reportingComponent: `openirsa.dev/${component}`,
    reportingInstance: `openirsa-${component}`,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  }
}
