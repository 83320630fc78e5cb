import { foldAction } from './actions.ts'
import type { AuthorizationRequest, Decision, DimensionMatch, StatementExplanation } from './model.ts'

const MOST = 2

/** Of the statements of the deciding type: those that decided, or the Allows that came nearest; at most two, nearest first. */
export function rankNearest(
  request: AuthorizationRequest,
  decision: Decision,
  statements: readonly StatementExplanation[],
): readonly StatementExplanation[] {
  if (decision.outcome === 'explicit-deny') return statements.filter(isOf('Deny')).filter(hasMatched).slice(0, MOST)
  const allows = statements.filter(isOf('Allow'))
  if (decision.outcome === 'allow') return allows.filter(hasMatched).slice(0, MOST)
  return allows
    .filter((statement) => !statement.matches && comesNear(statement, request))
    .map((statement) => ({ statement, score: scoreOf(statement.dimensions) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST)
    .map(({ statement }) => statement)
}

const isOf = (effect: 'Allow' | 'Deny') => (one: StatementExplanation) => one.statement.effect === effect
const hasMatched = ({ matches }: StatementExplanation) => matches

/** A statement about another service, for everything there, is no near miss: it would only confuse. */
function comesNear({ dimensions, statement }: StatementExplanation, { action }: AuthorizationRequest): boolean {
  const service = foldAction(action).split(':')[0] ?? ''
  const isAboutService = statement.actions.patterns.some((pattern) => foldAction(pattern).startsWith(`${service}:`))
  if (isAboutService) return true
  return dimensions.some(
    ({ dimension, matches, wanted }) =>
      matches && (dimension === 'action' || (dimension === 'resource' && !wanted.includes('*'))),
  )
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
