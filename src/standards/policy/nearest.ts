import { explainDimensions } from './explain-dimensions.ts'
import { type ExplainableStatement, explainable } from './explainable.ts'
import { fitsAction, type Question } from './judge-statement.ts'
import {
  type Measure,
  measureAction,
  measureCondition,
  measurePrincipal,
  measureResource,
  namesOf,
  valuesOf,
} from './measure.ts'
import type { Decision, DimensionMatch, NamedPolicy, Statement, StatementExplanation } from './model.ts'

const MOST = 2

/** A policy of the deciding type, and its statements that hold. */
export interface JudgedPolicy {
  readonly policy: NamedPolicy
  readonly held: ReadonlySet<ExplainableStatement>
}

interface Candidate {
  readonly policy: NamedPolicy
  readonly explained: ExplainableStatement
}

/** Of the statements of the deciding type: those that decided, or the Allows that came nearest; at most two, nearest first. */
export function rankNearest(
  question: Question,
  decision: Decision,
  policies: readonly JudgedPolicy[],
): readonly StatementExplanation[] {
  const found =
    decision.outcome === 'implicit-deny' ? findNearest(question, policies) : findDeciding(decision, policies)
  return found.map(({ policy, explained }) => {
    const dimensions = explainDimensions(explained, question)
    const matches = dimensions.every((dimension) => dimension.matches)
    return { policy, policyType: decision.decidedBy, statement: explained.statement, matches, dimensions }
  })
}

function findDeciding({ outcome }: Decision, policies: readonly JudgedPolicy[]): readonly Candidate[] {
  const effect: Statement['effect'] = outcome === 'explicit-deny' ? 'Deny' : 'Allow'
  return policies
    .flatMap(({ policy, held }) => [...held].map((explained): Candidate => ({ policy, explained })))
    .filter(({ explained }) => explained.statement.effect === effect)
    .slice(0, MOST)
}

function findNearest(question: Question, policies: readonly JudgedPolicy[]): readonly Candidate[] {
  const near: (Candidate & { readonly score: number })[] = []
  for (const { policy, held } of policies)
    for (const explained of explainable(policy.document))
      if (explained.statement.effect === 'Allow' && !held.has(explained) && comesNear(explained, question))
        near.push({ policy, explained, score: scoreOf(explained, question) })
  return near.sort((one, other) => other.score - one.score).slice(0, MOST)
}

/** A statement about another service, for everything there, is no near miss: it would only confuse. */
function comesNear(explained: ExplainableStatement, question: Question): boolean {
  if (explained.services.has(question.service) || fitsAction(explained, question)) return true
  const { resources } = explained.statement
  if (resources === undefined || resources.not || resources.patterns.includes('*')) return false
  const { resource, keys } = question.request
  return explained.resources.some(({ matches }) => matches(resource, keys) === true)
}

const WEIGHTS = { action: 8, principal: 6, resource: 5, condition: 3 } as const satisfies Record<
  DimensionMatch['dimension'],
  number
>

/** Matching dimensions count whole, the others by how far wanted and got agree; all conditions together count as one. */
function scoreOf(explained: ExplainableStatement, question: Question): number {
  const { action, resource, principal, keys } = question.request
  const { conditions } = explained
  let score = WEIGHTS.action * closeness(measureAction(explained, question), action)
  const byResource = measureResource(explained, question)
  if (byResource !== undefined) score += WEIGHTS.resource * closeness(byResource, resource)
  const byPrincipal = measurePrincipal(explained, question)
  if (byPrincipal !== undefined) score += WEIGHTS.principal * closeness(byPrincipal, namesOf(principal)[0])
  if (conditions.length === 0) return score + WEIGHTS.condition
  let held = 0
  for (const condition of conditions)
    held += WEIGHTS.condition * closeness(measureCondition(condition, keys), valuesOf(condition.key, keys)?.[0])
  return score + held / conditions.length
}

function closeness({ matches, differsAt = 0 }: Measure, got = ''): number {
  if (matches) return 1
  return got === '' ? 0 : (0.5 * Math.min(differsAt, got.length)) / got.length
}
