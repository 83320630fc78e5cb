import type { Condition, ContextKeys, PolicyVersion } from './model.ts'
import { parseBool } from './operators/bool.ts'
import { parseOperator } from './operators/index.ts'
import type { AnyTest } from './operators/model.ts'
import { variablesOf } from './pattern.ts'

export type ConditionTest = (keys: ContextKeys) => boolean
type Values = string | readonly string[] | undefined

/** The test that a condition is; undefined when nobody knows its operator, and then no statement may do good by it. */
export function compileCondition(condition: Condition, version: PolicyVersion): ConditionTest | undefined {
  const qualified = parseOperator(condition.operator)
  if (qualified === undefined) return undefined
  const key = condition.key.toLowerCase()
  const { operator } = qualified
  if (operator.kind === 'presence') return compilePresence(condition.values, key)
  const fits = operator.comparison.compile(condition.values, variablesOf(version))
  const accepts: AnyTest = operator.isNegated ? (found, keys) => !fits(found, keys) : fits
  const whenAbsent = qualified.ifExists || operator.isNegated
  return JUDGES[qualified.quantifier ?? 'none']({ key, accepts, whenAbsent })
}

function compilePresence(values: readonly string[], key: string): ConditionTest {
  const wanted = values.map(parseBool)
  return (keys) => wanted.includes(isAbsent(keys.get(key)))
}

/** A key without any value is as absent as one that is not there. */
function isAbsent(values: Values): values is undefined {
  return values === undefined || (typeof values !== 'string' && values.length === 0)
}

interface Judged {
  readonly key: string
  /** Already negated where the operator is: values are judged one by one and counted after that. */
  readonly accepts: AnyTest
  readonly whenAbsent: boolean
}

/**
 * What a missing key and a key of many values mean.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
 */
const JUDGES = {
  // SPEC: a key of many values needs a quantifier; without one nothing holds of it.
  none:
    ({ key, accepts, whenAbsent }) =>
    (keys) => {
      const values = keys.get(key)
      if (typeof values === 'string') return accepts(values, keys)
      return whenAbsent && isAbsent(values)
    },
  // SPEC: also true when there is no value, or an empty text for one; IfExists changes nothing.
  ForAllValues:
    ({ key, accepts }) =>
    (keys) => {
      const values = keys.get(key)
      if (isAbsent(values) || values === '') return true
      if (typeof values === 'string') return accepts(values, keys)
      return values.every((value) => accepts(value, keys))
    },
  // SPEC: false when there is no value; IfExists changes nothing.
  ForAnyValue:
    ({ key, accepts }) =>
    (keys) => {
      const values = keys.get(key)
      if (isAbsent(values)) return false
      if (typeof values === 'string') return accepts(values, keys)
      return values.some((value) => accepts(value, keys))
    },
} as const satisfies Record<string, (judged: Judged) => ConditionTest>
