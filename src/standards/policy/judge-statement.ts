import { foldAction } from './actions.ts'
import type { ExplainableStatement } from './explainable.ts'
import type { AuthorizationRequest } from './model.ts'
import { LEVELS, type Level } from './principals.ts'

/** A request as every statement is asked it: what does not change from one to the next is made once. */
export interface Question {
  readonly request: AuthorizationRequest
  /** As `foldAction` gives it. */
  readonly action: string
  /** Of the action: `s3:`. */
  readonly service: string
}

export function questionOf(request: AuthorizationRequest): Question {
  const action = foldAction(request.action)
  return { request, action, service: `${action.split(':', 1)[0] ?? ''}:` }
}

/** How closely a statement that holds for the request names the requester; `none` when it does not hold. */
export function judgeStatement(explained: ExplainableStatement, question: Question): Level {
  if (!fitsAction(explained, question)) return LEVELS.none
  const { request } = question
  const level = explained.levelOf(request)
  if (level === LEVELS.none || !fitsResource(explained, request)) return LEVELS.none
  return explained.conditions.every(({ holds }) => holds(request.keys)) ? level : LEVELS.none
}

export function fitsAction({ statement, actions }: ExplainableStatement, { action }: Question): boolean {
  return actions.some(({ fits }) => fits(action)) !== statement.actions.not
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
