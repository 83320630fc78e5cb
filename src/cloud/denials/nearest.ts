import type { DimensionMatch, StatementExplanation } from '../../standards/policy/index.ts'

/** `statement 1 "AllowApp"` */
export function statementName({ statement: { index, sid } }: StatementExplanation): string {
  return `statement ${index + 1}${sid === undefined ? '' : ` "${sid}"`}`
}

/** A statement that came near, with what matched and what did not. */
export function nearestLine(near: StatementExplanation): string {
  const marks = near.dimensions.map((match) => `${dimensionName(match)} ${match.matches ? '✓' : '✗'}`)
  return [`${statementName(near)} of ${policyName(near)}:`, ...marks].join(' ')
}

/** A statement that denies. */
export function denyingLine(near: StatementExplanation): string {
  return `${statementName(near)} of ${policyName(near)} denies it`
}

export function policyName({ policy, policyType }: StatementExplanation): string {
  // Of the organization's, the name says where it is attached, and its ARN nothing that anybody wrote.
  const isOfOrganization = policyType === 'service-control' || policyType === 'resource-control'
  const name = isOfOrganization ? policy.name : (policy.arn ?? policy.name)
  return policyType === 'trust' ? 'the trust policy' : `${KINDS[policyType]} ${name}`.trimEnd()
}

const KINDS = {
  identity: 'policy',
  resource: 'the resource policy',
  boundary: 'the permissions boundary',
  session: 'the session policy',
  'service-control': 'the service control policy',
  'resource-control': 'the resource control policy',
  endpoint: 'the endpoint policy',
} as const satisfies Record<Exclude<StatementExplanation['policyType'], 'trust'>, string>

function dimensionName({ dimension, operator, key }: DimensionMatch): string {
  return dimension === 'condition' ? [operator, key].filter((part) => part !== undefined).join(' ') : dimension
}
