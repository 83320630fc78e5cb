import type { JsonValue } from '../../../core/index.ts'
import type { CheckTable, DraftStatement, Hit } from '../model.ts'
import { isList, isObject } from '../read-draft.ts'

/** Elements that are of another type of JSON than they must be. */
export const DATA_TYPE_CHECKS = {
  DATA_TYPE_MISMATCH: {
    type: 'ERROR',
    message: 'The text does not match the expected JSON data type {{data_type}}.',
    *find({ root, statements }) {
      for (const element of ['Version', 'Id']) yield* expectString(root[element], [element])
      yield* statementForms(root.Statement)
      for (const statement of statements) yield* elementForms(statement)
    },
  },
} as const satisfies CheckTable

type Path = Hit['at']

const mismatch = (at: Path, dataType: string): Hit => ({ at, values: { data_type: dataType } })

function* expectString(value: JsonValue | undefined, at: Path): Iterable<Hit> {
  if (value !== undefined && typeof value !== 'string') yield mismatch(at, 'String')
}

function* statementForms(statements: JsonValue | undefined): Iterable<Hit> {
  if (statements === undefined || isObject(statements)) return
  if (!isList(statements)) yield mismatch(['Statement'], 'Array')
  else
    for (const [index, statement] of statements.entries())
      if (!isObject(statement)) yield mismatch(['Statement', index], 'Object')
}

function* elementForms({ json, path }: DraftStatement): Iterable<Hit> {
  yield* expectString(json.Sid, [...path, 'Sid'])
  yield* expectString(json.Effect, [...path, 'Effect'])
  for (const element of ['Action', 'NotAction', 'Resource', 'NotResource'])
    yield* expectStrings(json[element], [...path, element])
  const { Condition: block } = json
  if (block === undefined) return
  if (!isObject(block)) yield mismatch([...path, 'Condition'], 'Object')
  else
    for (const [operator, keys] of Object.entries(block)) yield* conditionForms(keys, [...path, 'Condition', operator])
}

function* expectStrings(value: JsonValue | undefined, at: Path): Iterable<Hit> {
  if (value === undefined || typeof value === 'string') return
  if (!isList(value)) yield mismatch(at, 'String')
  // IAM takes `null` in a list for nothing.
  else for (const [index, item] of value.entries()) if (item !== null) yield* expectString(item, [...at, index])
}

function* conditionForms(keys: JsonValue, at: Path): Iterable<Hit> {
  if (!isObject(keys)) return yield mismatch(at, 'Object')
  for (const [key, values] of Object.entries(keys))
    for (const value of isList(values) ? values : [values])
      if (typeof value === 'object') yield mismatch([...at, key], 'String')
}
