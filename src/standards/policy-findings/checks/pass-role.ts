import { eachStatement, OF_IDENTITIES } from '../each.ts'
import { covers, hasWildcard } from '../globs.ts'
import type { Check, CheckTable, DraftStatement, FindingType, Hit, Listing } from '../model.ts'

/** An action that gives a role away, and the condition key by which it may be held in. */
interface Grant {
  readonly action: string
  readonly limitedBy: string
}

const PASS_ROLE: Grant = { action: 'iam:passrole', limitedBy: 'iam:passedtoservice' }
const CREATE_SLR: Grant = { action: 'iam:createservicelinkedrole', limitedBy: 'iam:awsservicename' }

/** Roles that are handed to services, on more resources than somebody thought of. */
export const PASS_ROLE_CHECKS = {
  PASS_ROLE_WITH_NOTRESOURCE: grant(
    'SECURITY_WARNING',
    'Using the iam:PassRole action with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
    (statement) => isNamed(statement, PASS_ROLE) && isButSome(statement),
  ),
  PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOTRESOURCE: grant(
    'SECURITY_WARNING',
    'Using an action with a wildcard (*) and NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
    (statement) => isByWildcard(statement, PASS_ROLE) && isButSome(statement),
  ),
  PASS_ROLE_WITH_NOTACTION_AND_NOTRESOURCE: grant(
    'SECURITY_WARNING',
    'Using NotAction with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources.. We recommend that you specify resource ARNs instead.',
    (statement) => isNotExcluded(statement, PASS_ROLE) && isButSome(statement),
  ),
  PASS_ROLE_WITH_STAR_IN_RESOURCE: grant(
    'SECURITY_WARNING',
    'Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
    (statement) => isNamed(statement, PASS_ROLE) && isOnAnyRole(statement, PASS_ROLE),
  ),
  PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE: grant(
    'SECURITY_WARNING',
    'Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
    (statement) => isByWildcard(statement, PASS_ROLE) && isOnAnyRole(statement, PASS_ROLE),
  ),
  PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOTACTION: grant(
    'SECURITY_WARNING',
    'Using a resource with wildcards (*) and NotAction can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
    (statement) => isNotExcluded(statement, PASS_ROLE) && isOnAnyRole(statement, PASS_ROLE),
  ),
  CREATE_SLR_WITH_NOTRESOURCE: grant(
    'WARNING',
    'Using the iam:CreateServiceLinkedRole action with NotResource can allow creation of unintended service-linked roles for multiple resources. We recommend that you specify resource ARNs instead.',
    (statement) => isNamed(statement, CREATE_SLR) && isButSome(statement),
  ),
  CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOTRESOURCE: grant(
    'WARNING',
    'Using an action with a wildcard(*) and NotResource can allow creation of unintended service-linked roles because it can allow iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
    (statement) => isByWildcard(statement, CREATE_SLR) && isButSome(statement),
  ),
  CREATE_SLR_WITH_NOTACTION_AND_NOTRESOURCE: grant(
    'WARNING',
    'Using NotAction with NotResource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
    (statement) => isNotExcluded(statement, CREATE_SLR) && isButSome(statement),
  ),
  CREATE_SLR_WITH_STAR_IN_RESOURCE: grant(
    'WARNING',
    'Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow creation of unintended service-linked roles. We recommend that you specify resource ARNs instead.',
    (statement) => isNamed(statement, CREATE_SLR) && isOnAnyRole(statement, CREATE_SLR),
  ),
  CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE: grant(
    'WARNING',
    'Using wildcards (*) in the action and the resource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead.',
    (statement) => isByWildcard(statement, CREATE_SLR) && isOnAnyRole(statement, CREATE_SLR),
  ),
  CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOTACTION: grant(
    'WARNING',
    'Using a resource with wildcards (*) and NotAction can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead.',
    (statement) => isNotExcluded(statement, CREATE_SLR) && isOnAnyRole(statement, CREATE_SLR),
  ),
} as const satisfies CheckTable

function grant(type: FindingType, message: string, isTooWide: (statement: DraftStatement) => boolean): Check {
  const find = eachStatement(function* find(statement): Iterable<Hit> {
    const { effect, actions, resources } = statement
    if (effect !== 'Allow' || actions === undefined || resources === undefined || !isTooWide(statement)) return
    yield { at: actions.path, alsoAt: [resources.path] }
  })
  return { type, message, kinds: OF_IDENTITIES, find }
}

const foldedTexts = (listing: Listing): readonly string[] => listing.items.map(({ text }) => text.toLowerCase())

function isNamed({ actions }: DraftStatement, { action }: Grant): boolean {
  return actions?.not === false && foldedTexts(actions).includes(action)
}

/** Once it is named, a wildcard beside it says nothing new. */
function isByWildcard(statement: DraftStatement, grant: Grant): boolean {
  const { actions } = statement
  if (actions?.not !== false || isNamed(statement, grant)) return false
  return foldedTexts(actions).some((text) => hasWildcard(text) && covers(text, grant.action))
}

function isNotExcluded({ actions }: DraftStatement, { action }: Grant): boolean {
  return actions?.not === true && !foldedTexts(actions).some((text) => covers(text, action))
}

const isButSome = ({ resources }: DraftStatement): boolean => resources?.not === true

/** A role that nobody has thought of: what stands for it too stands for any. */
const ANY_ROLES = [
  'arn:aws:iam::111122223333:role/Any-Role',
  'arn:aws:iam::111122223333:role/aws-service-role/any.amazonaws.com/Any-Role',
]

function isOnAnyRole({ resources, conditions }: DraftStatement, { limitedBy }: Grant): boolean {
  if (resources?.not !== false || conditions.some(({ key }) => key.toLowerCase() === limitedBy)) return false
  return resources.items.some(({ text }) =>
    ANY_ROLES.some((role) => covers(text.replaceAll(/\$\{[^}]*\}/g, '*'), role)),
  )
}
