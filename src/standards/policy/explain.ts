import { decide, type Grant, type StatementFinder } from './decide.ts'
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

/** `policyType` is told where the statement is shown; the rest depends on the request alone. */
interface ExplainedStatement extends Omit<StatementExplanation, 'policyType'> {
  readonly level: Level
}

class ExplainingFinder implements StatementFinder {
  readonly #request: AuthorizationRequest
  /** Every policy is asked several times. */
  readonly #explained = new Map<NamedPolicy, readonly ExplainedStatement[]>()

  constructor(request: AuthorizationRequest) {
    this.#request = request
  }

  findDeny(policy: NamedPolicy): Statement | undefined {
    return this.#matching(policy, 'Deny')[0]?.statement
  }

  findAllow(policy: NamedPolicy): Grant | undefined {
    const matching = this.#matching(policy, 'Allow')
    const level = Math.max(LEVELS.none, ...matching.map((one) => one.level))
    const best = matching.find((one) => one.level === level)
    return best === undefined ? undefined : { statement: best.statement, level: best.level }
  }

  explainAll(policyType: PolicyType): readonly StatementExplanation[] {
    const policies = policiesByType(this.#request)[policyType].flat()
    return policies.flatMap((policy) =>
      this.#explain(policy).map(({ statement, matches, dimensions }) => ({
        policy,
        policyType,
        statement,
        matches,
        dimensions,
      })),
    )
  }

  #matching(policy: NamedPolicy, effect: Statement['effect']): readonly ExplainedStatement[] {
    return this.#explain(policy).filter(({ statement, matches }) => matches && statement.effect === effect)
  }

  #explain(policy: NamedPolicy): readonly ExplainedStatement[] {
    const known = this.#explained.get(policy)
    if (known !== undefined) return known
    const statements = policy.document.statements.map((statement) => explainStatement(statement, policy, this.#request))
    this.#explained.set(policy, statements)
    return statements
  }
}

function explainStatement(
  statement: Statement,
  policy: NamedPolicy,
  request: AuthorizationRequest,
): ExplainedStatement {
  const { document } = policy
  const principal = explainPrincipal(statement, document, request)
  const conditions = statement.conditions.map((condition) =>
    explainCondition(condition, document, request, statement.effect),
  )
  const dimensions: readonly DimensionMatch[] = [
    explainAction(statement, request),
    explainResource(statement, document, request),
    principal.match,
    ...conditions,
  ].filter((dimension) => dimension !== undefined)
  const matches = dimensions.every((dimension) => dimension.matches)
  return { policy, statement, level: principal.level, matches, dimensions }
}
