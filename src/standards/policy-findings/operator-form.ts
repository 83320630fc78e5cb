import type { OperatorFamily, OperatorForm } from './model.ts'

/** Names of operators by what they compare. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const NAMES = {
  String: [
    'StringEquals',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'StringNotLike',
  ],
  Numeric: ordered('Numeric'),
  Date: ordered('Date'),
  Bool: ['Bool'],
  Binary: ['BinaryEquals'],
  IpAddress: ['IpAddress', 'NotIpAddress'],
  Arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
  Null: ['Null'],
} as const satisfies Record<OperatorFamily, readonly string[]>

function ordered(family: string): readonly string[] {
  const relations = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals']
  return relations.map((relation) => `${family}${relation}`)
}

const BY_LOWER_CASE: ReadonlyMap<string, Pick<OperatorForm, 'name' | 'family'>> = new Map(
  Object.entries(NAMES).flatMap(([family, names]) =>
    names.map((name) => [name.toLowerCase(), { name, family: family as OperatorFamily }] as const),
  ),
)

const QUALIFIERS = new Map([
  ['forallvalues', 'ForAllValues'],
  ['foranyvalue', 'ForAnyValue'],
] as const)

/** In any case; undefined for what is no operator. `NullIfExists` has a form here, because a check of its own refuses it. */
export function parseOperatorForm(text: string): OperatorForm | undefined {
  const folded = text.toLowerCase()
  const colon = folded.indexOf(':')
  const qualifier = colon < 0 ? undefined : QUALIFIERS.get(folded.slice(0, colon) as 'forallvalues')
  if (colon >= 0 && qualifier === undefined) return undefined
  const rest = folded.slice(colon + 1)
  const ifExists = rest.endsWith('ifexists')
  const found = BY_LOWER_CASE.get(ifExists ? rest.slice(0, -'ifexists'.length) : rest)
  return found === undefined ? undefined : { ...found, ifExists, ...(qualifier === undefined ? {} : { qualifier }) }
}
