import type { Clock, Instant } from '../../core/index.ts'
import { type Follower, type FollowState, type Kube, type KubeObject, RESOURCES } from '../../io/kube/index.ts'
import type { SourceStatus } from './source-status.ts'

export type Annotations = Readonly<Record<string, string>>

/** What is kept of a service account. */
export interface Account {
  /** Those of the webhook's domain alone. */
  readonly annotations: Annotations
  /** When it was made or changed, as far as was seen. */
  readonly changedAt: Instant
}

/** Every service account of the cluster, by `namespace/name`. */
export interface Accounts {
  readonly values: ReadonlyMap<string, Account>
  status(): SourceStatus
  /** Forgets everything and reads it anew. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface AccountsParts {
  readonly kube: Kube
  readonly annotationDomain: string
  readonly clock: Clock
  readonly onState?: (state: FollowState) => void
}

export function followAccounts({ kube, annotationDomain, clock, onState }: AccountsParts): Accounts {
  const keepAnnotations = annotationFilter(annotationDomain)
  const follow = (): Follower<Account> => {
    let isListed = false
    const follower: Follower<Account> = kube.follow(RESOURCES.serviceAccounts, {
      keep: (object) => ({
        annotations: keepAnnotations(object),
        // In the first list everything is new to us: there its own age counts.
        changedAt: isListed ? clock.now() : madeAt(object),
      }),
      isSame: (before, now) => haveSameMembers(before.annotations, now.annotations),
      onState: (state) => {
        isListed ||= state.kind === 'synced'
        onState?.(state)
      },
    })
    return follower
  }
  let follower = follow()
  return {
    get values() {
      return follower.values
    },
    status: () => statusOf('service-accounts', follower.state(), clock),
    restart: async () => {
      const old = follower
      follower = follow()
      await old.close()
    },
    close: () => follower.close(),
  }
}

/** Copies the annotations of a domain out of an object. */
export function annotationFilter(domain: string): (object: KubeObject) => Annotations {
  const prefix = `${domain}/`
  return ({ metadata: { annotations = {} } }) => {
    const kept = Object.entries(annotations).filter(([name]) => name.startsWith(prefix))
    return kept.length === 0 ? NONE : Object.fromEntries(kept)
  }
}

const NONE: Annotations = Object.freeze({})

/** What a follower's state means for readiness. */
export function statusOf(name: string, state: FollowState, clock: Clock): SourceStatus {
  if (state.kind === 'synced') return { name, state: 'current' }
  if (state.kind !== 'stale') {
    const why = state.kind === 'starting' ? state.failure?.message : undefined
    return { name, state: 'starting', ...(why === undefined ? {} : { why }) }
  }
  const staleSeconds = Math.max(0, (clock.now() - state.since) / 1000)
  return { name, state: 'stale', staleSeconds, why: state.failure.message }
}

function madeAt({ metadata: { creationTimestamp = '' } }: KubeObject): Instant {
  const at = Date.parse(creationTimestamp)
  return (Number.isNaN(at) ? 0 : at) as Instant
}

function haveSameMembers(one: Annotations, other: Annotations): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
