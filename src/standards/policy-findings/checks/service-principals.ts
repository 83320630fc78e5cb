import { eachStatement, OF_RESOURCES } from '../each.ts'
import type { CheckTable, DraftPrincipals, DraftStatement } from '../model.ts'

/** Keys that say for whom the service acts. SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
const SOURCES = new Set(['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths'])
/** Keys that say the same less well. */
const LESSER_SOURCES = new Set(['aws:referer', 'aws:sourceowner'])
/** A service is in no organization and has no ARN. */
const OF_CALLERS = /^aws:(PrincipalOrgID|PrincipalOrgPaths|PrincipalAccount|PrincipalArn|PrincipalTag\/.*)$/i

/** Services that are let in: on whose behalf do they come? */
export const SERVICE_PRINCIPAL_CHECKS = {
  RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL: {
    type: 'SECURITY_WARNING',
    message:
      'Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn or aws:SourceAccount condition key and scope access to a specific source to grant fine-grained access.',
    kinds: OF_RESOURCES,
    find: eachStatement(function* find(statement) {
      const [service] = allowedServices(statement)
      if (service === undefined || hasKey(statement, SOURCES) || hasKey(statement, LESSER_SOURCES)) return
      yield { at: service.path }
    }),
  },
  RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL: {
    type: 'SUGGESTION',
    message:
      'To restrict access to the service principal {{servicePrincipalPrefix}} operating on your behalf, we recommend aws:SourceArn or aws:SourceAccount instead of {{key}}.',
    kinds: OF_RESOURCES,
    find: eachStatement(function* find(statement) {
      if (hasKey(statement, SOURCES)) return
      const lesser = statement.conditions.find(({ key }) => LESSER_SOURCES.has(key.toLowerCase()))
      if (lesser === undefined) return
      for (const { text } of allowedServices(statement)) {
        const [servicePrincipalPrefix = ''] = text.split('.')
        yield { at: lesser.path, values: { servicePrincipalPrefix, key: lesser.key } }
      }
    }),
  },
  UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL: {
    type: 'ERROR',
    message: 'The following condition keys are not supported when used with the service principal: {{conditionKeys}}.',
    kinds: OF_RESOURCES,
    find: eachStatement(function* find(statement) {
      const { principals, conditions } = statement
      const isServicesOnly = principals !== undefined && allowedServices(statement).length === principals.entries.length
      const [first, ...more] = conditions.filter(({ key, form }) => OF_CALLERS.test(key) && form?.ifExists === false)
      if (!isServicesOnly || principals.isStar || first === undefined) return
      const conditionKeys = [first, ...more].map(({ key }) => key).join(', ')
      yield { at: first.path, alsoAt: more.map(({ path }) => path), values: { conditionKeys } }
    }),
  },
} as const satisfies CheckTable

function allowedServices({ effect, principals }: DraftStatement): DraftPrincipals['entries'] {
  if (effect !== 'Allow' || principals?.not !== false) return []
  return principals.entries.filter(({ type }) => type === 'Service')
}

const hasKey = ({ conditions }: DraftStatement, keys: ReadonlySet<string>): boolean =>
  conditions.some(({ key }) => keys.has(key.toLowerCase()))
