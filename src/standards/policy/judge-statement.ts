import { foldAction } from './actions.ts'
import type { ExplainableStatement } from './explainable.ts'
import type { AuthorizationRequest } from './model.ts'
import { LEVELS, type Level } from './principals.ts'

/** How closely a statement that holds for the request names the requester; `none` when it does not hold. */
export function judgeStatement(explained: ExplainableStatement, request: AuthorizationRequest): Level {
  if (!fitsAction(explained, request)) return LEVELS.none
  const level = explained.levelOf(request)
  if (level === LEVELS.none || !fitsResource(explained, request)) return LEVELS.none
  return explained.conditions.every(({ holds }) => holds(request.keys)) ? level : LEVELS.none
}

export function fitsAction({ statement, actions }: ExplainableStatement, { action }: AuthorizationRequest): boolean {
  const folded = foldAction(action)
  return actions.some(({ fits }) => fits(folded)) !== statement.actions.not
}

export function fitsResource(
  { statement, resources, needs }: ExplainableStatement,
  { resource, keys }: AuthorizationRequest,
): boolean {
  if (statement.resources === undefined) return needs.resource === 'forbidden'
  // A pattern that means nothing in this request counts neither as listed nor as left out.
  if (statement.resources.not) return resources.every(({ matches }) => matches(resource, keys) === false)
  return resources.some(({ matches }) => matches(resource, keys) === true)
}
