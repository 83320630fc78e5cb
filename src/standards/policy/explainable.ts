import { compileAction, foldAction } from './actions.ts'
import { type ConditionTest, compileCondition } from './conditions.ts'
import { type Glob, globOf, type Matcher, type TextTest } from './glob.ts'
import { KINDS } from './kinds.ts'
import type { Condition, PolicyDocument, Statement } from './model.ts'
import { parseOperator, type QualifiedOperator } from './operators/index.ts'
import { hasVariables, type Part, type PatternSyntax, parsePattern, variablesOf } from './pattern.ts'
import { compilePrincipals, LEVELS, type PrincipalTest } from './principals.ts'
import { compileResource } from './resources.ts'

/** A statement with each of its patterns as a test of its own, so that one can tell which of them failed. */
export interface ExplainableStatement {
  readonly statement: Statement
  readonly needs: (typeof KINDS)[PolicyDocument['kind']]
  readonly actions: readonly (ExplainablePattern & { readonly fits: TextTest })[]
  /** The services that its actions name, such as `s3:`. */
  readonly services: ReadonlySet<string>
  readonly resources: readonly (ExplainablePattern & { readonly matches: Matcher })[]
  readonly levelOf: PrincipalTest
  readonly conditions: readonly ExplainableCondition[]
}

export interface ExplainablePattern {
  readonly parts: readonly Part[]
  /** Undefined where it depends on the request: the pattern has variables. */
  readonly glob: Glob | undefined
}

export interface ExplainableCondition {
  readonly condition: Condition
  /** In lower case. */
  readonly key: string
  readonly operator: QualifiedOperator | undefined
  readonly holds: ConditionTest
  readonly values: readonly ExplainablePattern[]
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
  const folded = actions.patterns.map(foldAction)
  return {
    statement,
    needs,
    actions: folded.map((pattern) => ({
      fits: compileAction(pattern),
      ...takePatternApart(pattern, { wildcards: 'read', variables: 'literal' }),
    })),
    services: new Set(folded.map((pattern) => pattern.slice(0, pattern.indexOf(':') + 1))),
    resources: (resources?.patterns ?? []).map((pattern) => ({
      matches: compileResource(pattern, document),
      ...takePatternApart(pattern, { wildcards: 'read', variables }),
    })),
    levelOf:
      principals === undefined
        ? () => (needs.principal === 'forbidden' ? LEVELS.direct : LEVELS.none)
        : compilePrincipals(principals, effect),
    conditions: conditions.map((condition) => takeConditionApart(condition, document, effect)),
  }
}

function takePatternApart(text: string, syntax: PatternSyntax): ExplainablePattern {
  const parts = parsePattern(text, syntax)
  return { parts, glob: hasVariables(parts) ? undefined : globOf(parts) }
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
    key: condition.key.toLowerCase(),
    operator: qualified,
    // TWIN: compile.ts; what is not understood never lets anybody in.
    holds: compileCondition(condition, version) ?? (() => effect === 'Deny'),
    values: condition.values.map((value) =>
      takePatternApart(value, {
        wildcards: reads === 'wildcards' ? 'read' : 'literal',
        variables: reads === 'text' ? 'literal' : variablesOf(version),
      }),
    ),
  }
}
