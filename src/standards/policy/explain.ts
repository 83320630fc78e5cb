import { decide, type Grant, type StatementFinder } from './decide.ts'
import { type ExplainableStatement, explainable } from './explainable.ts'
import { judgeStatement, type Question, questionOf } from './judge-statement.ts'
import type { AuthorizationRequest, Decision, Explanation, NamedPolicy, Statement } from './model.ts'
import { rankNearest } from './nearest.ts'
import { LEVELS } from './principals.ts'
import { climb, policiesByType } from './rungs.ts'

/**
 * Why a request is decided as it is: the decision, what each type of policy says, and the statements that decided or came nearest.
 * It goes through every statement in its order, without the shortcuts of `evaluate`; its decision is the same.
 */
export function explain(request: AuthorizationRequest): Explanation {
  const question = questionOf(request)
  const finder = new StepwiseFinder(question)
  const decision = decide(request, finder)
  const levels = policiesByType(request)[decision.decidedBy]
  const policies = levels.filter((level) => isToBlame(level, decision, finder)).flat()
  const judged = policies.map((policy) => ({ policy, held: finder.judge(policy).held }))
  return { decision, rungs: climb(request, finder), nearest: rankNearest(question, decision, judged) }
}

/** Each level of service control policies must allow it: those that do have no part in what is missing. */
function isToBlame(level: readonly NamedPolicy[], decision: Decision, finder: StatementFinder): boolean {
  const isMissing = decision.outcome === 'implicit-deny' && decision.decidedBy === 'service-control'
  return !isMissing || !level.some((policy) => finder.findAllow(policy) !== undefined)
}

/** What one policy says of the request. */
interface Judgement {
  /** In the document's order. */
  readonly held: ReadonlySet<ExplainableStatement>
  readonly deny: Statement | undefined
  readonly allow: Grant | undefined
}

/** Asks one statement after the other. */
class StepwiseFinder implements StatementFinder {
  readonly #question: Question
  /** Every policy is asked several times. */
  readonly #judged = new Map<NamedPolicy, Judgement>()

  constructor(question: Question) {
    this.#question = question
  }

  findDeny(policy: NamedPolicy): Statement | undefined {
    return this.judge(policy).deny
  }

  findAllow(policy: NamedPolicy): Grant | undefined {
    return this.judge(policy).allow
  }

  judge(policy: NamedPolicy): Judgement {
    const known = this.#judged.get(policy)
    if (known !== undefined) return known
    const held = new Set<ExplainableStatement>()
    let deny: Statement | undefined
    let allow: Grant | undefined
    for (const explained of explainable(policy.document)) {
      const level = judgeStatement(explained, this.#question)
      if (level === LEVELS.none) continue
      const { statement } = explained
      held.add(explained)
      if (statement.effect === 'Deny') deny ??= statement
      else if (level > (allow?.level ?? LEVELS.none)) allow = { statement, level }
    }
    const judgement = { held, deny, allow }
    this.#judged.set(policy, judgement)
    return judgement
  }
}
