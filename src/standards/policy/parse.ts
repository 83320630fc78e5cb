import { type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { checkStatements } from './check-statements.ts'
import { policyFault, syntaxFault } from './errors.ts'
import { isList, isObject } from './json.ts'
import type { PolicyDocument, PolicyKind, PolicyVersion } from './model.ts'
import { readStatement } from './read-statement.ts'
import type { WrittenStatement } from './written.ts'

export interface ParseOptions {
  /** Managed policies must be of version 2012-10-17; default: any version. */
  readonly oldestVersion?: PolicyVersion
}

/**
 * Reads a policy document, strictly: what is not understood is refused, so that a document in the house has a meaning.
 * Whether principals exist, and whether actions and resources fit a service, is for those who know them.
 * @throws PolicyError with the first fault, in AWS's order; its words are in `identityFaultWords` and its like
 */
export function parsePolicyDocument(text: string, kind: PolicyKind, options: ParseOptions = {}): PolicyDocument {
  const typed = readRoot(text, 'number')
  for (const element of Object.keys(typed))
    if (!TOP_ELEMENTS.has(element)) throw syntaxFault('', `expected no element \`${element}\``)
  const version = parseVersion(typed.Version)
  const id = parseId(typed.Id)
  // The same once more, for the numbers in conditions, which stay as they were written: `5.50` is not `5.5`.
  const written = readStatements(typed, readRoot(text, 'text'))
  if (options.oldestVersion === '2012-10-17' && typed.Version !== options.oldestVersion) {
    throw policyFault({ reason: 'old-version', where: '/Version', message: 'expected version `2012-10-17`' })
  }
  const statements = checkStatements(written, kind)
  const document: Omit<PolicyDocument, BrandOf<PolicyDocument>> = {
    kind,
    version,
    ...(id === undefined ? {} : { id }),
    statements,
    text,
  }
  return document as PolicyDocument
}

/** The brand's key, which `model.ts` keeps to itself. */
type BrandOf<T> = Extract<keyof T, symbol>

const TOP_ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])

function readRoot(text: string, numbers: 'number' | 'text'): JsonObject {
  const root = readJson(text, numbers)
  if (!isObject(root)) throw policyFault({ reason: 'json', where: '', message: 'expected a JSON object' })
  if (!text.startsWith('{')) {
    throw policyFault({ reason: 'leading-space', where: '', message: 'expected `{` as the first character' })
  }
  return root
}

function readJson(text: string, numbers: 'number' | 'text'): JsonValue {
  try {
    return parseStrictJson(text, { numbers })
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    throw policyFault({ reason: 'json', where: '', message: error.message })
  }
}

function parseVersion(version: JsonValue | undefined): PolicyVersion {
  // SPEC: without the element a document is of the version before.
  if (version === undefined) return '2008-10-17'
  if (version === '2008-10-17' || version === '2012-10-17') return version
  throw policyFault({ reason: 'version', where: '/Version', message: 'expected `2012-10-17` or `2008-10-17`' })
}

function parseId(id: JsonValue | undefined): string | undefined {
  if (id === undefined || typeof id === 'string') return id
  throw syntaxFault('/Id', 'expected a string')
}

function readStatements(typed: JsonObject, texts: JsonObject): readonly WrittenStatement[] {
  if (typed.Statement === undefined) {
    throw policyFault({ reason: 'missing-statement', where: '', message: 'expected an element `Statement`' })
  }
  const isMany = isList(typed.Statement)
  const list = listOf(typed.Statement)
  if (list.length === 0) {
    throw policyFault({ reason: 'empty-statement', where: '/Statement', message: 'expected one statement at least' })
  }
  const textual = listOf(texts.Statement)
  return list.map((statement, index) =>
    readStatement(statement, textual[index], { index, where: isMany ? `/Statement/${index}` : '/Statement' }),
  )
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}
