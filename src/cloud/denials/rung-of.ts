import type { PolicyType } from '../../standards/policy/index.ts'
import type { Rung } from './model.ts'

/** Where a type of policy stands on the ladder. */
export const RUNG_OF = {
  trust: 'trust',
  'service-control': 'organization',
  'resource-control': 'organization',
  boundary: 'boundary',
  session: 'session',
  identity: 'identity',
  resource: 'resource',
  endpoint: 'endpoint',
} as const satisfies Record<PolicyType, Rung>
