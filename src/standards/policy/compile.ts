import { compileActions } from './actions.ts'
import { type ConditionTest, compileCondition } from './conditions.ts'
import type { TextTest } from './glob.ts'
import { KINDS } from './kinds.ts'
import type { PolicyDocument, Statement } from './model.ts'
import { compilePrincipals, LEVELS, type PrincipalTest } from './principals.ts'
import { compileResources, type ResourceTest } from './resources.ts'

/** A statement as tests. */
export interface CompiledStatement {
  readonly statement: Statement
  /** Takes the folded action. */
  readonly fitsAction: TextTest
  readonly fitsResource: ResourceTest
  readonly levelOf: PrincipalTest
  readonly holds: ConditionTest
}

/** Each document is compiled once, when it is first asked. */
export function compiled(document: PolicyDocument): readonly CompiledStatement[] {
  const known = COMPILED.get(document)
  if (known !== undefined) return known
  const statements = document.statements.map((statement) => compileStatement(statement, document))
  COMPILED.set(document, statements)
  return statements
}

const COMPILED = new WeakMap<PolicyDocument, readonly CompiledStatement[]>()

function compileStatement(statement: Statement, document: PolicyDocument): CompiledStatement {
  const { principal, resource } = KINDS[document.kind]
  const { principals, resources, effect } = statement
  const always = LEVELS.direct
  return {
    statement,
    fitsAction: compileActions(statement.actions),
    // INVARIANT: a statement that lacks what its kind requires matches nothing.
    fitsResource: resources === undefined ? () => resource === 'forbidden' : compileResources(resources, document),
    levelOf:
      principals === undefined
        ? () => (principal === 'forbidden' ? always : LEVELS.none)
        : compilePrincipals(principals, effect),
    holds: compileConditions(statement, document),
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
  const [first, second] = tests
  if (first === undefined) return () => true
  if (second === undefined) return first
  return (keys) => tests.every((holds) => holds(keys))
}
