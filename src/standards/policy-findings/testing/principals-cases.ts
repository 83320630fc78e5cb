import { type Case, ISSUER, PROVIDER, ROLE, resource, trust, when } from './documents.ts'

const SQS = { Service: 'sqs.amazonaws.com' }

const ASSUME = { Principal: { AWS: ROLE }, Action: 'sts:AssumeRole', Condition: undefined }

const GITHUB = 'token.actions.githubusercontent.com'
const GITHUB_PROVIDER = { Federated: `arn:aws:iam::111122223333:oidc-provider/${GITHUB}` }

export const PRINCIPALS_CASES: Readonly<Record<string, Case>> = {
  INVALID_PRINCIPAL_FORMAT: resource({ Principal: ROLE }, { Principal: '*' }),
  INVALID_PRINCIPAL_KEY: resource({ Principal: { Aws: ROLE } }, {}, 'principal key Aws is'),
  UNSUPPORTED_WILDCARD_IN_PRINCIPAL: resource(
    { Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } },
    { Principal: { AWS: '*' } },
    'principal key AWS.',
  ),
  INVALID_SERVICE_PRINCIPAL_FORMAT: resource(
    { Principal: { Service: 'lambda' } },
    { Principal: { Service: 'logs.eu-west-1.amazonaws.com' } },
    'service-id.amazonaws.com',
  ),
  INVALID_ROLE_REFERENCE: resource({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE' } }, {}, 'role ID AROAEXAMPLEEXAMPLE.'),
  INVALID_USER_REFERENCE: resource({ Principal: { AWS: 'AIDAEXAMPLEEXAMPLE' } }, {}, 'user ID AIDAEXAMPLEEXAMPLE.'),
  FEDERATED_PRINCIPAL_NOT_SUPPORTED: resource({ Principal: { Federated: PROVIDER } }, {}),
  ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL: trust(
    { ...ASSUME, Principal: '*' },
    { ...ASSUME, Principal: { AWS: '*' } },
  ),
  REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY: trust(
    { ...ASSUME, Principal: { AWS: [ROLE, 'arn:aws:sts::111122223333:assumed-role/app/one'] } },
    { ...ASSUME, Principal: { AWS: [ROLE, 'arn:aws:sts::111122223333:assumed-role/other/one'] } },
    `assumed-role/app/one is redundant with its parent role ${ROLE}.`,
  ),
  RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL: resource(
    { Principal: SQS },
    { Principal: SQS, ...when('StringEquals', 'aws:SourceAccount', '111122223333') },
  ),
  RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL: resource(
    { Principal: SQS, ...when('StringEquals', 'aws:Referer', '111122223333') },
    { Principal: SQS, ...when('StringEquals', 'aws:SourceAccount', '111122223333') },
    'service principal sqs operating on your behalf, we recommend aws:SourceArn or aws:SourceAccount instead of aws:Referer',
  ),
  UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL: resource(
    { Principal: SQS, ...when('StringEquals', 'aws:PrincipalOrgID', 'o-1') },
    when('StringEquals', 'aws:PrincipalOrgID', 'o-1'),
    'aws:PrincipalOrgID',
  ),
  UNSUPPORTED_ACTION_IN_POLICY: trust(
    { Action: 's3:GetObject' },
    { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] },
    'The action s3:GetObject is not supported for the resource-based policy attached to the resource type AWS::IAM',
  ),
  INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY: trust(
    { Principal: { Federated: `arn:aws:iam::1111:oidc-provider/${ISSUER}` } },
    { Principal: { Federated: 'accounts.google.com' } },
  ),
  MISMATCHED_ACTION_FOR_PRINCIPAL: trust(
    { Action: 'sts:AssumeRole' },
    { Principal: { Federated: PROVIDER, AWS: ROLE }, Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'] },
    `The sts:AssumeRole action is invalid with the following principal(s): ${PROVIDER}.`,
  ),
  MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY: trust(
    { ...ASSUME, Principal: { Service: 'rolesanywhere.amazonaws.com' } },
    {
      ...ASSUME,
      Principal: { Service: 'rolesanywhere.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    },
  ),
  MISSING_ACTION_FOR_CONDITION_KEY: trust(
    { ...ASSUME, ...when('StringEquals', 'sts:SourceIdentity', 'a') },
    {
      ...ASSUME,
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      ...when('StringEquals', 'sts:SourceIdentity', 'a'),
    },
    'The sts:SetSourceIdentity action must be in the action block to allow setting values for the condition key sts:SourceIdentity.',
  ),
  MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL: trust(when('StringEquals', 'oidc.example.com:sub', 'a'), {}),
  MISSING_GITHUB_REPO_CONDITION_KEY: trust(
    { Principal: GITHUB_PROVIDER, ...when('StringEquals', `${GITHUB}:aud`, 'sts.amazonaws.com') },
    { Principal: GITHUB_PROVIDER, ...when('StringEquals', `${GITHUB}:sub`, 'repo:o/r:ref:refs/heads/main') },
  ),
  SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED: trust(
    { Principal: GITHUB_PROVIDER, ...when('StringLike', `${GITHUB}:sub`, 'repo:o/*') },
    { Principal: GITHUB_PROVIDER, ...when('StringLike', `${GITHUB}:sub`, 'repo:o/r:ref:refs/heads/main') },
  ),
  CONFIRM_AUDIENCE_CLAIM_TYPE: trust({}, when('StringEquals', `${ISSUER}:sub`, 'a')),
}
