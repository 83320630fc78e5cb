import type { ExplainableCondition, ExplainablePattern, ExplainableStatement } from './explainable.ts'
import type { Question } from './judge-statement.ts'
import {
  type Measure,
  measureAction,
  measureCondition,
  measurePrincipal,
  measureResource,
  namesOf,
  valuesOf,
} from './measure.ts'
import type { AuthorizationRequest, ContextKeys, DimensionMatch } from './model.ts'
import { type ReadVariable, readInResource, readValue, renderParts } from './pattern.ts'

/** Each dimension that the statement has, with what it asks for and what came. */
export function explainDimensions(explained: ExplainableStatement, question: Question): readonly DimensionMatch[] {
  const { keys } = question.request
  return [
    explainAction(explained, question),
    explainResource(explained, question),
    explainPrincipal(explained, question),
    ...explained.conditions.map((condition) => explainCondition(condition, keys)),
  ].filter((dimension) => dimension !== undefined)
}

function explainAction(explained: ExplainableStatement, question: Question): DimensionMatch {
  const measure = measureAction(explained, question)
  return {
    dimension: 'action',
    matches: measure.matches,
    wanted: explained.statement.actions.patterns,
    got: [question.request.action],
    ...place(measure),
  }
}

function explainResource(explained: ExplainableStatement, question: Question): DimensionMatch | undefined {
  const measure = measureResource(explained, question)
  if (measure === undefined) return undefined
  const { resource, keys } = question.request
  return {
    dimension: 'resource',
    matches: measure.matches,
    wanted: renderAll(explained.resources, keys, readInResource),
    got: [resource],
    ...place(measure),
  }
}

function explainPrincipal(explained: ExplainableStatement, question: Question): DimensionMatch | undefined {
  const measure = measurePrincipal(explained, question)
  if (measure === undefined) return undefined
  return {
    dimension: 'principal',
    matches: measure.matches,
    wanted: (explained.statement.principals?.entries ?? []).map(({ value }) => value),
    got: namesOf(question.request.principal),
    ...place(measure),
  }
}

function explainCondition(explained: ExplainableCondition, keys: AuthorizationRequest['keys']): DimensionMatch {
  const measure = measureCondition(explained, keys)
  const { operator, key } = explained.condition
  return {
    dimension: 'condition',
    matches: measure.matches,
    operator,
    key,
    wanted: renderAll(explained.values, keys, readValue),
    got: valuesOf(explained.key, keys),
    ...place(measure),
  }
}

function renderAll(patterns: readonly ExplainablePattern[], keys: ContextKeys, read: ReadVariable): readonly string[] {
  return patterns.map(({ parts }) => renderParts(parts, keys, read))
}

function place({ differsAt }: Measure): Pick<DimensionMatch, 'differsAt'> {
  return differsAt === undefined ? {} : { differsAt }
}
