import { findKey, serviceOfKey, tagKeyWithoutTag } from '../condition-keys.ts'
import { eachCondition, eachStatement, OF_IDENTITIES, ofKinds, when } from '../each.ts'
import { covers } from '../globs.ts'
import type { CheckTable } from '../model.ts'

const NOT_OF_IDENTITIES = ofKinds('resource', 'trust', 'endpoint', 'service-control', 'resource-control')

/** Condition keys: whether there are such, and what they need. */
export const KEY_CHECKS = {
  INVALID_CONDITION_KEY_FORMAT: {
    type: 'ERROR',
    message: 'The condition key format is not valid. Use the format service:keyname.',
    find: eachCondition(({ key, path }) => when(!/^[^:\s]+:\S/.test(key), { at: path })),
  },
  INVALID_GLOBAL_CONDITION_KEY: {
    type: 'ERROR',
    message: 'The condition key {{key}} does not exist. Use a valid condition key.',
    find: eachCondition(({ key, path }, _statement, catalogue) => {
      const isOther = serviceOfKey(key) !== 'aws' || isArnKey(key) || tagKeyWithoutTag(key) !== undefined
      return when(!isOther && findKey(key, catalogue) === undefined, { at: path, values: { key } })
    }),
  },
  INVALID_SERVICE_CONDITION_KEY: {
    type: 'ERROR',
    message: 'The condition key {{key}} does not exist in the service {{service}}. Use a valid condition key.',
    find: eachCondition(({ key, path }, _statement, catalogue) => {
      const service = serviceOfKey(key)
      const isKnown = !catalogue.services.includes(service) || findKey(key, catalogue) !== undefined
      return when(!isKnown, { at: path, values: { key, service } })
    }),
  },
  // AWS documents both for the same key: who is asked for its own ARN may still be, and whom a policy is about may not.
  UNSUPPORTED_GLOBAL_CONDITION_KEY: {
    type: 'ERROR',
    message: 'The condition key aws:ARN is not supported. Use aws:PrincipalArn or aws:SourceArn instead.',
    kinds: NOT_OF_IDENTITIES,
    find: eachCondition(({ key, path }) => when(isArnKey(key), { at: path })),
  },
  DEPRECATED_GLOBAL_CONDITION_KEY: {
    type: 'WARNING',
    message: 'We recommend that you update aws:ARN to use the newer condition key aws:PrincipalArn.',
    kinds: OF_IDENTITIES,
    find: eachCondition(({ key, path }) => when(isArnKey(key), { at: path })),
  },
  MISSING_QUALIFIER: {
    type: 'ERROR',
    message:
      'The request context key {{key}} has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy.',
    find: eachCondition(({ form, key, path }, _statement, catalogue) => {
      const isAsked = form !== undefined && form.qualifier === undefined && form.family !== 'Null'
      return when(isAsked && findKey(key, catalogue)?.isMultivalued === true, { at: path, values: { key } })
    }),
  },
  FORALLVALUES_WITH_SINGLE_VALUED_KEY: {
    type: 'SECURITY_WARNING',
    message:
      'Using ForAllValues qualifier with the single-valued condition key {{key}} can be overly permissive. We recommend that you remove ForAllValues:.',
    find: eachCondition(({ form, key, path }, { effect }, catalogue) => {
      const isLoose = effect === 'Allow' && form?.qualifier === 'ForAllValues'
      return when(isLoose && isSingleValued(key, findKey(key, catalogue)?.isMultivalued), { at: path, values: { key } })
    }),
  },
  MISSING_PAIRED_CONDITION_KEYS: {
    type: 'SECURITY_WARNING',
    message:
      'Using the condition key {{conditionKeyName}} can be overly permissive without also using the following condition keys: {{recommendedKeys}}. Condition keys like this one are more secure when paired with a related key. We recommend that you add the related condition keys to the same condition block.',
    find: eachCondition(({ key, path }, { conditions }) => {
      // SPEC: a private address says something only together with the network that it belongs to.
      const isAlone =
        key.toLowerCase() === 'aws:vpcsourceip' && !conditions.some((one) => /^aws:sourcevpc(e|arn)?$/i.test(one.key))
      return when(isAlone, { at: path, values: { conditionKeyName: key, recommendedKeys: 'aws:SourceVpc' } })
    }),
  },
  MISSING_TAG_KEY_IN_CONDITION: {
    type: 'ERROR',
    message:
      'The condition key {{conditionKeyName}} must include a tag key to control access based on tags. Use the format {{conditionKeyName}}tag-key and specify a key name for tag-key.',
    find: eachCondition(function* find({ key, path }) {
      const conditionKeyName = tagKeyWithoutTag(key)
      if (conditionKeyName !== undefined) yield { at: path, values: { conditionKeyName } }
    }),
  },
  UNSUPPORTED_ACTION_FOR_CONDITION_KEY: {
    type: 'ERROR',
    message:
      'The following actions: {{actions}} are not supported by the condition key {{key}}. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key.',
    find: eachCondition(function* find(
      { key, path },
      { actions },
      { services, conditionKeysOf, conditionKeysOfAction },
    ) {
      const isKnown = services.includes(serviceOfKey(key)) && findKey(key, { conditionKeysOf: () => [] }) === undefined
      if (!isKnown || actions?.not !== false || findKey(key, { conditionKeysOf }) === undefined) return
      // SPEC: actions with wildcards are not looked into.
      const unfit = actions.items.filter(({ text }) => {
        const keys = ACCOMPANYING.test(text) ? undefined : conditionKeysOfAction(text)
        return keys !== undefined && !keys.some((name) => covers(globOf(name), key.toLowerCase()))
      })
      if (unfit.length === 0) return
      yield {
        at: path,
        alsoAt: unfit.map((one) => one.path),
        values: { key, actions: unfit.map((one) => one.text).join(', ') },
      }
    }),
  },
  IRRELEVANT_CONDITION_KEY_IN_POLICY: {
    type: 'SUGGESTION',
    message:
      'The condition key {{condition-key}} is not relevant for the {{resource-type}} policy.  Use this key in an identity-based policy to govern access to this resource.',
    kinds: ofKinds('resource'),
    find: eachStatement(function* find({ conditions, resources }) {
      // A bucket knows whose it is.
      const isOfBucket =
        resources?.items.every(({ text }) => /^arn:[^:]*:s3:/.test(text)) === true && resources.items.length > 0
      if (!isOfBucket) return
      for (const { key, path } of conditions)
        yield* when(/^(s3|aws):resourceaccount$/i.test(key), {
          at: path,
          values: { 'condition-key': key, 'resource-type': 'AWS::S3::Bucket' },
        })
    }),
  },
} as const satisfies CheckTable

/** These are no calls of their own: they are asked for with the keys of the call that they come with. */
const ACCOMPANYING = /^sts:(TagSession|SetSourceIdentity|SetContext)$/i

const isArnKey = (key: string): boolean => key.toLowerCase() === 'aws:arn'

const globOf = (name: string): string => name.toLowerCase().replaceAll(/\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g, '*')

/** The subject of a token is one, whoever issued it; of keys that nobody knows nothing is said. */
function isSingleValued(key: string, isMultivalued: boolean | undefined): boolean {
  return isMultivalued === undefined ? /:sub$/i.test(key) : !isMultivalued
}
