import { compileActions, foldAction } from './actions.ts'
import { type ConditionTest, compileCondition } from './conditions.ts'
import type { TextTest } from './glob.ts'
import { KINDS } from './kinds.ts'
import type { PolicyDocument, Statement } from './model.ts'
import { compilePrincipals, LEVELS, type PrincipalTest } from './principals.ts'
import { growIndex, type IndexedStatement, type ResourceIndex } from './resource-index.ts'
import { compilePrefixed, compileResources, type PrefixedMatcher, type ResourceTest } from './resources.ts'

/** A statement as tests, once its action fits. */
export interface CompiledStatement {
  readonly statement: Statement
  readonly fitsResource: ResourceTest
  readonly levelOf: PrincipalTest
  readonly holds: ConditionTest
  /** Undefined when only `fitsResource` can tell. */
  readonly patterns: readonly PrefixedMatcher[] | undefined
}

/** The statements of one effect whose actions fit, in the document's order, and where their resources lead to them. */
export interface Candidates {
  readonly statements: readonly CompiledStatement[]
  readonly index: ResourceIndex
}

export interface ActionCandidates {
  readonly deny: Candidates | undefined
  readonly allow: Candidates | undefined
}

/** What of a document can matter to an action. Actions are looked up when first seen, statements compiled when the first of them fits. */
export function candidatesFor(document: PolicyDocument, action: string): ActionCandidates {
  let compiled = COMPILED.get(document)
  if (compiled === undefined) {
    compiled = {
      statements: document.statements.map((statement) => readAction(statement, document)),
      byAction: new Map(),
      byStatements: new Map(),
    }
    COMPILED.set(document, compiled)
  }
  return compiled.byAction.get(action) ?? findCandidates(compiled, action)
}

interface CompiledDocument {
  readonly statements: readonly ActionStatement[]
  /** By the action as requests write it. */
  readonly byAction: Map<string, ActionCandidates>
  /** Many actions have the same statements: they share one index. */
  readonly byStatements: Map<string, Candidates>
}

/** As much of a statement as an action needs that it is not about. */
interface ActionStatement {
  readonly effect: Statement['effect']
  /** Takes the folded action. */
  readonly fitsAction: TextTest
  /** The same each time. */
  compile(): CompiledStatement
}

function readAction(statement: Statement, document: PolicyDocument): ActionStatement {
  let compiled: CompiledStatement | undefined
  return {
    effect: statement.effect,
    fitsAction: compileActions(statement.actions),
    compile: () => {
      compiled ??= compileStatement(statement, document)
      return compiled
    },
  }
}

const COMPILED = new WeakMap<PolicyDocument, CompiledDocument>()

/** Actions kept for each document. There are fewer in a service; a caller that makes up more of them only costs time. */
const MOST_ACTIONS = 512

function findCandidates(document: CompiledDocument, action: string): ActionCandidates {
  if (document.byAction.size >= MOST_ACTIONS) {
    document.byAction.clear()
    document.byStatements.clear()
  }
  const folded = foldAction(action)
  const fitting = document.statements.filter(({ fitsAction }) => fitsAction(folded))
  const found = { deny: shareCandidates(document, fitting, 'Deny'), allow: shareCandidates(document, fitting, 'Allow') }
  document.byAction.set(action, found)
  return found
}

function shareCandidates(
  { byStatements }: CompiledDocument,
  fitting: readonly ActionStatement[],
  effect: Statement['effect'],
): Candidates | undefined {
  const statements = fitting.filter((statement) => statement.effect === effect).map((statement) => statement.compile())
  if (statements.length === 0) return undefined
  const name = statements.map(({ statement }) => statement.index).join(' ')
  const known = byStatements.get(name)
  if (known !== undefined) return known
  const indexed = statements.map(({ patterns }, ordinal): IndexedStatement => ({ ordinal, patterns }))
  const candidates = { statements, index: growIndex(indexed) }
  byStatements.set(name, candidates)
  return candidates
}

function compileStatement(statement: Statement, document: PolicyDocument): CompiledStatement {
  const { principal, resource } = KINDS[document.kind]
  const { principals, resources, effect } = statement
  return {
    statement,
    // INVARIANT: a statement that lacks what its kind requires matches nothing.
    fitsResource: resources === undefined ? () => resource === 'forbidden' : compileResources(resources, document),
    levelOf:
      principals === undefined
        ? () => (principal === 'forbidden' ? LEVELS.direct : LEVELS.none)
        : compilePrincipals(principals, effect),
    holds: compileConditions(statement, document),
    patterns:
      resources === undefined || resources.not
        ? undefined
        : resources.patterns.map((pattern) => compilePrefixed(pattern, document)),
  }
}

function compileConditions({ conditions, effect }: Statement, { version }: PolicyDocument): ConditionTest {
  const tests: ConditionTest[] = []
  for (const condition of conditions) {
    const test = compileCondition(condition, version)
    // INVARIANT: what is not understood never lets anybody in: an Allow does not hold by it, a Deny holds in spite of it.
    if (test === undefined && effect === 'Allow') return () => false
    if (test !== undefined) tests.push(test)
  }
  const [first, second, third] = tests
  if (first === undefined) return () => true
  if (second === undefined) return first
  if (third === undefined) return (keys) => first(keys) && second(keys)
  return (keys) => {
    for (const holds of tests) if (!holds(keys)) return false
    return true
  }
}
