// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of policies
import { type Case, ISSUER, identity, ROLE, resource, trust, when } from './documents.ts'

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders'

export const CONDITIONS_CASES: Readonly<Record<string, Case>> = {
  INVALID_CONDITION_OPERATOR: identity(
    when('StringEqual', 'aws:username', 'a'),
    when('ForAnyValue:stringlikeifexists', 'aws:CalledVia', 'a'),
    'operator StringEqual is',
  ),
  NULL_WITH_IF_EXISTS: identity(when('NullIfExists', 'aws:username', 'true'), when('Null', 'aws:username', 'true')),
  NULL_WITH_QUALIFIER: identity(when('ForAllValues:Null', 'aws:TagKeys', 'true'), when('Null', 'aws:TagKeys', 'true')),
  DUPLICATE_KEYS_WITH_DIFFERENT_CASE: identity(
    { Condition: { StringEquals: { 'aws:username': 'a', 'aws:UserName': 'b' } } },
    { Condition: { StringEquals: { 'aws:username': 'a' }, StringLike: { 'aws:UserName': 'b' } } },
    'key aws:UserName appears',
  ),
  INVALID_CONDITION_DATA_TYPE: identity(
    when('StringEquals', 'aws:username', ['a', true]),
    when('StringEquals', 'aws:username', ['a', 'true']),
  ),
  INVALID_CONDITION_MULTIPLE_BOOLEAN: identity(
    when('Bool', 'aws:SecureTransport', ['true', 'false']),
    when('Bool', 'aws:SecureTransport', ['true']),
  ),
  WILDCARD_WITHOUT_LIKE_OPERATOR: identity(when('StringEquals', 'aws:username', 'a*'), {
    Condition: { StringLike: { 'aws:username': 'a*' }, StringEquals: { 'aws:userid': 'a${*}' } },
  }),
  INVALID_VARIABLE_FOR_OPERATOR: identity(
    when('NumericEquals', 's3:max-keys', '${aws:username}'),
    when('StringEquals', 's3:prefix', '${aws:username}'),
  ),
  INVALID_CONDITION_KEY_FORMAT: identity(
    when('StringEquals', 'username', 'a'),
    when('StringEquals', 'aws:username', 'a'),
  ),
  INVALID_GLOBAL_CONDITION_KEY: identity(
    when('StringEquals', 'aws:UserNam', 'a'),
    when('StringEquals', 'AWS:USERNAME', 'a'),
    'key aws:UserNam does',
  ),
  INVALID_SERVICE_CONDITION_KEY: identity(
    when('StringEquals', 's3:prefixx', 'a'),
    { Action: 's3:ListBucket', ...when('StringEquals', 's3:Prefix', 'a') },
    'key s3:prefixx does not exist in the service s3.',
  ),
  UNSUPPORTED_GLOBAL_CONDITION_KEY: resource(
    when('ArnEquals', 'aws:ARN', ROLE),
    when('ArnEquals', 'aws:PrincipalArn', ROLE),
  ),
  DEPRECATED_GLOBAL_CONDITION_KEY: identity(
    when('ArnEquals', 'aws:ARN', ROLE),
    when('ArnEquals', 'aws:PrincipalArn', ROLE),
  ),
  MISSING_QUALIFIER: identity(
    when('StringEquals', 'aws:TagKeys', 'a'),
    when('ForAnyValue:StringEquals', 'aws:TagKeys', 'a'),
    'key aws:TagKeys has',
  ),
  FORALLVALUES_WITH_SINGLE_VALUED_KEY: trust(
    when('ForAllValues:StringEquals', `${ISSUER}:sub`, ['a']),
    when('StringEquals', `${ISSUER}:sub`, ['a']),
    `key ${ISSUER}:sub can`,
  ),
  MISSING_PAIRED_CONDITION_KEYS: identity(
    when('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/16'),
    {
      Condition: {
        IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/16' },
        StringEquals: { 'aws:SourceVpc': 'vpc-12345678' },
      },
    },
    'key aws:VpcSourceIp can be overly permissive without also using the following condition keys: aws:SourceVpc.',
  ),
  MISSING_TAG_KEY_IN_CONDITION: identity(
    when('StringEquals', 'aws:RequestTag', 'a'),
    when('StringEquals', 'aws:RequestTag/team', 'a'),
    'Use the format aws:RequestTag/tag-key',
  ),
  UNSUPPORTED_ACTION_FOR_CONDITION_KEY: identity(
    { Action: ['s3:ListBucket', 's3:GetObject'], ...when('StringEquals', 's3:prefix', 'a') },
    { Action: ['s3:ListBucket', 's3:Get*'], ...when('StringEquals', 's3:prefix', 'a') },
    'actions: s3:GetObject are not supported by the condition key s3:prefix.',
  ),
  IRRELEVANT_CONDITION_KEY_IN_POLICY: resource(
    when('StringEquals', 's3:ResourceAccount', '111122223333'),
    { ...when('StringEquals', 'aws:ResourceAccount', '111122223333'), Resource: QUEUE },
    'key s3:ResourceAccount is not relevant for the AWS::S3::Bucket policy.',
  ),
}
