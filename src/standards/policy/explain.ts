import { decide, type Grant, resourceTypeOf, type StatementFinder } from './decide.ts'
import { explainAction, explainCondition, explainPrincipal, explainResource } from './explain-dimensions.ts'
import type {
  AuthorizationRequest,
  DimensionMatch,
  Explanation,
  NamedPolicy,
  PolicyType,
  Statement,
  StatementExplanation,
} from './model.ts'
import { rankNearest } from './nearest.ts'
import { LEVELS, type Level } from './principals.ts'
import { climb, policiesByType } from './rungs.ts'

/**
 * Why a request is decided as it is: the decision, what each type of policy says, and the statements that decided or came nearest.
 * It goes through every statement once more and costs a hundred times what `evaluate` does; its decision is the same.
 */
export function explain(request: AuthorizationRequest): Explanation {
  const finder = new ExplainingFinder(request)
  const decision = decide(request, finder)
  return {
    decision,
    rungs: climb(request, finder),
    nearest: rankNearest(request, decision, finder.explainAll(decision.decidedBy)),
  }
}

interface ExplainedStatement extends StatementExplanation {
  readonly level: Level
}

class ExplainingFinder implements StatementFinder {
  readonly #request: AuthorizationRequest

  constructor(request: AuthorizationRequest) {
    this.#request = request
  }

  findDeny(policy: NamedPolicy): Statement | undefined {
    return this.#matching(policy, 'Deny')[0]?.statement
  }

  findAllow(policy: NamedPolicy): Grant | undefined {
    const matching = this.#matching(policy, 'Allow')
    const level = Math.max(LEVELS.none, ...matching.map((one) => one.level))
    return matching.find((one) => one.level === level)
  }

  explainAll(policyType: PolicyType): readonly StatementExplanation[] {
    const policies = policiesByType(this.#request)[policyType].flat()
    return policies.flatMap((policy) =>
      policy.document.statements.map((statement) => {
        const { level: _, ...explanation } = this.#explain(statement, policy, policyType)
        return explanation
      }),
    )
  }

  #matching(policy: NamedPolicy, effect: Statement['effect']): readonly ExplainedStatement[] {
    return policy.document.statements
      .filter((statement) => statement.effect === effect)
      .map((statement) => this.#explain(statement, policy, resourceTypeOf(this.#request)))
      .filter(({ matches }) => matches)
  }

  #explain(statement: Statement, policy: NamedPolicy, policyType: PolicyType): ExplainedStatement {
    const request = this.#request
    const { document } = policy
    const principal = explainPrincipal(statement, document, request)
    const conditions = statement.conditions.map((condition) =>
      explainCondition(condition, document, request, statement.effect),
    )
    const dimensions: readonly (DimensionMatch | undefined)[] = [
      explainAction(statement, request),
      explainResource(statement, document, request),
      principal.match,
      ...conditions,
    ]
    const known = dimensions.filter((dimension) => dimension !== undefined)
    return {
      policy,
      policyType,
      statement,
      level: principal.level,
      matches: known.every(({ matches }) => matches),
      dimensions: known,
    }
  }
}
