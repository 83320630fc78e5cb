import { eachStatement, OF_RESOURCES, OF_TRUST, ofKinds, when } from '../each.ts'
import { hasWildcard } from '../globs.ts'
import type { CheckTable, DraftPrincipals, DraftStatement, Hit } from '../model.ts'
import { isObject } from '../read-draft.ts'

const TYPES = ['AWS', 'Federated', 'Service', 'CanonicalUser']
const HAVE_PRINCIPALS = ofKinds('trust', 'resource', 'endpoint', 'resource-control')

/** The form of `Principal` and `NotPrincipal`. */
export const PRINCIPAL_CHECKS = {
  INVALID_PRINCIPAL_FORMAT: {
    type: 'ERROR',
    message: 'The Principal element contents are not valid. Specify a key-value pair in the Principal element.',
    find: eachStatement(function* find({ json, principals }) {
      const value = json.Principal ?? json.NotPrincipal
      if (principals !== undefined && value !== '*' && !isObject(value)) yield { at: principals.path }
    }),
  },
  INVALID_PRINCIPAL_KEY: {
    type: 'ERROR',
    message: 'The principal key {{principal-key}} is not valid.',
    find: eachStatement(function* find({ json, principals }) {
      const value = json.Principal ?? json.NotPrincipal
      if (principals === undefined || !isObject(value)) return
      for (const key of Object.keys(value))
        yield* when(!TYPES.includes(key), { at: [...principals.path, key], values: { 'principal-key': key } })
    }),
  },
  UNSUPPORTED_WILDCARD_IN_PRINCIPAL: {
    type: 'ERROR',
    message:
      'Wildcards (*, ?) are not supported with the principal key {{principal_key}}. Replace the wildcard with a valid principal value.',
    kinds: HAVE_PRINCIPALS,
    find: eachEntry(({ type, text }) =>
      // A star alone may stand for everybody with AWS accounts, and for nobody else.
      TYPES.includes(type) && hasWildcard(text) && !(type === 'AWS' && text === '*')
        ? { principal_key: type }
        : undefined,
    ),
  },
  INVALID_SERVICE_PRINCIPAL_FORMAT: {
    type: 'ERROR',
    message: 'The service principal does not match the expected format. Use the format {{expectedFormat}}.',
    kinds: HAVE_PRINCIPALS,
    find: eachEntry(({ type, text }) =>
      type !== 'Service' || hasWildcard(text) || isServicePrincipal(text)
        ? undefined
        : { expectedFormat: 'service-id.amazonaws.com' },
    ),
  },
  INVALID_ROLE_REFERENCE: {
    type: 'WARNING',
    message: 'The Principal element includes the IAM role ID {{roleid}}. We recommend that you use a role ARN instead.',
    kinds: HAVE_PRINCIPALS,
    find: eachEntry(({ type, text: roleid }) =>
      type === 'AWS' && /^AROA[A-Z0-9]+$/.test(roleid) ? { roleid } : undefined,
    ),
  },
  INVALID_USER_REFERENCE: {
    type: 'WARNING',
    message: 'The Principal element includes the IAM user ID {{userid}}. We recommend that you use a user ARN instead.',
    kinds: HAVE_PRINCIPALS,
    find: eachEntry(({ type, text: userid }) =>
      type === 'AWS' && /^AIDA[A-Z0-9]+$/.test(userid) ? { userid } : undefined,
    ),
  },
  FEDERATED_PRINCIPAL_NOT_SUPPORTED: {
    type: 'ERROR',
    message:
      'The policy type does not support a federated identity provider in the principal element. Use a supported principal.',
    kinds: OF_RESOURCES,
    find: eachEntry(({ type }) => (type === 'Federated' ? {} : undefined)),
  },
  ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL: {
    type: 'ERROR',
    message:
      '"Principal:" "*" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ principals }) {
      if (principals?.isStar === true) yield { at: principals.path }
    }),
  },
  REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY: {
    type: 'SUGGESTION',
    message:
      'The assumed-role principal {{redundant_principal}} is redundant with its parent role {{parent_role}}. Remove the assumed-role principal.',
    kinds: OF_TRUST,
    find: eachStatement(redundantSessions),
  },
} as const satisfies CheckTable

function eachEntry(look: (entry: DraftPrincipals['entries'][number]) => Hit['values'] | undefined) {
  return eachStatement(function* find({ principals }: DraftStatement): Iterable<Hit> {
    for (const entry of principals?.entries ?? []) {
      const values = look(entry)
      if (values !== undefined) yield { at: entry.path, values }
    }
  })
}

/** `ec2.amazonaws.com`, also of a region, of China, or of AWS's inside. */
export function isServicePrincipal(text: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|aws\.internal|api\.aws|aws\.com)$/.test(text)
}

/** A session of a role that may come itself. */
function* redundantSessions({ principals }: DraftStatement): Iterable<Hit> {
  const entries = principals?.entries ?? []
  for (const { text, path } of entries) {
    const [, partition, account, role] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(text) ?? []
    if (role === undefined) continue
    const start = `arn:${partition}:iam::${account}:role/`
    const parent = entries.find((one) => one.text.startsWith(start) && one.text.endsWith(`/${role}`))
    if (parent !== undefined)
      yield { at: path, alsoAt: [parent.path], values: { redundant_principal: text, parent_role: parent.text } }
  }
}
