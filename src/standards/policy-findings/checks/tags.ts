import { isNameOf, serviceOfKey } from '../condition-keys.ts'
import { eachStatement } from '../each.ts'
import { hasWildcard } from '../globs.ts'
import type { ActionCatalogue, Check, CheckTable, DraftCondition, DraftStatement, Hit } from '../model.ts'

/** Conditions on tags over actions of services that know no tags: they never hold, or never deny. */
export const TAG_CHECKS = {
  DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: {
    type: 'SECURITY_WARNING',
    message:
      'Using the effect Deny with the tag condition key {{conditionKeyName}} and actions for services with the following prefixes can be overly permissive: {{serviceNames}}. Actions for the listed services are not denied by this statement. We recommend that you move these actions to a different statement without this condition key.',
    find: onActions('Deny'),
  },
  ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: {
    type: 'SUGGESTION',
    message:
      'Using the effect Allow with the tag condition key {{conditionKeyName}} and actions for services with the following prefixes does not affect the policy: {{serviceNames}}. Actions for the listed service are not allowed by this statement. We recommend that you move these actions to a different statement without this condition key.',
    find: onActions('Allow'),
  },
  DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: {
    type: 'SECURITY_WARNING',
    message:
      "Using the effect Deny with NotAction and the tag condition key {{conditionKeyName}} can be overly permissive because some service actions are not denied by this statement. This is because the condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.",
    find: onNotAction('Deny'),
  },
  ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: {
    type: 'SUGGESTION',
    message:
      "Using the effect Allow with NotAction and the tag condition key {{conditionKeyName}} allows only service actions that support the condition key. The condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.",
    find: onNotAction('Allow'),
  },
} as const satisfies CheckTable

function onActions(effect: 'Allow' | 'Deny'): Check['find'] {
  return eachStatement(function* find(statement, catalogue): Iterable<Hit> {
    if (statement.effect !== effect || statement.actions?.not !== false) return
    for (const { key, path } of tagConditions(statement)) {
      const services = servicesWithout(key, statement, catalogue)
      if (services.length > 0) yield { at: path, values: { conditionKeyName: key, serviceNames: services.join(', ') } }
    }
  })
}

function onNotAction(effect: 'Allow' | 'Deny'): Check['find'] {
  return eachStatement(function* find(statement): Iterable<Hit> {
    if (statement.effect !== effect || statement.actions?.not !== true) return
    for (const { key, path } of tagConditions(statement)) yield { at: path, values: { conditionKeyName: key } }
  })
}

/** `Null` and `IfExists` have an answer also where there is no tag. */
function tagConditions({ conditions }: DraftStatement): readonly DraftCondition[] {
  return conditions.filter(
    ({ key, form }) =>
      /^aws:(RequestTag\/.+|ResourceTag\/.+|TagKeys)$/i.test(key) &&
      form !== undefined &&
      form.family !== 'Null' &&
      !form.ifExists &&
      form.qualifier !== 'ForAllValues',
  )
}

function servicesWithout(
  key: string,
  { actions }: DraftStatement,
  { services, conditionKeysOf }: ActionCatalogue,
): readonly string[] {
  const named = new Set((actions?.items ?? []).map(({ text }) => serviceOfKey(text)).filter((one) => !hasWildcard(one)))
  return [...named].filter(
    (service) => services.includes(service) && !conditionKeysOf(service).some(({ name }) => isNameOf(name, key)),
  )
}
