import { checkConditionValues } from './check-conditions.ts'
import { checkIdentityActions, checkIdentityResources, checkResourceForms } from './check-identity.ts'
import { checkPrincipals } from './check-principals.ts'
import { checkResourceControl } from './check-resource-control.ts'
import { checkTrust } from './check-trust.ts'
import { policyFault } from './errors.ts'
import { KINDS } from './kinds.ts'
import type { Effect, PolicyKind, Statement } from './model.ts'
import type { WrittenStatement } from './written.ts'

/** Whether statements have what their kind needs, in the order in which AWS complains. @throws PolicyError */
export function checkStatements(statements: readonly WrittenStatement[], kind: PolicyKind): readonly Statement[] {
  const each = (check: (statement: WrittenStatement) => void) => statements.forEach(check)
  const { authority, principal } = KINDS[kind]
  if (principal === 'forbidden') each(checkNoPrincipal)
  each(checkEffect)
  each(checkConditionValues)
  if (authority === 'iam') checkResourceForms(statements)
  checkSids(statements)
  if (authority === 'trust') each(checkTrust)
  each(checkActionsExist)
  if (authority === 'iam') {
    checkIdentityResources(statements)
    each(checkIdentityActions)
  }
  if (KINDS[kind].resource === 'required') each(checkResourcesExist)
  if (principal === 'required') each(checkPrincipals)
  if (kind === 'resource-control') each(checkResourceControl)
  return statements.map(settle)
}

function checkNoPrincipal({ principals, where }: WrittenStatement): void {
  if (principals !== undefined)
    throw policyFault({ reason: 'prohibited-principal', where, message: 'expected no principal' })
}

function checkEffect({ effect, where }: WrittenStatement): void {
  if (effect === 'Allow' || effect === 'Deny') return
  throw policyFault({
    reason: 'effect-case',
    where: `${where}/Effect`,
    message: 'expected `Allow` or `Deny`, in this case',
    found: effect,
  })
}

function checkSids(statements: readonly WrittenStatement[]): void {
  const seen = new Set<string>()
  for (const { sid, where } of statements) {
    if (sid === undefined || sid === '') continue
    if (seen.has(sid))
      throw policyFault({ reason: 'duplicate-sid', where: `${where}/Sid`, message: `\`${sid}\` occurs twice` })
    seen.add(sid)
  }
}

function checkActionsExist({ actions, where }: WrittenStatement): void {
  if (actions === undefined || actions.patterns.length === 0)
    throw policyFault({ reason: 'missing-action', where, message: 'expected an action' })
}

function checkResourcesExist({ resources, where }: WrittenStatement): void {
  if (resources === undefined || resources.patterns.length === 0)
    throw policyFault({ reason: 'missing-resource', where, message: 'expected a resource' })
}

function settle({ index, sid, effect, actions, resources, principals, conditions }: WrittenStatement): Statement {
  return {
    index,
    ...(sid === undefined ? {} : { sid }),
    effect: effect as Effect,
    actions: actions ?? { not: false, patterns: [] },
    ...(resources === undefined ? {} : { resources }),
    ...(principals === undefined ? {} : { principals: { not: principals.not, entries: principals.entries } }),
    conditions,
  }
}
