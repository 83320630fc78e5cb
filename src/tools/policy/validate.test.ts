import { describe, expect, it, test } from 'vitest'
import { hasFinding, type PolicyTypeName, renderSarif, validatePolicy } from './index.ts'

const ISSUER = 'oidc.eks.eu-west-2.amazonaws.com/id/0524940DCDEE3C59B6B1ABEFCE8BB2A2'
const TRUST = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:testing:can-do-stuff-on-aws' } },
}

const text = (...Statement: readonly unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement }, undefined, 2)
const validate = (written: string, type?: PolicyTypeName) => validatePolicy({ name: 'p.json', text: written }, type)
const codes = async (written: string, type?: PolicyTypeName) =>
  (await validate(written, type)).findings.map(({ issueCode }) => issueCode)

describe('policies as people write them', () => {
  test.each([
    ['a trust policy for one service account', text(TRUST)],
    [
      "the cluster autoscaler's",
      text({
        Effect: 'Allow',
        Action: [
          'autoscaling:DescribeAutoScalingGroups',
          'autoscaling:DescribeAutoScalingInstances',
          'autoscaling:SetDesiredCapacity',
          'autoscaling:TerminateInstanceInAutoScalingGroup',
          'ec2:DescribeLaunchTemplateVersions',
        ],
        Resource: '*',
      }),
    ],
    [
      'a table and a queue',
      text(
        {
          Effect: 'Allow',
          Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
          Resource: 'arn:aws:dynamodb:eu-west-2:111122223333:table/snake',
          Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } },
        },
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
          Resource: 'arn:aws:sqs:eu-west-2:111122223333:orders',
        },
      ),
    ],
    [
      'a bucket policy that asks for TLS',
      text({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::example', 'arn:aws:s3:::example/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ],
    [
      'a queue that a topic writes to',
      text({
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: 'arn:aws:sqs:eu-west-2:111122223333:orders',
        Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:eu-west-2:111122223333:orders' } },
      }),
    ],
    [
      'a trust policy for another account, with an external id and session tags',
      text({
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: { StringEquals: { 'sts:ExternalId': 'a1' } },
      }),
    ],
    [
      'a statement of each kind of ARN',
      text(
        {
          Effect: 'Allow',
          Action: 'lambda:InvokeFunction',
          Resource: 'arn:aws:lambda:eu-west-2:111122223333:function:f:*',
        },
        { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:eu-west-2:111122223333:parameter/a/*' },
        { Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource: 'arn:aws:route53:::hostedzone/*' },
        { Effect: 'Allow', Action: 'iam:AttachRolePolicy', Resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: 'arn:aws:logs:*:*:*' },
      ),
    ],
  ])('%s has nothing to object to', async (_name, written) => {
    expect(await codes(written)).toEqual([])
  })

  it('a subject with a star that no operator reads is found', async () => {
    const Condition = { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:testing:*' } }
    expect(await codes(text({ ...TRUST, Condition }))).toEqual(['WILDCARD_WITHOUT_LIKE_OPERATOR'])
  })

  it('a condition of another issuer leaves the role open, and is found', async () => {
    const Condition = { StringEquals: { 'oidc.eks.eu-west-2.amazonaws.com/id/OTHER:sub': 'system:serviceaccount:a:b' } }
    expect(await codes(text({ ...TRUST, Condition }))).toEqual(['MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL'])
  })

  it('services and actions of all of AWS are known', async () => {
    const { findings } = await validate(
      text({ Effect: 'Allow', Action: ['ec2:RunInstance', 'ec3:Run'], Resource: '*' }),
    )
    expect(findings.map(({ message }) => message)).toEqual([
      'The action ec2:RunInstance does not exist. Did you mean ec2:RunInstances?',
      'The service ec3 specified in the action does not exist. Did you mean ec2?',
    ])
  })
})

describe('the type of a policy', () => {
  it('is guessed, and the report says by what', async () => {
    const report = await validate(text(TRUST))
    expect(report).toMatchObject({
      type: 'trust',
      guessedBecause: 'its actions assume roles, and it names no resource',
    })
  })

  it('is what somebody said', async () => {
    const report = await validate(text(TRUST), 'identity')
    expect(report.guessedBecause).toBeUndefined()
    expect(report.findings.map(({ issueCode }) => issueCode)).toContain('UNSUPPORTED_PRINCIPAL')
  })
})

describe('what IAM would refuse', () => {
  it('is told in its words where AWS documents no check for it', async () => {
    const { findings } = await validate(` ${text({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })}`)
    expect(findings).toMatchObject([
      { issueCode: 'MALFORMED_POLICY_DOCUMENT', message: 'JSON strings must not have leading spaces' },
    ])
  })
})

describe('how grave findings are', () => {
  it('a suggestion is no warning, an error is everything', async () => {
    const suggestion = await validate(text({ Sid: '', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }))
    expect(hasFinding([suggestion], 'SUGGESTION')).toBe(true)
    expect(hasFinding([suggestion], 'WARNING')).toBe(false)
    expect(hasFinding([await validate('{')], 'ERROR')).toBe(true)
    expect(hasFinding([], 'SUGGESTION')).toBe(false)
  })
})

describe('SARIF', () => {
  it('has the members that version 2.1.0 requires, each result with its rule and region', async () => {
    const source = { name: 'policies/my role.json', text: '{"Version": "2012-10-17" "Statement": []}' }
    const log = JSON.parse(renderSarif([await validatePolicy(source), await validate(text(TRUST))], '1.2.3'))
    expect(log).toMatchObject({ version: '2.1.0', $schema: 'https://json.schemastore.org/sarif-2.1.0.json' })
    const [{ tool, results, columnKind }] = log.runs
    expect(columnKind).toBe('utf16CodeUnits')
    expect(tool.driver).toMatchObject({ name: 'openirsa', semanticVersion: '1.2.3' })
    expect(results).toHaveLength(1)
    const [result] = results
    expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    expect(result).toMatchObject({
      ruleId: 'JSON_SYNTAX_ERROR',
      level: 'error',
      message: {
        text: 'Fix the JSON syntax error at index 24 line 1 column 25. a comma is missing after "2012-10-17"',
      },
    })
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'policies/my%20role.json' },
      region: { startLine: 1, startColumn: 25 },
    })
  })

  it('keeps further places apart from the first', async () => {
    const report = await validate(text({ Effect: 'Allow', Action: '*', Resource: '*' }))
    const [{ results }] = JSON.parse(renderSarif([report], '1.2.3')).runs
    expect(results[0]).toMatchObject({ ruleId: 'PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE', level: 'warning' })
    expect(results[0].locations).toHaveLength(1)
    expect(results[0].relatedLocations).toMatchObject([
      { id: 0, logicalLocations: [{ fullyQualifiedName: '/Statement/0/Resource' }] },
    ])
  })
})
