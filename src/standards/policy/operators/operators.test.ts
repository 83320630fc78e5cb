// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like that
import { describe, expect, it } from 'vitest'
import { compileCondition } from '../conditions.ts'
import type { PolicyVersion } from '../model.ts'
import { OPERATORS, type OperatorName, parseOperator } from './index.ts'

type Found = string | readonly string[] | undefined

/** Whether `{operator: {key: wanted}}` holds when the request brings these values for the key. */
function holds(
  operator: string,
  wanted: string | readonly string[],
  found: Found,
  version: PolicyVersion = '2012-10-17',
) {
  const values = typeof wanted === 'string' ? [wanted] : wanted
  const test = compileCondition({ operator, key: 'K', values }, version)
  const others: Record<string, Found> = { 'aws:user': 'ann', 'aws:star': 'a*', 'aws:empty': '', 'aws:tags': ['x', 'y'] }
  return test?.({ get: (key) => (key === 'k' ? found : others[key]) })
}

/** For each positive operator: a value of the policy, one of the request that fits it and one that does not; its negation, if any. */
const SAMPLES: readonly (readonly [
  name: OperatorName,
  wanted: string,
  fits: string,
  not: string,
  negation?: OperatorName,
])[] = [
  ['StringEquals', 'a', 'a', 'A', 'StringNotEquals'],
  ['StringEqualsIgnoreCase', 'aB', 'Ab', 'b', 'StringNotEqualsIgnoreCase'],
  ['StringLike', 'a*?', 'abc', 'a', 'StringNotLike'],
  ['NumericEquals', '10', '1e1', '10.5', 'NumericNotEquals'],
  ['NumericLessThan', '10', '9.99', '10'],
  ['NumericLessThanEquals', '10', '10.0', '10.01'],
  ['NumericGreaterThan', '-3', '-2.9', '-3'],
  ['NumericGreaterThanEquals', '-3', '-3', '-3.1'],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', '2026-01-01T00:00:01Z', 'DateNotEquals'],
  ['DateLessThan', '2026-01-01', '2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00Z'],
  ['DateLessThanEquals', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.001Z'],
  ['DateGreaterThan', '1767225600', '2026-01-01T00:00:00.000000001Z', '2026-01-01'],
  ['DateGreaterThanEquals', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z'],
  ['Bool', 'true', 'TRUE', 'false'],
  ['BinaryEquals', 'QUJD', 'QUJD', 'QUJE'],
  ['IpAddress', '10.0.0.0/8', '10.255.0.1', '11.0.0.1', 'NotIpAddress'],
  ['ArnEquals', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket/key', 'arn:aws:s3:::other', 'ArnNotEquals'],
  ['ArnLike', 'arn:aws:iam::*:role/x', 'arn:aws:iam::1:role/x', 'arn:aws:iam::1:2:role/x', 'ArnNotLike'],
]

const NEGATED = SAMPLES.flatMap(([, wanted, fits, not, negation]) =>
  negation === undefined ? [] : [[negation, wanted, not, fits] as const],
)
/** Each operator with a value that makes it true and one that makes it false. */
const ALL = [...SAMPLES.map(([name, wanted, fits, not]) => [name, wanted, fits, not] as const), ...NEGATED]
const isNegated = (name: OperatorName) => name.includes('Not')

describe('every operator', () => {
  it('stands in the samples', () => {
    const sampled = [...ALL.map(([name]) => name), 'Null'].sort()
    expect(sampled).toEqual(Object.keys(OPERATORS).sort())
  })

  describe.each(ALL)('%s %s', (name, wanted, yes, no) => {
    it.each([
      // Rows of the table of missing keys and many values: suffix, what the request brings, what holds.
      ['', yes, true],
      ['', no, false],
      ['', undefined, isNegated(name)],
      ['', [], isNegated(name)],
      ['', [yes], false],
      ['', [no], false],
      ['', [yes, yes], false],
      ['IfExists', yes, true],
      ['IfExists', no, false],
      ['IfExists', undefined, true],
      ['IfExists', [], true],
      ['IfExists', [yes, yes], false],
    ] as const)('%s with %j is %j', (suffix, found, expected) => {
      expect(holds(`${name}${suffix}`, wanted, found)).toBe(expected)
      expect(holds(`${name}${suffix}`.toUpperCase(), wanted, found)).toBe(expected)
    })

    it.each([
      ['ForAllValues', undefined, true],
      ['ForAllValues', [], true],
      ['ForAllValues', '', true],
      ['ForAllValues', yes, true],
      ['ForAllValues', no, false],
      ['ForAllValues', [yes, yes], true],
      ['ForAllValues', [yes, no], false],
      ['ForAnyValue', undefined, false],
      ['ForAnyValue', [], false],
      ['ForAnyValue', yes, true],
      ['ForAnyValue', no, false],
      ['ForAnyValue', [no, yes], true],
      ['ForAnyValue', [no, no], false],
    ] as const)('%s with %j is %j, with and without IfExists', (quantifier, found, expected) => {
      expect(holds(`${quantifier}:${name}`, wanted, found)).toBe(expected)
      expect(holds(`${quantifier}:${name}IfExists`, wanted, found)).toBe(expected)
    })

    it('without any value of the policy nothing fits', () => {
      expect(holds(name, [], yes)).toBe(isNegated(name))
    })
  })
})

describe('Null', () => {
  it.each([
    ['true', undefined, true],
    ['true', [], true],
    ['true', 'x', false],
    ['true', '', false],
    ['false', undefined, false],
    ['false', [], false],
    ['false', 'x', true],
    ['false', ['x'], true],
    ['FALSE', 'x', true],
    ['maybe', 'x', false],
    ['maybe', undefined, false],
  ] as const)('%j of %j is %j; a quantifier changes nothing', (wanted, found, expected) => {
    for (const prefix of ['', 'ForAllValues:', 'ForAnyValue:'])
      expect(holds(`${prefix}Null`, wanted, found)).toBe(expected)
  })
})

describe('an operator’s name', () => {
  it.each([
    '',
    'Strings',
    'NullIfExists',
    'StringEqualsIfExistsIfExists',
    'ForAnyValue::Bool',
    'ForSome:Bool',
    'ForAnyValue:',
    'IfExists',
    ':Bool',
  ])('`%s` is none', (text) => {
    expect(parseOperator(text)).toBeUndefined()
  })
})

describe('values of a positive operator are alternatives, of a negated one exclusions', () => {
  it.each([
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAllValues:StringNotLike', ['a*', 'b*'], ['ab', 'x'], false],
  ] as const)('%s %j of %j is %j', (operator, wanted, found, expected) => {
    expect(holds(operator, wanted, found)).toBe(expected)
  })
})

describe('variables in conditions', () => {
  it.each([
    ['StringEquals', '${aws:user}', 'ann', true],
    ['StringEquals', '${AWS:User}', 'ann', true],
    ['StringEquals', 'x-${aws:user}-y', 'x-ann-y', true],
    ['StringEquals', '${aws:none}', '${aws:none}', false],
    ['StringNotEquals', '${aws:none}', 'ann', true],
    ['StringNotLike', '${aws:none}*', 'ann', true],
    ['ArnNotLike', 'arn:aws:iam::${aws:none}:role/*', 'arn:aws:iam::1:role/x', true],
    ['StringEquals', "${aws:none, 'a, b}c'}", 'a, b}c', true],
    ['StringEquals', "${aws:user, 'bob'}", 'ann', true],
    ['StringEquals', "${aws:none,'bob'}", 'bob', false],
    ['StringEquals', "${aws:none, 'bob}", 'bob', false],
    ['StringEquals', '${aws:tags}', 'x', false],
    ['StringEquals', '${aws:empty}x', 'x', true],
    ['StringEquals', 'a${*}${?}${$}', 'a*?$', true],
    ['StringLike', '${aws:star}', 'a*', true],
    ['StringLike', '${aws:star}', 'abc', false],
    ['StringLike', '${*}b*', '*bc', true],
    ['StringLike', '${*}b*', 'xbc', false],
    ['StringEquals', '${}', '${}', false],
    ['StringEquals', '${ aws:user }', 'ann', false],
    ['StringEquals', '${aws:user', '${aws:user', true],
    ['StringEqualsIgnoreCase', '${aws:user}', 'ANN', true],
    ['ArnLike', 'arn:aws:iam::1:role/${aws:user}', 'arn:aws:iam::1:role/ann', true],
    ['ArnLike', '${aws:user}', 'arn:aws:iam::1:role/ann', false],
    ['NumericEquals', '${aws:user}', 'ann', false],
    ['BinaryEquals', '${aws:user}', 'ann', false],
    ['BinaryEquals', '${aws:user}', '${aws:user}', true],
  ] as const)('%s %s and %s: %j', (operator, wanted, found, expected) => {
    expect(holds(operator, wanted, found)).toBe(expected)
  })

  it('are text in a document of version 2008-10-17, escapes too', () => {
    expect(holds('StringEquals', '${aws:user}', 'ann', '2008-10-17')).toBe(false)
    expect(holds('StringEquals', '${aws:user}', '${aws:user}', '2008-10-17')).toBe(true)
    expect(holds('StringEquals', '${*}', '*', '2008-10-17')).toBe(false)
    expect(holds('StringLike', '${*}', '${abc}', '2008-10-17')).toBe(true)
  })
})

describe('operands', () => {
  it.each([
    ['NumericEquals', '12', '12abc', false],
    ['NumericNotEquals', '12', '12abc', true],
    ['NumericEquals', '9007199254740993', '9007199254740992', false],
    ['NumericEquals', '0', '-0.00', true],
    ['NumericEquals', '100', '1e2', true],
    ['NumericEquals', '.5', '+0.50', true],
    ['NumericLessThan', '-1', '-1.5', true],
    ['NumericLessThan', '1e400', '9e399', true],
    ['NumericEquals', '1', '', false],
    ['NumericEquals', '1', '.', false],
    ['DateLessThan', '4102444800', '2026-01-01T00:00:00Z', true],
    ['DateLessThan', '2020-01-01', '1767225600', false],
    ['DateEquals', '2024-02-29', '1709164800', true],
    ['DateEquals', '2026-01-01t00:00:00z', '1767225600', true],
    ['DateEquals', '2025-12-31T19:00:00-05:00', '1767225600', true],
    ['DateEquals', '2024', '2024', true],
    ['DateEquals', '2024-01', '2024-01-01', true],
    ['DateGreaterThan', '-0001-01-01', '0001-01-01', true],
    ['DateEquals', '2024-13-01', '2024-13-01', false],
    ['DateNotEquals', '2024-01-01', 'today', true],
    ['IpAddress', '10.1.2.3', '10.1.2.3', true],
    ['IpAddress', '10.1.2.3', '10.1.2.4', false],
    ['IpAddress', '10.1.2.99/24', '10.1.2.3', true],
    ['IpAddress', '0.0.0.0/0', '255.255.255.255', true],
    ['IpAddress', '0.0.0.0/0', '::1', false],
    ['IpAddress', '::/0', '10.0.0.1', false],
    ['IpAddress', '2001:db8::/32', '2001:0DB8:0:0:0:0:0:1', true],
    ['IpAddress', '2001:db8::1', '2001:db8:0::1', true],
    ['IpAddress', '2001:db8::/33', '2001:db8:8000::1', false],
    ['IpAddress', '::ffff:10.0.0.1', '::ffff:a00:1', true],
    ['IpAddress', '10.0.0.0/33', '10.0.0.1', false],
    ['NotIpAddress', '10.0.0.0/8', '010.0.0.1', true],
    ['IpAddress', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', true],
    ['IpAddress', '1:2:3:4:5:6:7:8::', '1:2:3:4:5:6:7:8', false],
    ['Bool', 'yes', 'yes', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringLike', 'a\n*', 'a\nb', true],
    ['ArnLike', 'arn:aws:iam::1:role/*', 'arn:aws:iam::1:role/a/b:c', true],
    ['ArnLike', 'arn:aws:s3*:x', 'arn:aws:s3:::x', false],
    ['ArnLike', 'arn:aws:*', 'arn:aws:s3:::x', false],
    ['ArnLike', 'ARN:aws:s3:::x', 'arn:aws:s3:::x', false],
    ['ArnLike', '*', 'arn:aws:s3:::x', true],
    ['ArnLike', '*', 'x', false],
    ['ArnNotLike', '*', 'x', true],
  ] as const)('%s %s and %s: %j', (operator, wanted, found, expected) => {
    expect(holds(operator, wanted, found)).toBe(expected)
  })
})
