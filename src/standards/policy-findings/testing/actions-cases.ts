// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of policies
import { type Case, identity, of, on, ROLE } from './documents.ts'

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders'

export const ACTIONS_CASES: Readonly<Record<string, Case>> = {
  INVALID_ACTION: identity(
    { Action: 's3:GetObjekt' },
    { Action: ['s3:getobject', 's3:Get*', '*', 'iam:Pass?ole'] },
    'The action s3:GetObjekt does not exist. Did you mean s3:GetObject?',
  ),
  INVALID_SERVICE_IN_ACTION: identity(
    { Action: 's33:GetObject' },
    { Action: 'S3:GetObject' },
    'The service s33 specified in the action does not exist. Did you mean s3?',
  ),
  WILDCARD_IN_SERVICE_NAME: identity({ Action: 's*:GetObject' }, { Action: 's3:*' }),
  SCP_SYNTAX_ERROR_ACTION_WILDCARD: of('service-control', {
    bad: { Action: 's3:*Object' },
    good: { Action: ['s3:Get*', '*'] },
    says: 'Update s3:*Object.',
  }),
  INVALID_ARN_PREFIX: identity(on('aws:s3:::example'), on('*', 'arn:aws:s3:::example', 'a*')),
  MISSING_ARN_FIELD: identity(on('arn:aws:s3:example'), on('arn:aws:s3:*'), 'at least 6 fields'),
  INVALID_PARTITION: identity(
    on('arn:amazon:s3:::example'),
    on('arn:aws-cn:s3:::example', 'arn:*:s3:::example'),
    'for the service s3 does not support the partition amazon. Use the supported values: aws, aws-cn, aws-us-gov',
  ),
  INVALID_ARN_SERVICE_CASE: identity(on('arn:aws:S3:::example'), {}, 'service name S3 in'),
  INVALID_SERVICE: identity(on('arn:aws:s33:::example'), on('arn:aws:*:::example'), 'service s33 does'),
  INVALID_ARN_REGION: identity(
    on('arn:aws:sqs:eu-vest-1:111122223333:orders'),
    on(QUEUE, 'arn:aws:sqs:*:111122223333:orders'),
    'Region eu-vest-1 is',
  ),
  INVALID_ARN_ACCOUNT: identity(
    on('arn:aws:sqs:eu-west-1:1111:orders'),
    on(QUEUE, 'arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:orders'),
    'account ID 1111 is',
  ),
  INVALID_ARN_RESOURCE: identity(on('arn:aws:iam::111122223333:rolle/app'), on(ROLE, 'arn:aws:iam::111122223333:*')),
  ARN_REGION_NOT_ALLOWED: identity(on('arn:aws:iam:eu-west-1:111122223333:role/app'), on(ROLE), 'service iam does'),
  ARN_ACCOUNT_NOT_ALLOWED: identity(
    on('arn:aws:s3::111122223333:example'),
    on('arn:aws:s3:eu-west-1:111122223333:accesspoint/a'),
    'service s3 does',
  ),
  MISSING_ARN_REGION: identity(on('arn:aws:sqs::111122223333:orders'), on(QUEUE), 'to the sqs resource'),
}
