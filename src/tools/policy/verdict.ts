import { type Decision, evaluate, type PolicyType } from '../../standards/policy/index.ts'
import { type Inquiry, requestOf } from './inquiry.ts'

/** As AWS's simulator calls them. */
export type Outcome = 'allowed' | 'implicitDeny' | 'explicitDeny'

/** What would come of a request. Plain data. */
export interface Verdict {
  readonly outcome: Outcome
  readonly principal: string
  readonly action: string
  readonly resource: string
  /** The type of policy that decided: what allowed, what denied, or what failed to allow. */
  readonly decidedBy: PolicyType
  /** The statements that decided; empty for an implicit deny. */
  readonly because: readonly DecidingStatement[]
}

export interface DecidingStatement {
  readonly policy: string
  /** From 1. */
  readonly statement: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
}

export const OUTCOMES = {
  allow: 'allowed',
  'implicit-deny': 'implicitDeny',
  'explicit-deny': 'explicitDeny',
} as const satisfies Record<Decision['outcome'], Outcome>

/** Whether an imagined request would be allowed, and by what. */
export function simulate(inquiry: Inquiry): Verdict {
  return verdictOf(inquiry, evaluate(requestOf(inquiry)))
}

/** A decision in words that print. */
export function verdictOf({ asker, action, resource }: Inquiry, decision: Decision): Verdict {
  return {
    outcome: OUTCOMES[decision.outcome],
    principal: asker.name,
    action,
    resource,
    decidedBy: decision.decidedBy,
    because: decision.because.map(({ policy, statement: { index, sid, effect } }) => ({
      policy: policy.arn ?? policy.name,
      statement: index + 1,
      ...(sid === undefined ? {} : { sid }),
      effect,
    })),
  }
}

/** What people expect of a request; `denied` is either deny. */
export type Expectation = Outcome | 'denied'

/** Whether that is what was expected. */
export function isAsExpected(outcome: Outcome, expected: Expectation): boolean {
  return expected === 'denied' ? outcome !== 'allowed' : outcome === expected
}
