import { compileAction, foldAction } from './actions.ts'
import { type ConditionTest, compileCondition } from './conditions.ts'
import type { Matcher, TextTest } from './glob.ts'
import { KINDS } from './kinds.ts'
import type { Condition, PolicyDocument, Statement } from './model.ts'
import { parseOperator, type QualifiedOperator } from './operators/index.ts'
import { type Part, parsePattern, variablesOf } from './pattern.ts'
import { compilePrincipals, LEVELS, type PrincipalTest } from './principals.ts'
import { compileResource } from './resources.ts'

/** A statement with each of its patterns as a test of its own, so that one can tell which of them failed. */
export interface ExplainableStatement {
  readonly statement: Statement
  readonly needs: (typeof KINDS)[PolicyDocument['kind']]
  readonly actions: readonly { readonly fits: TextTest; readonly parts: readonly Part[] }[]
  readonly resources: readonly { readonly matches: Matcher; readonly parts: readonly Part[] }[]
  readonly levelOf: PrincipalTest
  readonly conditions: readonly ExplainableCondition[]
}

export interface ExplainableCondition {
  readonly condition: Condition
  readonly operator: QualifiedOperator | undefined
  readonly holds: ConditionTest
  readonly values: readonly (readonly Part[])[]
}

/** The statements of a document, in its order; taken apart once, and kept as long as the document is. */
export function explainable(document: PolicyDocument): readonly ExplainableStatement[] {
  const known = EXPLAINABLE.get(document)
  if (known !== undefined) return known
  const made = document.statements.map((statement) => takeApart(statement, document))
  EXPLAINABLE.set(document, made)
  return made
}

const EXPLAINABLE = new WeakMap<PolicyDocument, readonly ExplainableStatement[]>()

function takeApart(statement: Statement, document: PolicyDocument): ExplainableStatement {
  const { actions, resources, principals, conditions, effect } = statement
  const needs = KINDS[document.kind]
  const variables = variablesOf(document.version)
  return {
    statement,
    needs,
    actions: actions.patterns.map((pattern) => ({
      fits: compileAction(pattern),
      parts: parsePattern(foldAction(pattern), { wildcards: 'read', variables: 'literal' }),
    })),
    resources: (resources?.patterns ?? []).map((pattern) => ({
      matches: compileResource(pattern, document),
      parts: parsePattern(pattern, { wildcards: 'read', variables }),
    })),
    levelOf:
      principals === undefined
        ? () => (needs.principal === 'forbidden' ? LEVELS.direct : LEVELS.none)
        : compilePrincipals(principals, effect),
    conditions: conditions.map((condition) => takeConditionApart(condition, document, effect)),
  }
}

function takeConditionApart(
  condition: Condition,
  { version }: PolicyDocument,
  effect: Statement['effect'],
): ExplainableCondition {
  const qualified = parseOperator(condition.operator)
  const operator = qualified?.operator
  const reads = operator?.kind === 'comparison' ? operator.comparison.reads : 'text'
  return {
    condition,
    operator: qualified,
    // TWIN: compile.ts; what is not understood never lets anybody in.
    holds: compileCondition(condition, version) ?? (() => effect === 'Deny'),
    values: condition.values.map((value) =>
      parsePattern(value, {
        wildcards: reads === 'wildcards' ? 'read' : 'literal',
        variables: reads === 'text' ? 'literal' : variablesOf(version),
      }),
    ),
  }
}
