import { foldAction } from './actions.ts'
import { explainDimensions } from './explain-dimensions.ts'
import { type ExplainableStatement, explainable } from './explainable.ts'
import { fitsAction, judgeStatement } from './judge-statement.ts'
import type {
  AuthorizationRequest,
  Decision,
  DimensionMatch,
  NamedPolicy,
  Statement,
  StatementExplanation,
} from './model.ts'
import { LEVELS } from './principals.ts'

const MOST = 2

interface Candidate {
  readonly policy: NamedPolicy
  readonly explained: ExplainableStatement
}

/** Of the statements of the deciding type: those that decided, or the Allows that came nearest; at most two, nearest first. */
export function rankNearest(
  request: AuthorizationRequest,
  decision: Decision,
  policies: readonly NamedPolicy[],
): readonly StatementExplanation[] {
  const effect: Statement['effect'] = decision.outcome === 'explicit-deny' ? 'Deny' : 'Allow'
  const candidates = policies.flatMap((policy) =>
    explainable(policy.document)
      .filter(({ statement }) => statement.effect === effect)
      .map((explained): Candidate => ({ policy, explained })),
  )
  const holds = ({ explained }: Candidate) => judgeStatement(explained, request) !== LEVELS.none
  const describe = ({ policy, explained }: Candidate): StatementExplanation => {
    const dimensions = explainDimensions(explained, request)
    const matches = dimensions.every((dimension) => dimension.matches)
    return { policy, policyType: decision.decidedBy, statement: explained.statement, matches, dimensions }
  }
  if (decision.outcome !== 'implicit-deny') return candidates.filter(holds).slice(0, MOST).map(describe)
  return candidates
    .filter((candidate) => comesNear(candidate.explained, request) && !holds(candidate))
    .map(describe)
    .map((statement) => ({ statement, score: scoreOf(statement.dimensions) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST)
    .map(({ statement }) => statement)
}

/** A statement about another service, for everything there, is no near miss: it would only confuse. */
function comesNear(explained: ExplainableStatement, request: AuthorizationRequest): boolean {
  const service = `${foldAction(request.action).split(':')[0] ?? ''}:`
  const { actions, resources } = explained.statement
  if (actions.patterns.some((pattern) => foldAction(pattern).startsWith(service))) return true
  if (fitsAction(explained, request)) return true
  if (resources === undefined || resources.not || resources.patterns.includes('*')) return false
  return explained.resources.some(({ matches }) => matches(request.resource, request.keys) === true)
}

const WEIGHTS = { action: 8, principal: 6, resource: 5, condition: 3 } as const satisfies Record<
  DimensionMatch['dimension'],
  number
>

/** Matching dimensions count whole, the others by how far wanted and got agree; all conditions together count as one. */
function scoreOf(dimensions: readonly DimensionMatch[]): number {
  const conditions = dimensions.filter(({ dimension }) => dimension === 'condition')
  const others = dimensions.filter(({ dimension }) => dimension !== 'condition')
  const weigh = (match: DimensionMatch) => WEIGHTS[match.dimension] * closeness(match)
  const sum = (matches: readonly DimensionMatch[]) => matches.reduce((total, match) => total + weigh(match), 0)
  return sum(others) + (conditions.length === 0 ? WEIGHTS.condition : sum(conditions) / conditions.length)
}

function closeness({ matches, differsAt = 0, got }: DimensionMatch): number {
  if (matches) return 1
  const length = got?.[0]?.length ?? 0
  return length === 0 ? 0 : (0.5 * Math.min(differsAt, length)) / length
}
