import { createHash } from 'node:crypto'
import { type Instant, renderIsoSeconds } from '../../core/index.ts'
import { type Kube, type KubeDocument, KubeError, RESOURCES } from '../../io/kube/index.ts'
import type { Order, Outcome } from './model.ts'

const REASONS = {
  bound: 'RoleBound',
  unbound: 'RoleUnbound',
  refused: 'RoleRefused',
  failed: 'RoleFailed',
} as const satisfies Record<Outcome['kind'], string>

/** Tells on the service account what came of its order; the same twice is told once, as its name is made of it. */
export async function tellOutcome(
  kube: Kube,
  order: Order,
  told: { readonly outcome: Outcome; readonly now: Instant },
) {
  try {
    await kube.create(RESOURCES.events, renderEvent(order, told.outcome, told.now))
  } catch (failure) {
    const isTold = failure instanceof KubeError && ['already-exists', 'not-found', 'forbidden'].includes(failure.reason)
    if (!isTold) throw failure
  }
}

/** SPEC: core/v1 Event: a note of at most 1024 bytes. */
function renderEvent({ namespace, name, uid }: Order, outcome: Outcome, now: Instant): KubeDocument {
  const at = renderIsoSeconds(now)
  const message = messageOf(outcome)
  const hash = createHash('sha256').update(`${uid} ${outcome.kind} ${message}`).digest('hex').slice(0, 16)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name.slice(0, 200).replace(/[.-]+$/, '')}.${hash}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name, uid },
    type: outcome.kind === 'refused' || outcome.kind === 'failed' ? 'Warning' : 'Normal',
    reason: REASONS[outcome.kind],
    message: message.slice(0, 1000),
    source: { component: 'openirsa-controller' },
    reportingComponent: 'openirsa.dev/controller',
    reportingInstance: 'openirsa-controller',
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  }
}

function messageOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'bound':
      return `pods of this service account get ${outcome.roleArn}`
    case 'unbound':
      return 'the role that was made for this service account is removed'
    case 'refused':
    case 'failed':
      return outcome.why
  }
}
