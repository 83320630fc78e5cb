import { syntaxFault } from './errors.ts'
import type { WrittenStatement } from './written.ts'

/**
 * Resource control policies only take away; the one Allow there is is AWS's own, of everything to everybody.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */
export function checkResourceControl(statement: WrittenStatement): void {
  const { where, principals, actions, effect } = statement
  if (principals?.not !== false || !principals.isStar) throw syntaxFault(where, 'expected `"Principal": "*"`')
  if (actions?.not !== false) throw syntaxFault(where, 'expected `Action`')
  if (effect === 'Allow') {
    if (!isFullAccess(statement)) throw syntaxFault(where, 'expected `Deny`')
  } else if (actions.patterns.includes('*')) throw syntaxFault(where, 'expected actions of a service')
}

function isFullAccess({ actions, resources, conditions }: WrittenStatement): boolean {
  const isStar = (patterns: readonly string[] | undefined) => patterns?.length === 1 && patterns[0] === '*'
  return isStar(actions?.patterns) && isStar(resources?.patterns) && resources?.not === false && conditions.length === 0
}
