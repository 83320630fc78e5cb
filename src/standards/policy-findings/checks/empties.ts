import { eachCondition, eachStatement, when } from '../each.ts'
import type { CheckTable, DraftCondition, Hit } from '../model.ts'
import { isList, isObject } from '../read-draft.ts'

/** Lists and objects in which nothing stands. */
export const EMPTY_CHECKS = {
  EMPTY_ARRAY_ACTION: {
    type: 'SUGGESTION',
    message: 'This statement includes no actions and does not affect the policy. Specify actions.',
    find: eachStatement(({ actions, path }) => when(actions?.isEmpty === true, { at: actions?.path ?? path })),
  },
  EMPTY_ARRAY_RESOURCE: {
    type: 'SUGGESTION',
    message: 'This statement includes no resources and does not affect the policy. Specify resources.',
    find: eachStatement(({ resources, path }) => when(resources?.isEmpty === true, { at: resources?.path ?? path })),
  },
  EMPTY_ARRAY_PRINCIPAL: {
    type: 'SUGGESTION',
    message: 'This statement includes no principals and does not affect the policy. Specify principals.',
    find: eachStatement(function* find({ json, principals }) {
      const value = json.Principal ?? json.NotPrincipal
      if (principals === undefined || !isObject(value)) return
      for (const [type, names] of Object.entries(value))
        yield* when(isList(names) && names.length === 0, { at: [...principals.path, type] })
    }),
  },
  EMPTY_OBJECT_PRINCIPAL: {
    type: 'SUGGESTION',
    message: 'This statement includes no principals and does not affect the policy. Specify principals.',
    find: eachStatement(function* find({ json, principals }) {
      const value = json.Principal ?? json.NotPrincipal
      if (principals !== undefined && isObject(value) && Object.keys(value).length === 0) yield { at: principals.path }
    }),
  },
  EMPTY_OBJECT_CONDITION: {
    type: 'SUGGESTION',
    message: 'This condition block is empty and it does not affect the policy. Specify conditions.',
    find: eachStatement(function* find({ json: { Condition: block }, path }) {
      if (!isObject(block)) return
      const operators = Object.entries(block)
      yield* when(operators.length === 0, { at: [...path, 'Condition'] })
      for (const [operator, keys] of operators)
        yield* when(isObject(keys) && Object.keys(keys).length === 0, { at: [...path, 'Condition', operator] })
    }),
  },
  EMPTY_ARRAY_CONDITION: {
    type: 'SUGGESTION',
    message: 'There are no values for the condition key {{key}} and it does not affect the policy. Specify conditions.',
    find: withoutValues(({ form }) => form?.qualifier === undefined && form?.ifExists !== true),
  },
  EMPTY_ARRAY_CONDITION_FORALLVALUES: {
    type: 'SUGGESTION',
    message:
      'The ForAllValues prefix with an empty condition key matches only if the key {{key}} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.',
    find: withoutValues(({ form }) => form?.qualifier === 'ForAllValues'),
  },
  EMPTY_ARRAY_CONDITION_FORANYVALUE: {
    type: 'SUGGESTION',
    message:
      'The ForAnyValue prefix with an empty condition key {{key}} never matches the request context and it does not affect the policy. Specify conditions.',
    find: withoutValues(({ form }) => form?.qualifier === 'ForAnyValue'),
  },
  EMPTY_ARRAY_CONDITION_IFEXISTS: {
    type: 'SUGGESTION',
    message:
      'The IfExists suffix with an empty condition key matches only if the key {{key}} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.',
    find: withoutValues(({ form }) => form?.qualifier === undefined && form?.ifExists === true),
  },
} as const satisfies CheckTable

function withoutValues(isMeant: (condition: DraftCondition) => boolean) {
  return eachCondition(function* find(condition): Iterable<Hit> {
    const { key, path, isList: isWritten, values } = condition
    if (isWritten && values.length === 0 && isMeant(condition)) yield { at: path, values: { key } }
  })
}
