// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of policies
import { type Case, document, identity, OF_IDENTITY, on, ROLE, when } from './documents.ts'

const passRole = { Action: 'iam:PassRole', Resource: '*' }
const createRole = { Action: 'iam:CreateServiceLinkedRole', Resource: '*' }
const but = (action: string) => ({ Action: action, Resource: undefined, NotResource: ROLE })
const BUT_READING = { Action: undefined, NotAction: 's3:*' }
const toService = when('StringEquals', 'iam:PassedToService', 'ec2.amazonaws.com')
const tagged = when('StringEquals', 'aws:ResourceTag/team', 'a')

export const GRANTS_CASES: Readonly<Record<string, Case>> = {
  MISSING_BRACE_IN_VARIABLE: identity(on('arn:aws:s3:::example/${aws:username'), on('arn:aws:s3:::${aws:username}/*')),
  EMPTY_VARIABLE: identity(on('arn:aws:s3:::example/${}'), on('arn:aws:s3:::example/${*}')),
  UNSUPPORTED_SPACE_IN_VARIABLE: identity(
    on('arn:aws:s3:::example/${aws: username}'),
    on("arn:aws:s3:::example/${aws:username, 'no name'}"),
  ),
  MISSING_QUOTE_IN_VARIABLE: identity(
    on("arn:aws:s3:::example/${aws:username, 'none}"),
    on("arn:aws:s3:::example/${aws:username, 'none'}"),
  ),
  VARIABLE_UNSUPPORTED_IN_ELEMENT: identity(
    { Action: 's3:${aws:username}' },
    on('arn:aws:s3:::example/${aws:username}'),
    'variable ${aws:username} from',
  ),
  VARIABLE_UNSUPPORTED_IN_VERSION: identity(
    { document: { Version: '2008-10-17', Statement: [{ ...OF_IDENTITY, ...on('arn:aws:s3:::${aws:username}/*') }] } },
    on('arn:aws:s3:::${aws:username}/*'),
  ),
  DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: identity(
    { Effect: 'Deny', Action: ['sqs:*', 'ec2:*'], Resource: '*', ...tagged },
    { Effect: 'Deny', Action: 'ec2:*', Resource: '*', ...tagged },
    'tag condition key aws:ResourceTag/team and actions for services with the following prefixes can be overly permissive: sqs.',
  ),
  ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: identity(
    { Action: 'sqs:SendMessage', Resource: '*', ...tagged },
    { Action: 'ec2:RunInstances', Resource: '*', ...tagged },
    'does not affect the policy: sqs.',
  ),
  DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: identity(
    { Effect: 'Deny', ...BUT_READING, Resource: '*', ...tagged },
    { Effect: 'Deny', ...BUT_READING, Resource: '*' },
  ),
  ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: identity(
    { ...BUT_READING, Resource: '*', ...tagged },
    { ...BUT_READING, Resource: '*', Effect: 'Deny', ...tagged },
  ),
  PASS_ROLE_WITH_NOTRESOURCE: identity(but('iam:PassRole'), but('iam:GetRole')),
  PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOTRESOURCE: identity(but('iam:*'), but('iam:Get*')),
  PASS_ROLE_WITH_NOTACTION_AND_NOTRESOURCE: identity(
    { ...but('x'), ...BUT_READING },
    { ...but('x'), Action: undefined, NotAction: 'iam:*' },
  ),
  PASS_ROLE_WITH_STAR_IN_RESOURCE: identity(passRole, { ...passRole, ...toService }),
  PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE: identity(
    { ...passRole, Action: '*', Resource: 'arn:aws:iam::*:role/*' },
    { ...passRole, Action: 'iam:*', Resource: 'arn:aws:iam::111122223333:role/app-*' },
  ),
  PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOTACTION: identity(
    { ...BUT_READING, Resource: '*' },
    { ...BUT_READING, Resource: '*', Effect: 'Deny' },
  ),
  CREATE_SLR_WITH_NOTRESOURCE: identity(but('iam:CreateServiceLinkedRole'), but('iam:GetRole')),
  CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOTRESOURCE: identity(but('iam:Create*'), but('iam:Get*')),
  CREATE_SLR_WITH_NOTACTION_AND_NOTRESOURCE: identity(
    { ...but('x'), ...BUT_READING },
    { ...but('x'), Action: undefined, NotAction: 'iam:*' },
  ),
  CREATE_SLR_WITH_STAR_IN_RESOURCE: identity(createRole, {
    ...createRole,
    Resource: 'arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS',
  }),
  CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE: identity({ ...createRole, Action: 'iam:*' }, createRole),
  CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOTACTION: identity(
    { ...BUT_READING, Resource: '*' },
    { ...BUT_READING, Resource: 'arn:aws:s3:::example' },
  ),
  REDUNDANT_ACTION: identity(
    { Action: ['s3:GetObject', 's3:Get*', 's3:ListBucket'] },
    { Action: ['s3:GetObject', 's3:List*'] },
    'The 1 action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: s3:GetObject.',
  ),
  REDUNDANT_RESOURCE: identity(
    on('arn:aws:s3:::example/*', 'arn:aws:s3:::example/a'),
    on('arn:aws:s3:::example', 'arn:aws:s3:::example/*'),
    'The 1 resource ARN(s)',
  ),
  REDUNDANT_STATEMENT: identity(
    document({ ...OF_IDENTITY, Sid: 'A' }, { ...OF_IDENTITY, Sid: 'B', Action: ['s3:GetObject'] }),
    document(OF_IDENTITY, { ...OF_IDENTITY, Effect: 'Deny' }),
  ),
  REDUNDANT_CONDITION_VALUE_NUM: identity(
    when('NumericLessThan', 's3:max-keys', [10, 20]),
    when('NumericEquals', 's3:max-keys', [10, 20]),
    'Multiple values in NumericLessThan are redundant. Replace with the greatest single value for s3:max-keys.',
  ),
}
