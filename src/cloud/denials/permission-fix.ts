import type { StatementExplanation } from '../../standards/policy/index.ts'
import type { Principal, Requirement } from '../operation.ts'
import { CAUSES, type CauseName } from './causes.ts'
import type { Denial } from './finding.ts'
import { policyName, statementName } from './nearest.ts'
import { shellQuote } from './shell-quote.ts'

/** What lets the call through and nothing beside it. */
export function allowFix({ judged, principal, explanation }: Denial, miss: CauseName | undefined): string {
  const { requirement, decision } = judged
  const [near] = explanation.nearest
  const what = `${requirement.action} on ${requirement.resource}`
  if (miss !== undefined && near !== undefined) {
    return `in ${statementName(near)} of ${policyName(near)}: ${CAUSES[miss][3]}`
  }
  switch (decision.decidedBy) {
    case 'identity':
      return grantCommand(requirement, principal) ?? `allow ${what} in a policy of the principal`
    case 'resource':
      return `allow ${nameOf(principal)} ${what} in the policy of the resource`
    case 'session':
      return `allow ${what} in the session policy too (Policy or PolicyArns of the call that made the session)`
    case 'boundary':
      return `allow ${what} in the permissions boundary of ${nameOf(principal)} too`
    default:
      return `allow ${what} there too`
  }
}

export function denyFix({ action, resource }: Requirement, near: StatementExplanation | undefined): string {
  const where = near === undefined ? 'the Deny statement' : `${statementName(near)} of ${policyName(near)}`
  return `if it is meant to be allowed, take ${action} on ${resource} out of ${where}; no Allow helps against a Deny`
}

/** One inline policy with one statement; undefined for a principal that has no policies of its own. */
function grantCommand({ action, resource }: Requirement, principal: Principal): string | undefined {
  const owner = ownerWords(principal)
  if (owner === undefined) return undefined
  const statement = { Effect: 'Allow', Action: action, Resource: literalPattern(resource) }
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const name = `allow-${action.replace(':', '-')}`
  return `aws iam ${owner.command} ${owner.flag} ${shellQuote(owner.name)} --policy-name ${name} --policy-document ${shellQuote(document)}`
}

function ownerWords(principal: Principal) {
  if (principal.kind === 'assumed-role')
    return { command: 'put-role-policy', flag: '--role-name', name: principal.role.name }
  if (principal.kind === 'iam-user')
    return { command: 'put-user-policy', flag: '--user-name', name: principal.userName }
  return undefined
}

/** A resource as a pattern that matches it alone: a star in a key is a star, not a wildcard. */
function literalPattern(resource: string): string {
  return resource === '*' ? resource : resource.replaceAll(/[*?$]/g, (character) => `\${${character}}`)
}

function nameOf(principal: Principal): string {
  if (principal.kind === 'anonymous') return 'everyone'
  if (principal.kind === 'web-identity') return principal.provider.arn
  return principal.kind === 'assumed-role' ? principal.role.arn : principal.arn
}
