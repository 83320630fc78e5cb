import { parseStrictJson } from '../../core/index.ts'
import { createLocator, type ElementPath, findJsonFaults, type JsonFault } from '../json-text/index.ts'
import type { PolicyKind } from '../policy/index.ts'
import type { ActionCatalogue, Check, Draft, Finding, FindingLocation, FindingType, Hit } from './model.ts'
import { isObject, readDraft } from './read-draft.ts'
import { CHECKS, JSON_SYNTAX_ERROR } from './table.ts'

export interface FindOptions {
  /** What the document is used as. */
  readonly kind: PolicyKind
  readonly catalogue: ActionCatalogue
}

/**
 * What AWS's policy validation would say of a document, as far as the document and public data tell; gravest first, then by place.
 * The text may be anything: what is no JSON has findings too. Nothing is thrown.
 */
export function findFindings(text: string, { kind, catalogue }: FindOptions): readonly Finding[] {
  const faults = findJsonFaults(text)
  if (faults.length > 0) return faults.map((fault) => jsonFinding(text, fault))
  const root = parseStrictJson(text)
  if (!isObject(root)) return [jsonFinding(text, { line: 1, column: 1, what: 'an object in braces is missing' })]
  const draft = readDraft(root, kind, text)
  const locate = createLocator(text)
  const findings = Object.entries<Check>(CHECKS).flatMap(([issueCode, check]) =>
    runCheck(check, { draft, catalogue }).map((hit) => findingOf({ issueCode, check, hit, locate })),
  )
  return findings.toSorted(byGravity)
}

function runCheck(
  check: Check,
  { draft, catalogue }: { readonly draft: Draft; readonly catalogue: ActionCatalogue },
): readonly Hit[] {
  return check.kinds === undefined || check.kinds.has(draft.kind) ? [...check.find(draft, catalogue)] : []
}

interface Found {
  readonly issueCode: string
  readonly check: Check
  readonly hit: Hit
  readonly locate: ReturnType<typeof createLocator>
}

function findingOf({ issueCode, check, hit, locate }: Found): Finding {
  const { at, alsoAt = [], values = {} } = hit
  return {
    issueCode,
    findingType: check.type,
    message: fill(check.message, values),
    locations: [at, ...alsoAt].map((path): FindingLocation => ({ path: pointerOf(path), ...locate(path) })),
    learnMore: pageOf(issueCode, check.type),
  }
}

function jsonFinding(text: string, { line, column, what }: JsonFault): Finding {
  const lines = text.split('\n').slice(0, line - 1)
  const index = lines.reduce((sum, one) => sum + one.length + 1, column - 1)
  return {
    issueCode: 'JSON_SYNTAX_ERROR',
    findingType: JSON_SYNTAX_ERROR.type,
    message: fill(JSON_SYNTAX_ERROR.message, { index, line, column }),
    detail: what,
    locations: [{ path: '', line, column }],
    learnMore: pageOf('JSON_SYNTAX_ERROR', JSON_SYNTAX_ERROR.type),
  }
}

/** Values of the policy come in as they are: a brace in them fills nothing. */
function fill(message: string, values: NonNullable<Hit['values']>): string {
  return message.replaceAll(/\{\{([^}]+)\}\}/g, (written, name: string) => String(values[name] ?? written))
}

/** SPEC: RFC 6901 §3 */
function pointerOf(path: ElementPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

const PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html'

/** How the page's anchors call the types. */
const IN_ANCHORS = {
  ERROR: 'error',
  SECURITY_WARNING: 'security-warning',
  WARNING: 'general-warning',
  SUGGESTION: 'suggestion',
} as const satisfies Record<FindingType, string>

function pageOf(issueCode: string, type: FindingType): string {
  const name = issueCode.toLowerCase().replaceAll('_', '-')
  return `${PAGE}#access-analyzer-reference-policy-checks-${IN_ANCHORS[type]}-${name}`
}

/** The types, gravest first. */
export const FINDING_TYPES = [
  'ERROR',
  'SECURITY_WARNING',
  'WARNING',
  'SUGGESTION',
] as const satisfies readonly FindingType[]

function byGravity(one: Finding, other: Finding): number {
  const types = FINDING_TYPES.indexOf(one.findingType) - FINDING_TYPES.indexOf(other.findingType)
  const [left, right] = [one.locations[0], other.locations[0]]
  if (types !== 0 || left === undefined || right === undefined) return types
  return left.line - right.line || left.column - right.column
}
