import { foldAction } from './actions.ts'
import type { ExplainableCondition, ExplainableStatement } from './explainable.ts'
import { agreement, globOf } from './glob.ts'
import { fitsAction, fitsResource } from './judge-statement.ts'
import type { AuthorizationRequest, ContextKeys, DimensionMatch, PolicyPrincipal } from './model.ts'
import { type Part, type ReadVariable, readInResource, readValue, renderParts, resolveParts } from './pattern.ts'
import { LEVELS } from './principals.ts'

/** Each dimension that the statement has, with what it asks for and what came. */
export function explainDimensions(
  explained: ExplainableStatement,
  request: AuthorizationRequest,
): readonly DimensionMatch[] {
  return [
    explainAction(explained, request),
    explainResource(explained, request),
    explainPrincipal(explained, request),
    ...explained.conditions.map((condition) => explainCondition(condition, request)),
  ].filter((dimension) => dimension !== undefined)
}

function explainAction(explained: ExplainableStatement, request: AuthorizationRequest): DimensionMatch {
  const matches = fitsAction(explained, request)
  const patterns = explained.actions.map(({ parts }) => parts)
  return {
    dimension: 'action',
    matches,
    wanted: explained.statement.actions.patterns,
    got: [request.action],
    ...place(matches ? undefined : nearestDifference(patterns, foldAction(request.action))),
  }
}

/** Undefined where the kind of document has no resources: a role's trust policy is about that role. */
function explainResource(explained: ExplainableStatement, request: AuthorizationRequest): DimensionMatch | undefined {
  if (explained.statement.resources === undefined && explained.needs.resource === 'forbidden') return undefined
  const { resource, keys } = request
  const matches = fitsResource(explained, request)
  const patterns = explained.resources.map(({ parts }) => parts)
  const resolved = resolveAll(patterns, keys, readInResource)
  return {
    dimension: 'resource',
    matches,
    wanted: patterns.map((parts) => renderParts(parts, keys, readInResource)),
    got: [resource],
    ...place(matches ? undefined : nearestDifference(resolved, resource)),
  }
}

/** Undefined where the kind of document has no principals. */
function explainPrincipal(
  { statement, needs, levelOf }: ExplainableStatement,
  request: AuthorizationRequest,
): DimensionMatch | undefined {
  if (statement.principals === undefined && needs.principal === 'forbidden') return undefined
  const got = namesOf(request.principal)
  const matches = levelOf(request) !== LEVELS.none
  const wanted = (statement.principals?.entries ?? []).map(({ value }) => value)
  const texts = wanted.map((value): readonly Part[] => [{ kind: 'text', text: value }])
  const differsAt = matches || got.length > 1 ? undefined : nearestDifference(texts, got[0] ?? '')
  return { dimension: 'principal', matches, wanted, got, ...place(differsAt) }
}

/** How a policy would have to name the requester, the lasting name first. */
function namesOf(principal: PolicyPrincipal): readonly string[] {
  switch (principal.kind) {
    case 'user':
    case 'root':
      return [principal.arn]
    case 'role-session':
      return [principal.roleArn, principal.arn]
    case 'web-identity':
      return [principal.providerArn]
    case 'service':
      return [principal.name]
    case 'anonymous':
      return ['*']
  }
}

function explainCondition(
  { condition, operator, holds, values }: ExplainableCondition,
  { keys }: AuthorizationRequest,
): DimensionMatch {
  const matches = holds(keys)
  const found = keys.get(condition.key.toLowerCase())
  const got = typeof found === 'string' ? [found] : found
  // Only texts that should have been alike differ at a place: numbers, dates and addresses differ as a whole.
  const isAlike =
    operator?.operator.kind === 'comparison' &&
    !operator.operator.isNegated &&
    operator.operator.comparison.reads !== 'text'
  const isPlace = !matches && isAlike && got?.length === 1
  const differsAt = isPlace ? nearestDifference(resolveAll(values, keys, readValue), got[0] ?? '') : undefined
  return {
    dimension: 'condition',
    matches,
    operator: condition.operator,
    key: condition.key,
    wanted: values.map((parts) => renderParts(parts, keys, readValue)),
    got,
    ...place(differsAt),
  }
}

function resolveAll(
  patterns: readonly (readonly Part[])[],
  keys: ContextKeys,
  read: ReadVariable,
): readonly (readonly Part[])[] {
  return patterns.map((parts) => resolveParts(parts, keys, read) ?? parts)
}

/** How far the text agrees with the pattern that it agrees with longest. */
function nearestDifference(patterns: readonly (readonly Part[])[], text: string): number | undefined {
  if (patterns.length === 0) return undefined
  return patterns.reduce((most, parts) => Math.max(most, agreement(globOf(parts), text)), 0)
}

function place(differsAt: number | undefined): Pick<DimensionMatch, 'differsAt'> {
  return differsAt === undefined ? {} : { differsAt }
}
