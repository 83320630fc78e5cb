import { ApiError } from '../../core/index.ts'
import type { ConstraintRow, ConstraintTable, ServiceTable } from './table.ts'

/** Longer values are not repeated in an error. */
const LONGEST_REPEATED = 200

/** A broken rule. */
export interface Violation {
  /** Member, as AWS spells the way to it: `roleArn`, `tags.1.member.key`. */
  readonly path: string
  /** `Value … at 'path' failed to satisfy constraint: Member must …` */
  readonly text: string
  /** The pattern that the value does not satisfy, when that is the rule. */
  readonly pattern?: string
}

/** One per broken rule, in the order of the model. */
export type Violations = readonly Violation[]

interface Walk {
  readonly table: ConstraintTable
  readonly patterns: Map<string, RegExp>
  readonly found: Violation[]
  /** How list members are named in a path: `tags.1.member.key` in the query protocol, `tags.1.key` elsewhere. */
  readonly isQuery: boolean
}

/** Checks inputs of one service; patterns are compiled at their first use, out of AWS's model and never out of input. */
export function constraintChecker(
  service: ServiceTable,
  table: ConstraintTable,
): (operation: string, input: Record<string, unknown>) => Violations {
  const patterns = new Map<string, RegExp>()
  return (operation, input) => {
    const name = table.operations[operation]
    if (name === undefined) return []
    const walk: Walk = { table, patterns, found: [], isQuery: service.protocol === 'awsQuery' }
    visit(walk, { name, path: '', value: input })
    return walk.found
  }
}

/** The error of a query or JSON service for violations; undefined when there are none. */
export function validationError(protocol: ServiceTable['protocol'], violations: Violations): ApiError | undefined {
  if (violations.length === 0) return undefined
  const noun = violations.length === 1 ? 'error' : 'errors'
  const code = protocol === 'awsQuery' ? 'ValidationError' : 'ValidationException'
  return new ApiError(
    code,
    400,
    `${violations.length} validation ${noun} detected: ${violations.map(({ text }) => text).join('; ')}`,
  )
}

interface Visited {
  readonly name: string
  readonly path: string
  readonly value: unknown
}

function visit(walk: Walk, { name, path, value }: Visited): void {
  const row = walk.table.shapes[name]
  if (row === undefined || value === undefined) return
  for (const rule of brokenRules(walk, row, value))
    walk.found.push({
      ...violation(shown(value, row), path, rule),
      ...(rule.startsWith(PATTERN_RULE) ? { pattern: rule.slice(PATTERN_RULE.length) } : {}),
    })
  if (Array.isArray(value)) visitItems(walk, row, { path, items: value })
  else if (row.members !== undefined || row.required !== undefined)
    visitMembers(walk, row, { path, members: value as Record<string, unknown> })
  else if (row.key !== undefined || row.value !== undefined)
    visitEntries(walk, row, { path, entries: value as Record<string, unknown> })
}

function violation(value: string, path: string, rule: string): Violation {
  return { path, text: `Value ${value} at '${path}' failed to satisfy constraint: Member must ${rule}` }
}

function visitMembers(
  walk: Walk,
  row: ConstraintRow,
  { path, members }: { readonly path: string; readonly members: Record<string, unknown> },
): void {
  for (const { member, spelled, isRequired, name } of membersOf(row)) {
    const value = members[member]
    if (value === undefined) {
      if (isRequired) walk.found.push(violation('null', below(path, spelled), 'not be null'))
    } else if (name !== undefined) visit(walk, { name, path: below(path, spelled), value })
  }
}

interface MemberPlan {
  readonly member: string
  readonly spelled: string
  readonly isRequired: boolean
  readonly name: string | undefined
}

/** Rows are those of generated tables: there are so many, and each is taken apart once. */
const plans = new WeakMap<ConstraintRow, readonly MemberPlan[]>()

function membersOf(row: ConstraintRow): readonly MemberPlan[] {
  const known = plans.get(row)
  if (known !== undefined) return known
  const { required = [], members = {} } = row
  const plan = [...new Set([...required, ...Object.keys(members)])].map((member) => ({
    member,
    spelled: lowerFirst(member),
    isRequired: required.includes(member),
    name: members[member],
  }))
  plans.set(row, plan)
  return plan
}

