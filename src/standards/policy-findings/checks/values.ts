import { findKey } from '../condition-keys.ts'
import { eachCondition, when } from '../each.ts'
import type { Check, CheckTable, OperatorFamily } from '../model.ts'
import { isLiteral, isRegion } from '../written-arn.ts'

/** Which operators fit a key of that type, and how AWS calls them. */
const FITTING: Readonly<Record<string, readonly [allowed: string, families: readonly OperatorFamily[]]>> = {
  String: ['String', ['String', 'Arn', 'Binary']],
  ARN: ['ARN', ['Arn', 'String']],
  Bool: ['Boolean', ['Bool']],
  Numeric: ['Numeric', ['Numeric']],
  Date: ['Date', ['Date', 'Numeric']],
  IPAddress: ['IP Address', ['IpAddress']],
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?$/
const EPOCH = /^\d{1,19}$/
const ISO_DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Values that do not fit their operator, or operators that do not fit their key. */
export const VALUE_CHECKS = {
  TYPE_MISMATCH: {
    type: 'WARNING',
    message: 'Use the operator type {{allowed}} instead of operator {{operator}} for the condition key {{key}}.',
    find: eachCondition(function* find({ form, operator, key, path }, _statement, catalogue) {
      const [allowed, families] = FITTING[findKey(key, catalogue)?.type ?? ''] ?? []
      if (form === undefined || form.family === 'Null' || families === undefined) return
      yield* when(!families.includes(form.family), { at: path, values: { allowed: allowed ?? '', operator, key } })
    }),
  },
  TYPE_MISMATCH_BOOLEAN: {
    type: 'WARNING',
    message: 'Add a valid Boolean value (true or false) for the condition operator {{operator}}.',
    find: operands(['Bool', 'Null'], (text) => /^(true|false)$/i.test(text)),
  },
  TYPE_MISMATCH_DATE: {
    type: 'WARNING',
    message:
      'The date condition operator is used with an invalid value. Specify a valid date using YYYY-MM-DD or other ISO 8601 date/time format.',
    find: operands(['Date'], (text) => EPOCH.test(text) || isDate(text)),
  },
  TYPE_MISMATCH_NUMBER: {
    type: 'WARNING',
    message: 'Add a valid numeric value for the condition operator {{operator}}.',
    find: operands(['Numeric'], (text) => DECIMAL.test(text)),
  },
  TYPE_MISMATCH_STRING: {
    type: 'WARNING',
    message: 'Add a valid base64-encoded string value for the condition operator {{operator}}.',
    find: operands(['Binary'], (text) => BASE64.test(text)),
  },
  INVALID_DATE_VALUE: {
    type: 'WARNING',
    message: 'The date {{date}} might not resolve as expected. We recommend that you use the YYYY-MM-DD format.',
    find: eachCondition(function* find({ form, values }) {
      if (form?.family !== 'Date') return
      for (const { text: date, path } of values) yield* when(EPOCH.test(date), { at: path, values: { date } })
    }),
  },
  INVALID_REGION: {
    type: 'ERROR',
    message: 'The Region {{region}} is not valid. Update the condition value to a suported Region.',
    find: valuesOf('aws:requestedregion', (region) =>
      isRegion(region) || region === 'aws-global' ? undefined : { region },
    ),
  },
  INVALID_VPC_FORMAT: {
    type: 'ERROR',
    message:
      "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters.",
    find: valuesOf('aws:sourcevpc', (text) => (/^vpc-([0-9a-z]{8}|[0-9a-z]{17})$/.test(text) ? undefined : {})),
  },
  INVALID_VPCE_FORMAT: {
    type: 'ERROR',
    message:
      "The VPCE identifier in the condition key value is not valid.  Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters.",
    find: valuesOf('aws:sourcevpce', (text) => (/^vpce-([0-9a-z]{8}|[0-9a-z]{17})$/.test(text) ? undefined : {})),
  },
} as const satisfies CheckTable

function isDate(text: string): boolean {
  if (!ISO_DATE.test(text)) return false
  const [, month, day] = text.slice(0, 10).split('-').map(Number)
  return (month === undefined || (month >= 1 && month <= 12)) && (day === undefined || (day >= 1 && day <= 31))
}

/** Values that cannot be what the operators of these families compare; variables are found by a check of their own. */
function operands(families: readonly OperatorFamily[], isOperand: (text: string) => boolean): Check['find'] {
  return eachCondition(function* find({ form, operator, values }) {
    if (form === undefined || !families.includes(form.family)) return
    for (const { text, path } of values)
      yield* when(!isOperand(text) && !text.includes('${'), { at: path, values: { operator } })
  })
}

/** Values of one key that say exactly one thing. */
function valuesOf(
  wanted: string,
  judge: (text: string) => Readonly<Record<string, string>> | undefined,
): Check['find'] {
  return eachCondition(function* find({ form, key, values }) {
    if (key.toLowerCase() !== wanted || form?.family === 'Null') return
    for (const { text, path } of values) {
      const found = isLiteral(text) ? judge(text) : undefined
      if (found !== undefined) yield { at: path, values: found }
    }
  })
}
