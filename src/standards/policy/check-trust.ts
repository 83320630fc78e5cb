import { policyFault } from './errors.ts'
import { compileGlob } from './glob.ts'
import { pointerTo } from './json.ts'
import { parsePattern } from './pattern.ts'
import type { WrittenStatement } from './written.ts'

/** What only trust policies forbid. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html */
export function checkTrust({ resources, principals, actions, effect, where }: WrittenStatement): void {
  if (resources !== undefined) {
    const reason = resources.not ? 'prohibited-not-resource' : 'prohibited-resource'
    throw policyFault({ reason, where, message: 'expected no resource: it is the role' })
  }
  if (principals?.not === true) {
    const reason = effect === 'Allow' ? 'allow-not-principal' : 'not-principal'
    throw policyFault({ reason, where: `${where}/NotPrincipal`, message: 'expected `Principal`' })
  }
  if (principals?.isStar === true)
    throw policyFault({ reason: 'everyone', where: `${where}/Principal`, message: 'expected an object' })
  if (actions?.not === true)
    throw policyFault({ reason: 'missing-action', where: `${where}/NotAction`, message: 'expected `Action`' })
  for (const [at, pattern] of (actions?.patterns ?? []).entries()) {
    if (isTrustAction(pattern)) continue
    throw policyFault({
      reason: 'action-not-sts',
      where: pointerTo(`${where}/Action`, at),
      message: `expected an action that a role can be assumed by, found \`${pattern}\``,
    })
  }
}

const TRUST_ACTIONS = [
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
  'sts:setcontext',
]

function isTrustAction(pattern: string): boolean {
  const folded = pattern.toLowerCase()
  if (!folded.startsWith('sts:')) return false
  const matches = compileGlob(parsePattern(folded, { wildcards: 'read', variables: 'literal' }))
  return TRUST_ACTIONS.some(matches)
}
