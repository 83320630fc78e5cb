import { decide, type Grant, type StatementFinder } from './decide.ts'
import { explainable } from './explainable.ts'
import { judgeStatement } from './judge-statement.ts'
import type { AuthorizationRequest, Decision, Explanation, NamedPolicy, Statement } from './model.ts'
import { rankNearest } from './nearest.ts'
import { LEVELS } from './principals.ts'
import { climb, policiesByType } from './rungs.ts'

/**
 * Why a request is decided as it is: the decision, what each type of policy says, and the statements that decided or came nearest.
 * It goes through every statement in its order, without the shortcuts of `evaluate`; its decision is the same.
 */
export function explain(request: AuthorizationRequest): Explanation {
  const finder = new StepwiseFinder(request)
  const decision = decide(request, finder)
  const levels = policiesByType(request)[decision.decidedBy]
  const policies = levels.filter((level) => isToBlame(level, decision, finder)).flat()
  return { decision, rungs: climb(request, finder), nearest: rankNearest(request, decision, policies) }
}

/** Each level of service control policies must allow it: those that do have no part in what is missing. */
function isToBlame(level: readonly NamedPolicy[], decision: Decision, finder: StatementFinder): boolean {
  const isMissing = decision.outcome === 'implicit-deny' && decision.decidedBy === 'service-control'
  return !isMissing || !level.some((policy) => finder.findAllow(policy) !== undefined)
}

/** Asks one statement after the other. */
class StepwiseFinder implements StatementFinder {
  readonly #request: AuthorizationRequest
  /** Every policy is asked several times. */
  readonly #judged = new Map<NamedPolicy, readonly Grant[]>()

  constructor(request: AuthorizationRequest) {
    this.#request = request
  }

  findDeny(policy: NamedPolicy): Statement | undefined {
    return this.#judge(policy).find(({ statement, level }) => statement.effect === 'Deny' && level !== LEVELS.none)
      ?.statement
  }

  findAllow(policy: NamedPolicy): Grant | undefined {
    let best: Grant | undefined
    for (const grant of this.#judge(policy))
      if (grant.statement.effect === 'Allow' && grant.level > (best?.level ?? LEVELS.none)) best = grant
    return best
  }

  #judge(policy: NamedPolicy): readonly Grant[] {
    const known = this.#judged.get(policy)
    if (known !== undefined) return known
    const judged = explainable(policy.document).map((explained) => ({
      statement: explained.statement,
      level: judgeStatement(explained, this.#request),
    }))
    this.#judged.set(policy, judged)
    return judged
  }
}
