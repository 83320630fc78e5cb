import { eachCondition, eachStatement, when } from '../each.ts'
import type { CheckTable, DraftCondition, Hit } from '../model.ts'
import { isObject } from '../read-draft.ts'

/** Operators of conditions, and whether their values are of one kind. */
export const OPERATOR_CHECKS = {
  INVALID_CONDITION_OPERATOR: {
    type: 'ERROR',
    message: 'The condition operator {{operator}} is not valid. Use a valid condition operator.',
    find: eachStatement(function* find({ conditions }) {
      const unknown = conditions.filter(({ form }) => form === undefined)
      for (const operator of new Set(unknown.map((condition) => condition.operator)))
        yield { at: blockOf(unknown.find((one) => one.operator === operator)), values: { operator } }
    }),
  },
  NULL_WITH_IF_EXISTS: {
    type: 'ERROR',
    message: 'The Null condition operator cannot be used with the IfExists suffix. Update the operator or the suffix.',
    find: eachCondition((condition) => {
      const { form } = condition
      return when(form?.family === 'Null' && form.ifExists, { at: blockOf(condition) })
    }),
  },
  NULL_WITH_QUALIFIER: {
    type: 'SUGGESTION',
    message:
      'Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always return a true or false respectively.',
    find: eachCondition((condition) => {
      const { form } = condition
      return when(form?.family === 'Null' && form.qualifier !== undefined, { at: blockOf(condition) })
    }),
  },
  DUPLICATE_KEYS_WITH_DIFFERENT_CASE: {
    type: 'ERROR',
    message:
      'The condition key {{key}} appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys.',
    find: eachStatement(function* find({ json: { Condition: block }, path }) {
      if (!isObject(block)) return
      for (const [operator, keys] of Object.entries(block))
        if (isObject(keys)) yield* sameKeys(Object.keys(keys), [...path, 'Condition', operator])
    }),
  },
  INVALID_CONDITION_DATA_TYPE: {
    type: 'ERROR',
    message: 'The condition value data types do not match. Use condition values of the same JSON data type.',
    find: eachCondition(({ values, path }) =>
      when(new Set(values.map(({ json }) => typeof json)).size > 1, { at: path }),
    ),
  },
  INVALID_CONDITION_MULTIPLE_BOOLEAN: {
    type: 'ERROR',
    message: 'The condition key does not support multiple Boolean values. Use a single Boolean value.',
    find: eachCondition(({ form, values, path }) =>
      when(form?.family === 'Bool' && form.qualifier === undefined && values.length > 1, { at: path }),
    ),
  },
  WILDCARD_WITHOUT_LIKE_OPERATOR: {
    type: 'WARNING',
    message:
      'Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator to include Like.',
    find: eachCondition(function* find({ form, values }) {
      if (form?.family !== 'String' || form.name.endsWith('Like')) return
      // Written as a variable, a star is meant to be one.
      for (const { text, path } of values) yield* when(/[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, '')), { at: path })
    }),
  },
  INVALID_VARIABLE_FOR_OPERATOR: {
    type: 'ERROR',
    message: 'Policy variables can only be used with String and ARN operators.',
    find: eachCondition(function* find({ form, values }) {
      if (form === undefined || form.family === 'String' || form.family === 'Arn') return
      for (const { text, path } of values) yield* when(text.includes('${'), { at: path })
    }),
  },
} as const satisfies CheckTable

/** Where the operator stands. */
function blockOf(condition: DraftCondition | undefined): Hit['at'] {
  return condition?.path.slice(0, -1) ?? []
}

function* sameKeys(keys: readonly string[], block: Hit['at']): Iterable<Hit> {
  const first = new Map<string, string>()
  for (const key of keys) {
    const folded = key.toLowerCase()
    const before = first.get(folded)
    if (before === undefined) first.set(folded, key)
    else yield { at: [...block, key], alsoAt: [[...block, before]], values: { key } }
  }
}
