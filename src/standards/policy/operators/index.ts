import { arnLike } from './arn.ts'
import { binaryEquals } from './binary.ts'
import { bool } from './bool.ts'
import { dateEquals, dateGreaterThan, dateGreaterThanEquals, dateLessThan, dateLessThanEquals } from './date.ts'
import { ipAddress } from './ip-address.ts'
import type { Comparison, Operator, Quantifier } from './model.ts'
import {
  numericEquals,
  numericGreaterThan,
  numericGreaterThanEquals,
  numericLessThan,
  numericLessThanEquals,
} from './numeric.ts'
import { stringEquals, stringEqualsIgnoreCase, stringLike } from './string.ts'

const is = (comparison: Comparison): Operator => ({ kind: 'comparison', comparison, isNegated: false })
const isNot = (comparison: Comparison): Operator => ({ kind: 'comparison', comparison, isNegated: true })

/** SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const OPERATORS = {
  StringEquals: is(stringEquals),
  StringNotEquals: isNot(stringEquals),
  StringEqualsIgnoreCase: is(stringEqualsIgnoreCase),
  StringNotEqualsIgnoreCase: isNot(stringEqualsIgnoreCase),
  StringLike: is(stringLike),
  StringNotLike: isNot(stringLike),
  NumericEquals: is(numericEquals),
  NumericNotEquals: isNot(numericEquals),
  NumericLessThan: is(numericLessThan),
  NumericLessThanEquals: is(numericLessThanEquals),
  NumericGreaterThan: is(numericGreaterThan),
  NumericGreaterThanEquals: is(numericGreaterThanEquals),
  DateEquals: is(dateEquals),
  DateNotEquals: isNot(dateEquals),
  DateLessThan: is(dateLessThan),
  DateLessThanEquals: is(dateLessThanEquals),
  DateGreaterThan: is(dateGreaterThan),
  DateGreaterThanEquals: is(dateGreaterThanEquals),
  Bool: is(bool),
  BinaryEquals: is(binaryEquals),
  IpAddress: is(ipAddress),
  NotIpAddress: isNot(ipAddress),
  ArnEquals: is(arnLike),
  ArnNotEquals: isNot(arnLike),
  ArnLike: is(arnLike),
  ArnNotLike: isNot(arnLike),
  Null: { kind: 'presence' },
} as const satisfies Readonly<Record<string, Operator>>

export type OperatorName = keyof typeof OPERATORS

const BY_LOWER_CASE: ReadonlyMap<string, OperatorName> = new Map(
  (Object.keys(OPERATORS) as OperatorName[]).map((name) => [name.toLowerCase(), name]),
)

/** An operator as a condition names it. */
export interface QualifiedOperator {
  readonly name: OperatorName
  readonly operator: Operator
  readonly quantifier?: Quantifier
  readonly ifExists: boolean
}

/** `ForAllValues:StringLikeIfExists` taken apart, in any case; undefined for an operator that we do not know. */
export function parseOperator(text: string): QualifiedOperator | undefined {
  const folded = text.toLowerCase()
  const colon = folded.indexOf(':')
  const quantifier = colon < 0 ? undefined : QUANTIFIERS.get(folded.slice(0, colon))
  if (colon >= 0 && quantifier === undefined) return undefined
  const rest = folded.slice(colon + 1)
  const ifExists = rest.endsWith('ifexists')
  const name = BY_LOWER_CASE.get(ifExists ? rest.slice(0, -'ifexists'.length) : rest)
  // SPEC: Null cannot be combined with IfExists.
  if (name === undefined || (name === 'Null' && ifExists)) return undefined
  return { name, operator: OPERATORS[name], ifExists, ...(quantifier === undefined ? {} : { quantifier }) }
}

const QUANTIFIERS: ReadonlyMap<string, Quantifier> = new Map([
  ['forallvalues', 'ForAllValues'],
  ['foranyvalue', 'ForAnyValue'],
])
