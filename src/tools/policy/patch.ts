import { type JsonObject, type JsonValue, parseStrictJson } from '../../core/index.ts'
import {
  type DimensionMatch,
  type Explanation,
  evaluate,
  type NamedPolicy,
  type PolicySet,
  type PolicyType,
} from '../../standards/policy/index.ts'
import { type Inquiry, requestOf } from './inquiry.ts'
import { kindOfType, neededStatement } from './needed-statement.ts'
import { type PolicyText, readPolicy } from './read-policy.ts'
import { OUTCOMES, type Outcome } from './verdict.ts'

/** One step of a JSON Patch. SPEC: RFC 6902 */
export interface PatchStep {
  readonly op: 'add' | 'replace'
  readonly path: string
  readonly value: unknown
}

/** The smallest change to one policy that takes away what stopped the request. */
export interface PolicyPatch {
  readonly policyType: PolicyType
  /** The policy that is changed; missing where there is none yet, and `document` is a whole new one. */
  readonly policy?: string
  readonly steps: readonly PatchStep[]
  /** The policy as it would be. */
  readonly document: JsonValue
  /** What the request comes to with it: `allowed`, unless something else stops it too. */
  readonly outcome: Outcome
}

/** Undefined where no statement of one policy would help: against a Deny, or for who must not be let in without a word of its owner. */
export function findPatch(inquiry: Inquiry, explanation: Explanation): PolicyPatch | undefined {
  const { decision } = explanation
  if (decision.outcome !== 'implicit-deny') return undefined
  const target = targetOf(inquiry.policies, explanation)
  const change =
    target === undefined
      ? undefined
      : (widenCondition(target, explanation) ?? append(inquiry, target, decision.decidedBy))
  const whole = target === undefined ? wholeDocument(inquiry, decision.decidedBy) : change
  if (whole === undefined) return undefined
  const changed = readChanged(whole.document, target, decision.decidedBy)
  const policies = replaced(inquiry.policies, { target, changed, type: decision.decidedBy })
  if (changed === undefined || policies === undefined) return undefined
  return {
    policyType: decision.decidedBy,
    ...(target === undefined ? {} : { policy: target.arn ?? target.name }),
    ...whole,
    outcome: OUTCOMES[evaluate(requestOf({ ...inquiry, policies })).outcome],
  }
}

interface Change {
  readonly steps: readonly PatchStep[]
  readonly document: JsonValue
}

/** The policy that came nearest, or the first of its type. */
function targetOf(policies: PolicySet, { decision, nearest }: Explanation): NamedPolicy | undefined {
  return nearest[0]?.policy ?? policiesOf(policies, decision.decidedBy)[0]
}

function policiesOf(policies: PolicySet, type: PolicyType): readonly NamedPolicy[] {
  const { identity, boundary, session = [], resource, serviceControl = [], endpoint } = policies
  const one = (policy: NamedPolicy | undefined) => (policy === undefined ? [] : [policy])
  switch (type) {
    case 'identity':
      return identity
    case 'boundary':
      return one(boundary)
    case 'session':
      return session
    case 'resource':
    case 'trust':
      return one(resource)
    case 'endpoint':
      return one(endpoint)
    case 'service-control':
      return serviceControl.flat()
    case 'resource-control':
      return []
  }
}

/** One more value where a single condition of the nearest statement is all that failed. */
function widenCondition(target: NamedPolicy, { nearest: [near] }: Explanation): Change | undefined {
  if (near === undefined || near.policy !== target) return undefined
  const misses = near.dimensions.filter(({ matches }) => !matches)
  const [miss] = misses
  if (miss === undefined || misses.length > 1 || !isWidenable(miss)) return undefined
  const root = jsonOf(target)
  const { pointer, statement } = statementAt(root, near.statement.index)
  const { operator = '', key = '' } = miss
  const block = objectOf(objectOf(statement?.Condition)?.[operator])
  const written = block?.[key]
  if (statement === undefined || block === undefined || written === undefined) return undefined
  const value = [...(isList(written) ? written : [written]), literal(miss.got?.[0] ?? '', operator)]
  const condition = { ...objectOf(statement.Condition), [operator]: { ...block, [key]: value } }
  const path = `${pointer}/Condition/${step(operator)}/${step(key)}`
  return {
    steps: [{ op: 'replace', path, value }],
    document: withStatement(root, near.statement.index, { ...statement, Condition: condition }),
  }
}

