import { compileAction, foldAction } from './actions.ts'
import { compileCondition } from './conditions.ts'
import { agreement, globOf, type Matcher } from './glob.ts'
import { KINDS } from './kinds.ts'
import type {
  AuthorizationRequest,
  Condition,
  DimensionMatch,
  PolicyDocument,
  PolicyPrincipal,
  Statement,
} from './model.ts'
import { parseOperator } from './operators/index.ts'
import {
  type Part,
  type PatternSyntax,
  parsePattern,
  readInResource,
  readValue,
  renderParts,
  resolveParts,
  variablesOf,
} from './pattern.ts'
import { compilePrincipals, LEVELS, type Level } from './principals.ts'
import { compileResource } from './resources.ts'

export function explainAction({ actions }: Statement, { action }: AuthorizationRequest): DimensionMatch {
  const folded = foldAction(action)
  const fits = actions.patterns.some((pattern) => compileAction(pattern)(folded))
  const matches = actions.not ? !fits : fits
  const patterns = actions.patterns.map((pattern) =>
    parsePattern(foldAction(pattern), { wildcards: 'read', variables: 'literal' }),
  )
  const differsAt = matches ? undefined : nearestDifference(patterns, folded)
  return { dimension: 'action', matches, wanted: actions.patterns, got: [action], ...place(differsAt) }
}

/** Undefined where the kind of document has no resources: a role's trust policy is about that role. */
export function explainResource(
  { resources }: Statement,
  document: PolicyDocument,
  { resource, keys }: AuthorizationRequest,
): DimensionMatch | undefined {
  if (resources === undefined) {
    if (KINDS[document.kind].resource === 'forbidden') return undefined
    return { dimension: 'resource', matches: false, wanted: [], got: [resource] }
  }
  const answers = resources.patterns.map((pattern) => {
    const matcher: Matcher = compileResource(pattern, document)
    return matcher(resource, keys)
  })
  const matches = resources.not ? answers.every((answer) => answer === false) : answers.includes(true)
  const syntax: PatternSyntax = { wildcards: 'read', variables: variablesOf(document.version) }
  const patterns = resources.patterns.map((pattern) => parsePattern(pattern, syntax))
  const resolved = patterns.map((parts) => resolveParts(parts, keys, readInResource) ?? parts)
  const differsAt = matches ? undefined : nearestDifference(resolved, resource)
  const wanted = patterns.map((parts) => renderParts(parts, keys, readInResource))
  return { dimension: 'resource', matches, wanted, got: [resource], ...place(differsAt) }
}

export interface PrincipalMatch {
  readonly level: Level
  /** Undefined where the kind of document has no principals. */
  readonly match?: DimensionMatch
}

export function explainPrincipal(
  { principals, effect }: Statement,
  document: PolicyDocument,
  request: AuthorizationRequest,
): PrincipalMatch {
  const got = namesOf(request.principal)
  if (principals === undefined) {
    if (KINDS[document.kind].principal === 'forbidden') return { level: LEVELS.direct }
    return { level: LEVELS.none, match: { dimension: 'principal', matches: false, wanted: [], got } }
  }
  const level = compilePrincipals(principals, effect)(request)
  const matches = level !== LEVELS.none
  const wanted = principals.entries.map(({ value }) => value)
  const [name = ''] = got
  const texts = wanted.map((value): readonly Part[] => [{ kind: 'text', text: value }])
  const differsAt = matches || got.length > 1 ? undefined : nearestDifference(texts, name)
  return { level, match: { dimension: 'principal', matches, wanted, got, ...place(differsAt) } }
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

export function explainCondition(
  condition: Condition,
  { version }: PolicyDocument,
  request: AuthorizationRequest,
  effect: Statement['effect'],
): DimensionMatch {
  const { keys } = request
  const test = compileCondition(condition, version)
  const matches = test === undefined ? effect === 'Deny' : test(keys)
  const found = keys.get(condition.key.toLowerCase())
  const got = typeof found === 'string' ? [found] : found
  const operator = parseOperator(condition.operator)?.operator
  const reads = operator?.kind === 'comparison' ? operator.comparison.reads : 'text'
  const patterns = condition.values.map((value) =>
    parsePattern(value, {
      wildcards: reads === 'wildcards' ? 'read' : 'literal',
      variables: reads === 'text' ? 'literal' : variablesOf(version),
    }),
  )
  const resolved = patterns.map((parts) => resolveParts(parts, keys, readValue) ?? parts)
  const isPlain = operator?.kind === 'comparison' && !operator.isNegated && reads !== 'text'
  const differsAt = matches || !isPlain || got?.length !== 1 ? undefined : nearestDifference(resolved, got[0] ?? '')
  return {
    dimension: 'condition',
    matches,
    operator: condition.operator,
    key: condition.key,
    wanted: patterns.map((parts) => renderParts(parts, keys, readValue)),
    got,
    ...place(differsAt),
  }
}

/** How far the text agrees with the pattern that it agrees with longest. */
function nearestDifference(patterns: readonly (readonly Part[])[], text: string): number | undefined {
  if (patterns.length === 0) return undefined
  return Math.max(...patterns.map((parts) => agreement(globOf(parts.map(asText)), text)))
}

/** A variable without a value is the text that stands for it. */
function asText(part: Part): Part {
  return part.kind === 'variable' ? { kind: 'text', text: part.written } : part
}

function place(differsAt: number | undefined): Pick<DimensionMatch, 'differsAt'> {
  return differsAt === undefined ? {} : { differsAt }
}
