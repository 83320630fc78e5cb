import { eachStatement, OF_TRUST } from '../each.ts'
import { covers } from '../globs.ts'
import type { CheckTable, DraftPrincipals, DraftStatement, Hit } from '../model.ts'

const TRUST_ACTIONS = [
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
  'sts:setcontext',
]
const ROLES_ANYWHERE = 'rolesanywhere.amazonaws.com'
const ROLES_ANYWHERE_ACTIONS = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']
/** What sets the values of these keys. */
const SETTERS: readonly (readonly [key: RegExp, action: string])[] = [
  [/^sts:SourceIdentity$/i, 'sts:SetSourceIdentity'],
  [/^(sts:TransitiveTagKeys|aws:RequestTag\/.+|aws:TagKeys)$/i, 'sts:TagSession'],
]

/** Who may assume a role, and by which call. */
export const TRUST_CHECKS = {
  UNSUPPORTED_ACTION_IN_POLICY: {
    type: 'ERROR',
    message:
      'The action {{action}} is not supported for the resource-based policy attached to the resource type {{resourceType}}.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ actions }) {
      for (const { text: action, path } of actions?.items ?? []) {
        const folded = action.toLowerCase()
        if (folded.startsWith('sts:') && TRUST_ACTIONS.some((one) => covers(folded, one))) continue
        yield { at: path, values: { action, resourceType: 'AWS::IAM::AssumeRolePolicyDocument' } }
      }
    }),
  },
  INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY: {
    type: 'ERROR',
    message:
      'The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ principals }) {
      for (const { type, text, path } of principals?.entries ?? [])
        if (type === 'Federated' && !isProvider(text)) yield { at: path }
    }),
  },
  MISMATCHED_ACTION_FOR_PRINCIPAL: {
    type: 'ERROR',
    message:
      'The {{actionName}} action is invalid with the following principal(s): {{principalNames}}. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ actions, principals }) {
      if (actions?.not !== false || principals?.not !== false || principals.entries.length === 0) return
      for (const { text: actionName, path } of actions.items) {
        const fits = FITTING.get(actionName.toLowerCase())
        // One that fits is enough: the others may come by another action of the same statement.
        if (fits === undefined || principals.entries.some(fits)) continue
        const principalNames = principals.entries.map(({ text }) => text).join(', ')
        yield {
          at: path,
          alsoAt: principals.entries.map((entry) => entry.path),
          values: { actionName, principalNames },
        }
      }
    }),
  },
  MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY: {
    type: 'ERROR',
    message:
      'The rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy.',
    kinds: OF_TRUST,
    *find({ statements }) {
      const meant = statements.filter(({ effect, principals }) => effect === 'Allow' && namesRolesAnywhere(principals))
      const [first] = meant
      if (first === undefined || ROLES_ANYWHERE_ACTIONS.every((action) => meant.some((one) => allows(one, action))))
        return
      yield { at: first.actions?.path ?? first.path }
    },
  },
  MISSING_ACTION_FOR_CONDITION_KEY: {
    type: 'ERROR',
    message:
      'The {{actionName}} action must be in the action block to allow setting values for the condition key {{keyName}}. Add {{actionName}} to the action block.',
    kinds: OF_TRUST,
    find: eachStatement(function* find(statement): Iterable<Hit> {
      if (statement.effect !== 'Allow') return
      for (const { key: keyName, path } of statement.conditions)
        for (const [pattern, actionName] of SETTERS)
          if (pattern.test(keyName) && !allows(statement, actionName))
            yield { at: path, values: { actionName, keyName } }
    }),
  },
} as const satisfies CheckTable

type Entry = DraftPrincipals['entries'][number]

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/
const PROVIDER_ARN = /^arn:[^:]*:iam::\d{12}:(saml|oidc)-provider\/.+$/

const isProvider = (text: string): boolean => PROVIDER_ARN.test(text) || DOMAIN.test(text)
const isSaml = ({ type, text }: Entry): boolean => type === 'Federated' && text.includes(':saml-provider/')
const isOidc = ({ type, text }: Entry): boolean => type === 'Federated' && !text.includes(':saml-provider/')

const FITTING: ReadonlyMap<string, (entry: Entry) => boolean> = new Map([
  ['sts:assumerole', ({ type }: Entry) => type !== 'Federated'],
  ['sts:assumerolewithsaml', isSaml],
  ['sts:assumerolewithwebidentity', isOidc],
])

const namesRolesAnywhere = (principals: DraftPrincipals | undefined): boolean =>
  principals?.entries.some(({ text }) => text === ROLES_ANYWHERE) === true

function allows({ actions }: DraftStatement, action: string): boolean {
  return actions?.not === false && actions.items.some(({ text }) => covers(text.toLowerCase(), action.toLowerCase()))
}
