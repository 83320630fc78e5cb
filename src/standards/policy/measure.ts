import type { ExplainableCondition, ExplainablePattern, ExplainableStatement } from './explainable.ts'
import { agreement, commonStart, globOf } from './glob.ts'
import { fitsAction, fitsResource, type Question } from './judge-statement.ts'
import type { ContextKeys, PolicyPrincipal } from './model.ts'
import { type ReadVariable, readInResource, readValue, resolveParts } from './pattern.ts'
import { LEVELS } from './principals.ts'

/** Whether one dimension of a statement matches, and how far it goes along with what came if it does not. */
export interface Measure {
  readonly matches: boolean
  /** Of no meaning where it matches. */
  readonly differsAt?: number
}

const MATCH: Measure = { matches: true }
const MISS: Measure = { matches: false }

export function measureAction(explained: ExplainableStatement, question: Question): Measure {
  if (fitsAction(explained, question)) return MATCH
  return missOf(explained.actions, question.action, (pattern, text) => agreeingLength(pattern, text, FIXED))
}

/** Undefined where the kind of document has no resources: a role's trust policy is about that role. */
export function measureResource(explained: ExplainableStatement, { request }: Question): Measure | undefined {
  if (explained.statement.resources === undefined && explained.needs.resource === 'forbidden') return undefined
  if (fitsResource(explained, request)) return MATCH
  const reading = { keys: request.keys, read: readInResource }
  return missOf(explained.resources, request.resource, (pattern, text) => agreeingLength(pattern, text, reading))
}

/** Undefined where the kind of document has no principals. */
export function measurePrincipal(
  { statement, needs, levelOf }: ExplainableStatement,
  { request }: Question,
): Measure | undefined {
  if (statement.principals === undefined && needs.principal === 'forbidden') return undefined
  if (levelOf(request) !== LEVELS.none) return MATCH
  const [name = '', ...more] = namesOf(request.principal)
  if (more.length > 0) return MISS
  return missOf(statement.principals?.entries ?? [], name, ({ value }, text) => commonStart(value, text))
}

/** How a policy would have to name the requester, the lasting name first. */
export function namesOf(principal: PolicyPrincipal): readonly string[] {
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

export function measureCondition({ key, operator, holds, values }: ExplainableCondition, keys: ContextKeys): Measure {
  if (holds(keys)) return MATCH
  // Only texts that should have been alike differ at a place: numbers, dates and addresses differ as a whole.
  const isAlike =
    operator?.operator.kind === 'comparison' &&
    !operator.operator.isNegated &&
    operator.operator.comparison.reads !== 'text'
  const got = valuesOf(key, keys)
  if (!isAlike || got?.length !== 1) return MISS
  const reading = { keys, read: readValue }
  return missOf(values, got[0] ?? '', (pattern, text) => agreeingLength(pattern, text, reading))
}

export function valuesOf(key: string, keys: ContextKeys): readonly string[] | undefined {
  const found = keys.get(key)
  return typeof found === 'string' ? [found] : found
}

/** How far the text agrees with the pattern that it agrees with longest. */
function missOf<P>(patterns: readonly P[], text: string, lengthOf: (pattern: P, text: string) => number): Measure {
  if (patterns.length === 0) return MISS
  let differsAt = 0
  for (const pattern of patterns) differsAt = Math.max(differsAt, lengthOf(pattern, text))
  return { matches: false, differsAt }
}

interface Reading {
  readonly keys: ContextKeys
  readonly read: ReadVariable
}

const FIXED: Reading = { keys: { get: () => undefined }, read: readValue }

function agreeingLength({ parts, glob }: ExplainablePattern, text: string, { keys, read }: Reading): number {
  if (glob !== undefined) return agreement(glob, text)
  const [first] = parts
  if (first?.kind === 'text') {
    // What stands before the first variable mostly tells already.
    const common = commonStart(first.text, text)
    if (common < first.text.length) return common
  }
  return agreement(globOf(resolveParts(parts, keys, read) ?? parts), text)
}