/** Only where one more value lets in this one request's value and nothing else. */
function isWidenable({ dimension, operator = '', got }: DimensionMatch): boolean {
  return dimension === 'condition' && got?.length === 1 && /^(String(Equals|Like)|Arn(Equals|Like))$/i.test(operator)
}

/** In patterns a star of the value must stay a star. */
function literal(value: string, operator: string): string {
  return /like|^arn/i.test(operator) ? value.replaceAll(/[*?$]/g, (mark) => `\${${mark}}`) : value
}

/** One more statement, for exactly this request. */
function append(inquiry: Inquiry, target: NamedPolicy, type: PolicyType): Change | undefined {
  const statement = neededStatement(inquiry, type)
  if (statement === undefined) return undefined
  const root = jsonOf(target)
  const { Statement } = root
  if (isList(Statement)) {
    const steps: readonly PatchStep[] = [{ op: 'add', path: '/Statement/-', value: statement }]
    return { steps, document: { ...root, Statement: [...Statement, statement] } }
  }
  const value = [Statement ?? null, statement]
  return { steps: [{ op: 'replace', path: '/Statement', value }], document: { ...root, Statement: value } }
}

function wholeDocument(inquiry: Inquiry, type: PolicyType): Change | undefined {
  // Without a trust policy there is no role, and an organization's policies are not made up by a member of it.
  if (type !== 'identity' && type !== 'resource') return undefined
  const statement = neededStatement(inquiry, type)
  if (statement === undefined) return undefined
  const document = { Version: '2012-10-17', Statement: [statement] }
  return { steps: [{ op: 'add', path: '', value: document }], document }
}

function readChanged(document: JsonValue, target: NamedPolicy | undefined, type: PolicyType): NamedPolicy | undefined {
  const name = target?.name ?? 'the patch'
  const source: PolicyText = { name, text: JSON.stringify(document) }
  return readPolicy(source, target?.document.kind ?? kindOfType(type))
}

interface Replacement {
  readonly target: NamedPolicy | undefined
  readonly changed: NamedPolicy | undefined
  readonly type: PolicyType
}

function replaced(policies: PolicySet, { target, changed, type }: Replacement): PolicySet | undefined {
  if (changed === undefined) return undefined
  if (target === undefined) {
    return type === 'identity'
      ? { ...policies, identity: [...policies.identity, changed] }
      : { ...policies, resource: changed }
  }
  const swap = (policy: NamedPolicy): NamedPolicy => (policy === target ? changed : policy)
  const { identity, boundary, session, resource, serviceControl, endpoint, ...rest } = policies
  return {
    ...rest,
    identity: identity.map(swap),
    ...(boundary === undefined ? {} : { boundary: swap(boundary) }),
    ...(session === undefined ? {} : { session: session.map(swap) }),
    ...(resource === undefined ? {} : { resource: swap(resource) }),
    ...(serviceControl === undefined ? {} : { serviceControl: serviceControl.map((level) => level.map(swap)) }),
    ...(endpoint === undefined ? {} : { endpoint: swap(endpoint) }),
  }
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined
}

/** Numbers stay as they were written. */
const jsonOf = ({ document }: NamedPolicy): JsonObject =>
  objectOf(parseStrictJson(document.text, { numbers: 'text' })) ?? {}

function statementAt({ Statement }: JsonObject, index: number) {
  if (isList(Statement)) return { pointer: `/Statement/${index}`, statement: objectOf(Statement[index]) }
  return { pointer: '/Statement', statement: objectOf(Statement) }
}

function withStatement(root: JsonObject, index: number, statement: JsonObject): JsonValue {
  const { Statement } = root
  if (!isList(Statement)) return { ...root, Statement: statement }
  return { ...root, Statement: Statement.map((one, at) => (at === index ? statement : one)) }
}

/** One step of a JSON pointer. SPEC: RFC 6901 §3 */
const step = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
