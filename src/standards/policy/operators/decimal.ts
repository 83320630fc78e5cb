/** A decimal number of any length, exact: 0.`digits` × 10^`magnitude`, without zeros at either end; zero has no digits. */
export interface Decimal {
  readonly isNegative: boolean
  readonly digits: string
  readonly magnitude: number
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/

/** The number that the whole text is, or undefined. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  if (all === '') return undefined
  const first = leadingZeros(all)
  const digits = all.slice(first, all.length - trailingZeros(all, first))
  if (digits === '') return { isNegative: false, digits, magnitude: 0 }
  return { isNegative: sign === '-', digits, magnitude: whole.length - first + Number(exponent) }
}

/** Negative, zero or positive, as `one` is less than, equal to or greater than `other`. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const signs = signOf(one) - signOf(other)
  if (signs !== 0) return signs
  const sizes = compareSizes(one, other)
  return one.isNegative ? -sizes : sizes
}

/** Digits are aligned at the first one that is no zero, so that text order is number order. */
function compareSizes(one: Decimal, other: Decimal): number {
  if (one.magnitude !== other.magnitude) return one.magnitude - other.magnitude
  if (one.digits === other.digits) return 0
  return one.digits < other.digits ? -1 : 1
}

function signOf({ digits, isNegative }: Decimal): number {
  if (digits === '') return 0
  return isNegative ? -1 : 1
}

function leadingZeros(text: string): number {
  let count = 0
  while (text[count] === '0') count += 1
  return count
}

function trailingZeros(text: string, from: number): number {
  let end = text.length
  while (end > from && text[end - 1] === '0') end -= 1
  return text.length - end
}
