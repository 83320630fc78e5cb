import type { Instant } from '../../core/index.ts'
import type { InvolvedObject, OwnerReference } from '../../io/kube/index.ts'

/**
 * `missing`: the webhook would give it credentials now, so that making it anew helps. `blocked`: something in its template keeps the webhook
 * from it. `other-role`: its service account has another role by now.
 */
export type DriftFinding = 'missing' | 'blocked' | 'other-role'

export interface Drift {
  readonly finding: DriftFinding
  /** Containers that run without what they should have; empty when it cannot be said which. */
  readonly containers: readonly string[]
  /** The role that the service account has. */
  readonly roleArn: string
  /** One line for people. */
  readonly message: string
}

export interface DriftedPod extends Drift {
  readonly pod: InvolvedObject
  readonly serviceAccountName: string
  /** What made it; what made that in turn is asked for when it is needed. */
  readonly owner?: OwnerReference
}

export interface DriftReport {
  readonly seenAt: Instant
  /** Running pods that were looked at. */
  readonly podCount: number
  readonly drifted: readonly (DriftedPod & { readonly controller?: InvolvedObject })[]
}
