import type { Instant } from '../../core/index.ts'
import { type InvolvedObject, type Kube, tellOnce } from '../../io/kube/index.ts'
import type { DriftFinding, DriftReport } from './model.ts'

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

/** Gives how many were written: what has been told already is not told again. */
export async function writeNotices(
  kube: Pick<Kube, 'create'>,
  notices: readonly Notice[],
  now: Instant,
): Promise<number> {
  let written = 0
  for (const { about, finding, message } of notices.slice(0, MOST_EVENTS)) {
    const said = { about, type: 'Warning', reason: REASONS[finding], message, mark: finding } as const
    if (await tellOnce(kube, { ...said, component: 'webhook' }, now)) written += 1
  }
  return written
}
