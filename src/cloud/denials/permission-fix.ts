import type { StatementExplanation } from '../../standards/policy/index.ts'
import type { Requirement } from '../operation.ts'
import { CAUSES, type CauseName } from './causes.ts'
import type { Denial, Requester } from './finding.ts'
import { policyName, statementName } from './nearest.ts'
import { shellQuote } from './shell-quote.ts'

type Asked = Pick<Requirement, 'action' | 'resource'>

/** What lets the call through and nothing beside it. */
export function allowFix({ judged, requester, explanation }: Denial, miss: CauseName | undefined): string {
  const { requirement, decision } = judged
  const [near] = explanation.nearest
  const what = `${requirement.action} on ${requirement.resource}`
  if (miss !== undefined && near !== undefined) {
    return `in ${statementName(near)} of ${policyName(near)}: ${CAUSES[miss][3]}`
  }
  switch (decision.decidedBy) {
    case 'identity':
      return grantCommand(requirement, requester) ?? `allow ${what} in a policy of the principal`
    case 'resource':
      return `allow ${nameOf(requester)} ${what} in the policy of the resource`
    case 'session':
      return `allow ${what} in the session policy too (Policy or PolicyArns of the call that made the session)`
    case 'boundary':
      return `allow ${what} in the permissions boundary of ${nameOf(requester)} too`
    case 'service-control':
      return `allow ${what} in the service control policies too, at every level from the root to the account`
    default:
      return `allow ${what} there too`
  }
}

export function denyFix({ action, resource }: Asked, near: StatementExplanation | undefined): string {
  const where = near === undefined ? 'the Deny statement' : `${statementName(near)} of ${policyName(near)}`
  return `if it is meant to be allowed, take ${action} on ${resource} out of ${where}; no Allow helps against a Deny`
}

/** One inline policy with one statement; undefined for a principal that has no policies of its own. */
function grantCommand({ action, resource }: Asked, requester: Requester): string | undefined {
  const owner = ownerWords(requester)
  if (owner === undefined) return undefined
  const statement = { Effect: 'Allow', Action: action, Resource: literalPattern(resource) }
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const name = `allow-${action.replace(':', '-')}`
  return `aws iam ${owner.command} ${owner.flag} ${shellQuote(owner.name)} --policy-name ${name} --policy-document ${shellQuote(document)}`
}

function ownerWords(requester: Requester) {
  if (requester.kind !== 'role' && requester.kind !== 'user') return undefined
  return { command: `put-${requester.kind}-policy`, flag: `--${requester.kind}-name`, name: requester.name }
}

/** A resource as a pattern that matches it alone: a star in a key is a star, not a wildcard. */
function literalPattern(resource: string): string {
  return resource === '*' ? resource : resource.replaceAll(/[*?$]/g, (character) => `\${${character}}`)
}

function nameOf(requester: Requester): string {
  if (requester.kind === 'anonymous') return 'everyone'
  if (requester.kind === 'service') return requester.name
  return requester.kind === 'web-identity' ? requester.providerArn : requester.arn
}
