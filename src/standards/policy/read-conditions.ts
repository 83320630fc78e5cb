import type { JsonValue } from '../../core/index.ts'
import { syntaxFault } from './errors.ts'
import { isList, isObject, pointerTo } from './json.ts'
import type { Condition } from './model.ts'
import { parseOperator } from './operators/index.ts'

/** One `Condition` for each key of each operator. Numbers come as text already. @throws PolicyError */
export function readConditions(block: JsonValue, where: string): readonly Condition[] {
  if (!isObject(block)) throw syntaxFault(where, 'expected an object')
  return Object.entries(block).flatMap(([operator, keys]) => readOperator(operator, keys, pointerTo(where, operator)))
}

function readOperator(operator: string, keys: JsonValue, where: string): readonly Condition[] {
  if (!isObject(keys)) throw syntaxFault(where, 'expected an object')
  const entries = Object.entries(keys)
  // IAM lets an unknown operator pass as long as it asks for nothing.
  if (entries.length > 0 && parseOperator(operator) === undefined)
    throw syntaxFault(where, `expected an operator, found \`${operator}\``)
  return entries.map(([key, values]) => ({ operator, key, values: readValues(values, pointerTo(where, key)) }))
}

function readValues(values: JsonValue, where: string): readonly string[] {
  const list = isList(values) ? values : [values]
  return list.map((value, at) => {
    if (typeof value === 'string') return value
    if (typeof value === 'boolean') return String(value)
    throw syntaxFault(isList(values) ? pointerTo(where, at) : where, 'expected a string, a number or a boolean')
  })
}
