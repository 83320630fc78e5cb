import { type Case, document, identity, OF_IDENTITY, of, ROLE, resource, trust, when } from './documents.ts'

const manySids = (...sids: readonly string[]) => sids.map((Sid, at) => ({ ...OF_IDENTITY, Sid, Resource: `${at}` }))
const long = (length: number) => ({ Resource: `arn:aws:s3:::${'x'.repeat(length)}` })

export const FORM_CASES: Readonly<Record<string, Case>> = {
  DATA_TYPE_MISMATCH: identity({ Action: 7 }, { Action: ['s3:GetObject'] }, 'JSON data type String'),
  INVALID_POLICY_ELEMENT: identity({ Actions: 's3:GetObject' }, {}, 'element Actions is'),
  INVALID_VERSION: identity(
    { document: { Version: '2024-01-01', Statement: [OF_IDENTITY] } },
    {},
    'version 2024-01-01 is not valid. Use one of the following versions: 2012-10-17, 2008-10-17',
  ),
  MISSING_VERSION: identity({ document: { Statement: [OF_IDENTITY] } }, {}),
  MISSING_STATEMENT: identity({ document: { Version: '2012-10-17' } }, {}),
  MISSING_EFFECT: identity({ Effect: undefined }, {}),
  INVALID_EFFECT: identity({ Effect: 'allow' }, { Effect: 'Deny' }, 'effect allow'),
  MISSING_ACTION: identity({ Action: undefined }, { Action: undefined, NotAction: 's3:GetObject' }),
  MISSING_RESOURCE: identity({ Resource: undefined }, { Resource: undefined, NotResource: ROLE }),
  MISSING_PRINCIPAL: resource({ Principal: undefined }, {}),
  UNSUPPORTED_ELEMENT_COMBINATION: identity({ NotAction: 's3:PutObject' }, {}, 'elements Action and NotAction'),
  UNSUPPORTED_PRINCIPAL: identity({ Principal: '*' }, {}, 'policy type IDENTITY_POLICY'),
  SCP_SYNTAX_ERROR_PRINCIPAL: of('service-control', { bad: { Principal: '*' }, good: {} }),
  ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE: trust({ Resource: '*' }, {}),
  ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL: trust({ Principal: undefined, NotPrincipal: { AWS: ROLE } }, {}),
  ALLOW_WITH_NOTPRINCIPAL: resource(
    { Principal: undefined, NotPrincipal: { AWS: ROLE } },
    { Principal: undefined, NotPrincipal: { AWS: ROLE }, Effect: 'Deny' },
  ),
  UNIQUE_SIDS_REQUIRED: identity(document(...manySids('A', 'A')), document(...manySids('A', 'a', '', ''))),
  UNIQUE_SIDS_RECOMMENDED: resource(document(...manySids('A', 'A')), document(...manySids('A', 'B'))),
  UNSUPPORTED_SID: identity({ Sid: 'read it' }, { Sid: 'ReadIt2' }),
  EMPTY_SID_VALUE: identity({ Sid: '' }, {}),
  POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA: identity(long(6144), long(5900), 'exceed the 6144 character'),
  POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA: resource(long(20_480), long(20_000)),
  POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA: trust({ Sid: 'x'.repeat(2048) }, { Sid: 'x'.repeat(1000) }),
  POLICY_SIZE_EXCEEDS_SCP_QUOTA: of('service-control', { bad: long(5120), good: long(4900) }),
  EMPTY_ARRAY_ACTION: identity({ Action: [] }, {}),
  EMPTY_ARRAY_RESOURCE: identity({ Resource: [] }, {}),
  EMPTY_ARRAY_PRINCIPAL: resource({ Principal: { AWS: [] } }, {}),
  EMPTY_OBJECT_PRINCIPAL: resource({ Principal: {} }, {}),
  EMPTY_OBJECT_CONDITION: identity({ Condition: { StringEquals: {} } }, when('StringEquals', 'aws:username', 'a')),
  EMPTY_ARRAY_CONDITION: identity(
    when('StringEquals', 'aws:username', []),
    when('StringEqualsIfExists', 'aws:username', []),
    'key aws:username and',
  ),
  EMPTY_ARRAY_CONDITION_FORALLVALUES: identity(
    when('ForAllValues:StringEquals', 'aws:TagKeys', []),
    when('ForAllValues:StringEquals', 'aws:TagKeys', ['a']),
  ),
  EMPTY_ARRAY_CONDITION_FORANYVALUE: identity(
    when('ForAnyValue:StringEquals', 'aws:TagKeys', []),
    when('ForAnyValue:StringEquals', 'aws:TagKeys', ['a']),
  ),
  EMPTY_ARRAY_CONDITION_IFEXISTS: identity(
    when('StringEqualsIfExists', 'aws:username', []),
    when('StringEquals', 'aws:username', []),
  ),
}
