import type { Decision, DimensionMatch, Explanation } from '../../standards/policy/index.ts'
import type { Requirement } from '../operation.ts'
import type { CauseName } from './causes.ts'
import type { Rung } from './model.ts'

/** A request that policies did not let through, whether it was made or only imagined. */
export interface Denial {
  readonly judged: {
    readonly requirement: Pick<Requirement, 'action' | 'resource' | 'resourcePolicyKind' | 'resourcePolicy'>
    readonly decision: Decision
  }
  readonly requester: Requester
  readonly explanation: Explanation
}

/** Who asked, by the names that a policy would know it by. */
export type Requester =
  | { readonly kind: 'role' | 'user'; readonly arn: string; readonly name: string }
  /** `issuer`: the provider's URL without its scheme. */
  | { readonly kind: 'web-identity'; readonly providerArn: string; readonly issuer: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'other'; readonly arn: string }
  | { readonly kind: 'anonymous' }

/** What is found out about the cause of one refusal. */
export interface Finding {
  readonly name: CauseName
  /** Where the cause's usual rung is not the one. */
  readonly rung?: Rung
  readonly wanted?: readonly string[]
  readonly got?: readonly string[]
  readonly differsAt?: number
  readonly nearest?: readonly string[]
  /** More exact than the cause's own. */
  readonly fix?: string
  readonly summary?: string
}

/** The failing dimension of a statement: what it asks for, and what came. */
export function missed({ wanted, got, differsAt }: DimensionMatch): Pick<Finding, 'wanted' | 'got' | 'differsAt'> {
  return { wanted, ...(got === undefined ? {} : { got }), ...(differsAt === undefined ? {} : { differsAt }) }
}
