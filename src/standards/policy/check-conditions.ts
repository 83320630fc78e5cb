import { type PolicyReason, policyFault } from './errors.ts'
import type { Condition } from './model.ts'
import { parseBool } from './operators/bool.ts'
import { parseDecimal } from './operators/decimal.ts'
import { type OperatorName, parseOperator } from './operators/index.ts'
import { parseIpRange } from './operators/ip-range.ts'
import { parseMoment } from './operators/moment.ts'
import type { WrittenStatement } from './written.ts'

/** Operands that could never be compared: a Deny with one would silently deny nothing. @throws PolicyError */
export function checkConditionValues({ conditions, where }: WrittenStatement): void {
  for (const condition of conditions) {
    const check = checkOf(condition)
    const wrong = check === undefined ? undefined : condition.values.find((value) => !check.isOperand(value))
    if (check === undefined || wrong === undefined) continue
    throw policyFault({
      reason: check.reason,
      where: `${where}/Condition`,
      message: `${condition.operator} ${condition.key}: expected ${check.expected}, found \`${wrong}\``,
      found: wrong,
    })
  }
}

interface OperandCheck {
  readonly reason: PolicyReason
  readonly expected: string
  isOperand(value: string): boolean
}

const DATE: OperandCheck = {
  reason: 'condition-date',
  expected: 'an ISO 8601 date or seconds since 1970',
  isOperand: (value) => parseMoment(value) !== undefined,
}
const NUMBER: OperandCheck = {
  reason: 'condition-number',
  expected: 'a decimal number',
  isOperand: (value) => parseDecimal(value) !== undefined,
}
const IP: OperandCheck = {
  reason: 'condition-ip',
  expected: 'an IP address or a range of them',
  isOperand: (value) => parseIpRange(value) !== undefined,
}
const BOOL: OperandCheck = {
  reason: 'condition-bool',
  expected: '`true` or `false`',
  // A variable may stand for either.
  isOperand: (value) => parseBool(value) !== undefined || value.includes('${'),
}

function checkOf({ operator }: Condition): OperandCheck | undefined {
  const name: OperatorName | undefined = parseOperator(operator)?.name
  if (name === undefined) return undefined
  if (name.startsWith('Date')) return DATE
  if (name.startsWith('Numeric')) return NUMBER
  if (name.endsWith('IpAddress')) return IP
  return name === 'Bool' || name === 'Null' ? BOOL : undefined
}
