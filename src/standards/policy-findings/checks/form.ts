import { eachStatement, OF_IDENTITIES, OF_ORGANIZATIONS, OF_RESOURCES, OF_TRUST, ofKinds, when } from '../each.ts'
import type { CheckTable } from '../model.ts'
import { isList } from '../read-draft.ts'

const TOP_ELEMENTS = new Set(['Version', 'Id', 'Statement'])
const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])
const VERSIONS = ['2012-10-17', '2008-10-17']
const HAVE_RESOURCES = ofKinds(
  'identity',
  'boundary',
  'session',
  'service-control',
  'resource-control',
  'resource',
  'endpoint',
)
const HAVE_PRINCIPALS = ofKinds('trust', 'resource', 'endpoint', 'resource-control')

/** Elements that are missing, unknown, or do not go together. */
export const FORM_CHECKS = {
  INVALID_POLICY_ELEMENT: {
    type: 'ERROR',
    message: 'The policy element {{element}} is not valid.',
    *find({ root, statements }) {
      for (const element of Object.keys(root))
        yield* when(!TOP_ELEMENTS.has(element), { at: [element], values: { element } })
      for (const { json, path } of statements)
        for (const element of Object.keys(json))
          yield* when(!ELEMENTS.has(element), { at: [...path, element], values: { element } })
    },
  },
  INVALID_VERSION: {
    type: 'ERROR',
    message: 'The version {{version}} is not valid. Use one of the following versions: {{versions}}',
    *find({ root: { Version: version } }) {
      if (typeof version === 'string' && !VERSIONS.includes(version))
        yield { at: ['Version'], values: { version, versions: VERSIONS.join(', ') } }
    },
  },
  MISSING_VERSION: {
    type: 'WARNING',
    message: 'We recommend that you specify the Version element to help you with debugging permission issues.',
    find: ({ root }) => when(root.Version === undefined, { at: [] }),
  },
  MISSING_STATEMENT: {
    type: 'ERROR',
    message: 'Add a statement to the policy',
    find: ({ root: { Statement } }) =>
      when(Statement === undefined || (isList(Statement) && Statement.length === 0), { at: ['Statement'] }),
  },
  MISSING_EFFECT: {
    type: 'ERROR',
    message: 'Add an Effect element to the policy statement with a value of Allow or Deny.',
    find: eachStatement(({ effect, path }) => when(effect === undefined, { at: path })),
  },
  INVALID_EFFECT: {
    type: 'ERROR',
    message: 'The effect {{effect}} is not valid. Use Allow or Deny.',
    find: eachStatement(function* find({ effect, path }) {
      if (typeof effect === 'string' && effect !== 'Allow' && effect !== 'Deny')
        yield { at: [...path, 'Effect'], values: { effect } }
    }),
  },
  MISSING_ACTION: {
    type: 'ERROR',
    message: 'Add an Action or NotAction element to the policy statement.',
    find: eachStatement(({ actions, path }) => when(actions === undefined, { at: path })),
  },
  MISSING_RESOURCE: {
    type: 'ERROR',
    message: 'Add a Resource or NotResource element to the policy statement.',
    kinds: HAVE_RESOURCES,
    find: eachStatement(({ resources, path }) => when(resources === undefined, { at: path })),
  },
  MISSING_PRINCIPAL: {
    type: 'ERROR',
    message: 'Add a Principal element to the policy statement.',
    kinds: HAVE_PRINCIPALS,
    find: eachStatement(({ principals, path }) => when(principals === undefined, { at: path })),
  },
  UNSUPPORTED_ELEMENT_COMBINATION: {
    type: 'ERROR',
    message:
      'The policy elements {{element1}} and {{element2}} can not be used in the same statement. Remove one of these elements.',
    find: eachStatement(function* find({ json, path }) {
      for (const element1 of ['Action', 'Resource', 'Principal']) {
        const element2 = `Not${element1}`
        yield* when(json[element1] !== undefined && json[element2] !== undefined, {
          at: [...path, element1],
          alsoAt: [[...path, element2]],
          values: { element1, element2 },
        })
      }
    }),
  },
  UNSUPPORTED_PRINCIPAL: {
    type: 'ERROR',
    message: 'The policy type {{policy_type}} does not support the Principal element. Remove the Principal element.',
    kinds: OF_IDENTITIES,
    find: eachStatement(function* find({ principals }) {
      if (principals !== undefined) yield { at: principals.path, values: { policy_type: 'IDENTITY_POLICY' } }
    }),
  },
  SCP_SYNTAX_ERROR_PRINCIPAL: {
    type: 'ERROR',
    message: 'SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.',
    kinds: OF_ORGANIZATIONS,
    find: eachStatement(function* find({ principals }) {
      if (principals !== undefined) yield { at: principals.path }
    }),
  },
  ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE: {
    type: 'ERROR',
    message:
      'Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ resources }) {
      if (resources !== undefined) yield { at: resources.path }
    }),
  },
  ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL: {
    type: 'ERROR',
    message: 'Role trust policies do not support NotPrincipal. Update the policy to use a Principal element instead.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ principals }) {
      if (principals?.not === true) yield { at: principals.path }
    }),
  },
  ALLOW_WITH_NOTPRINCIPAL: {
    type: 'SECURITY_WARNING',
    message: 'Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.',
    kinds: OF_RESOURCES,
    find: eachStatement(function* find({ principals, effect }) {
      if (principals?.not === true && effect === 'Allow') yield { at: principals.path }
    }),
  },
} as const satisfies CheckTable
