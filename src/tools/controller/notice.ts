import type { Instant } from '../../core/index.ts'
import { type Kube, tellOnce } from '../../io/kube/index.ts'
import type { Order, Outcome } from './model.ts'

const REASONS = {
  bound: 'RoleBound',
  unbound: 'RoleUnbound',
  refused: 'RoleRefused',
  failed: 'RoleFailed',
} as const satisfies Record<Outcome['kind'], string>

/** Tells on the service account what came of its order; the same twice is told once. */
export async function tellOutcome(
  kube: Kube,
  { namespace, name, uid }: Order,
  { outcome, now }: { readonly outcome: Outcome; readonly now: Instant },
): Promise<void> {
  const message = messageOf(outcome)
  const isBad = outcome.kind === 'refused' || outcome.kind === 'failed'
  const notice = {
    about: { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name, uid },
    type: isBad ? 'Warning' : 'Normal',
    reason: REASONS[outcome.kind],
    message,
    mark: `${outcome.kind} ${message}`,
    component: 'controller',
  } as const
  await tellOnce(kube, notice, now)
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