function visitItems(
  walk: Walk,
  row: ConstraintRow,
  { path, items }: { readonly path: string; readonly items: readonly unknown[] },
): void {
  const name = row.item
  if (name === undefined) return
  for (const [index, value] of items.entries()) {
    visit(walk, { name, path: below(path, walk.isQuery ? `${index + 1}.member` : `${index + 1}`), value })
  }
}

function visitEntries(
  walk: Walk,
  row: ConstraintRow,
  { path, entries }: { readonly path: string; readonly entries: Record<string, unknown> },
): void {
  for (const [key, value] of Object.entries(entries)) {
    if (row.key !== undefined) visit(walk, { name: row.key, path: `${path}.key`, value: key })
    if (row.value !== undefined) visit(walk, { name: row.value, path: `${path}.value`, value })
  }
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** AWS's first-lower form of a member name: `RoleArn` → `roleArn`, `SAMLAssertion` → `sAMLAssertion`. */
function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function shown(value: unknown, row: ConstraintRow): string {
  if (Array.isArray(value))
    return `'[${value.every((item) => typeof item === 'string') && value.join(', ').length <= LONGEST_REPEATED ? value.join(', ') : '…'}]'`
  if (typeof value === 'object' && value !== null) return "'…'"
  if (row.sensitive === true) return "'***'"
  const text = String(value)
  return text.length > LONGEST_REPEATED ? "'…'" : `'${text}'`
}

const PATTERN_RULE = 'satisfy regular expression pattern: '

function brokenRules(walk: Walk, row: ConstraintRow, value: unknown): readonly string[] {
  if (typeof value === 'number') return brokenRange(row, value)
  const length = sizeOf(value)
  const rules: string[] = []
  if (row.enum !== undefined && !row.enum.includes(String(value)))
    rules.push(`satisfy enum value set: [${row.enum.join(', ')}]`)
  // A value that is too long fails on its length alone: no pattern runs over more text than AWS allows.
  const isTooLong = length !== undefined && row.max !== undefined && length > row.max
  if (row.pattern !== undefined && typeof value === 'string' && !isTooLong && !matches(walk, row.pattern, value)) {
    rules.push(PATTERN_RULE + row.pattern)
  }
  if (length === undefined) return rules
  if (isTooLong) rules.push(`have length less than or equal to ${row.max}`)
  if (row.min !== undefined && length < row.min) rules.push(`have length greater than or equal to ${row.min}`)
  return rules
}

function brokenRange(row: ConstraintRow, value: number): readonly string[] {
  if (row.max !== undefined && value > row.max) return [`have value less than or equal to ${row.max}`]
  if (row.min !== undefined && value < row.min) return [`have value greater than or equal to ${row.min}`]
  return []
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return codePoints(value)
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

function codePoints(text: string): number {
  // Most text is all ones; a token is long, and counted at every exchange.
  if (!SURROGATE.test(text)) return text.length
  let count = 0
  for (const _ of text) count += 1
  return count
}

const SURROGATE = /[\ud800-\udfff]/

/** A pattern holds for the whole value, as in AWS. */
function matches(walk: Walk, pattern: string, value: string): boolean {
  const known = walk.patterns.get(pattern) ?? compile(pattern)
  walk.patterns.set(pattern, known)
  return known.test(value)
}

/**
 * INVARIANT: `pattern` is a line of the generated tables, never input.
 * Java spells three things differently: `\u10000-\u10FFFF` means the supplementary planes, POSIX classes have names, flags stand in front.
 * @throws SyntaxError for a pattern that is no ECMAScript; a test compiles every pattern of the tables
 */
export function compile(pattern: string): RegExp {
  const isDotAll = pattern.startsWith('(?s)')
  const translated = (isDotAll ? pattern.slice(4) : pattern)
    .replaceAll('\\u10000-\\u10FFFF', '\\u{10000}-\\u{10FFFF}')
    .replaceAll('\\p{Graph}', '\\x21-\\x7e')
    .replaceAll('\\p{Print}', '\\x20-\\x7e')
    .replaceAll('\\p{Alnum}', 'A-Za-z0-9')
    .replaceAll('\\p{IsLetter}', '\\p{L}')
  const flags = isDotAll ? 's' : ''
  try {
    return new RegExp(`^(?:${translated})$`, `u${flags}`)
  } catch (error) {
    // Needless escapes such as `\_` are no ECMAScript with the `u` flag; without it they are.
    if (error instanceof SyntaxError) return new RegExp(`^(?:${translated})$`, flags)
    throw error
  }
}
