// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so
import { beforeEach, describe, expect, it } from 'vitest'
import { statementSpans } from './statement-positions.ts'
import { ACCOUNT, allowing, type IamUnderTest, openIam, TRUST } from './testing/iam-under-test.ts'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const statement = (Effect: string, Action: string, more = {}) => ({ Effect, Action, Resource: '*', ...more })
const results = (output: Record<string, unknown>) => output.EvaluationResults as Record<string, unknown>[]
const custom = async (input: Record<string, unknown>) => results(await under.ask('SimulateCustomPolicy', input))

describe('SimulateCustomPolicy', () => {
  it('decides as the real calls are decided, and shows the statement', async () => {
    const document = policy(statement('Allow', 's3:*'), statement('Deny', 's3:Delete*'))
    const found = await custom({
      PolicyInputList: [allowing('sqs:*'), document],
      ActionNames: ['s3:GetObject', 's3:DeleteObject', 'sns:Publish'],
    })
    expect(found).toMatchObject([
      { EvalActionName: 's3:GetObject', EvalResourceName: '*', EvalDecision: 'allowed' },
      { EvalActionName: 's3:DeleteObject', EvalDecision: 'explicitDeny' },
      { EvalActionName: 'sns:Publish', EvalDecision: 'implicitDeny', MatchedStatements: [], MissingContextValues: [] },
    ])
    const start = document.indexOf('{"Effect":"Deny"')
    expect(found[1]?.MatchedStatements).toEqual([
      {
        SourcePolicyId: 'PolicyInputList.2',
        SourcePolicyType: 'none',
        StartPosition: { Line: 1, Column: start + 1 },
        EndPosition: { Line: 1, Column: document.length - 1 },
      },
    ])
  })

  it('takes context keys, and tells those that are missing', async () => {
    const Condition = { StringEquals: { 'aws:PrincipalTag/team': '${aws:username}' } }
    const input = {
      PolicyInputList: [policy(statement('Allow', 's3:GetObject', { Condition }))],
      ActionNames: ['s3:GetObject'],
    }
    expect(await custom(input)).toMatchObject([
      { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:PrincipalTag/team', 'aws:username'] },
    ])
    const entry = (ContextKeyName: string, value: string) => ({
      ContextKeyName,
      ContextKeyType: 'string',
      ContextKeyValues: [value],
    })
    const ContextEntries = [entry('aws:principaltag/team', 'alice'), entry('aws:username', 'alice')]
    expect(await custom({ ...input, ContextEntries })).toMatchObject([
      { EvalDecision: 'allowed', MissingContextValues: [] },
    ])
  })

  it('takes a boundary, and says whether it allows', async () => {
    const input = {
      PolicyInputList: [allowing('*')],
      PermissionsBoundaryPolicyInputList: [allowing('s3:*')],
      ActionNames: ['s3:GetObject', 'sqs:SendMessage'],
    }
    expect(await custom(input)).toMatchObject([
      { EvalDecision: 'allowed', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true } },
      { EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } },
    ])
    const two = { ...input, PermissionsBoundaryPolicyInputList: [allowing('s3:*'), allowing('s3:*')] }
    await expect(custom(two)).rejects.toMatchObject({ code: 'InvalidInput' })
  })

  it('asks each action of each resource, in pages', async () => {
    const ResourceArns = ['arn:aws:s3:::a/x', 'arn:aws:s3:::b/x']
    const PolicyInputList = [policy(statement('Allow', 's3:GetObject', { Resource: 'arn:aws:s3:::a/*' }))]
    const input = { PolicyInputList, ResourceArns, ActionNames: ['s3:GetObject', 's3:PutObject'] }
    const decisions = (found: readonly Record<string, unknown>[]) => found.map(({ EvalDecision }) => EvalDecision)
    expect(decisions(await custom(input))).toEqual(['allowed', 'implicitDeny', 'implicitDeny', 'implicitDeny'])
    const first = await under.ask('SimulateCustomPolicy', { ...input, MaxItems: 3 })
    expect(first.IsTruncated).toBe(true)
    const second = await under.ask('SimulateCustomPolicy', { ...input, MaxItems: 3, Marker: first.Marker })
    expect(results(second)).toMatchObject([{ EvalActionName: 's3:PutObject', EvalResourceName: 'arn:aws:s3:::b/x' }])
  })

  it('takes a resource policy, and then wants to know the caller', async () => {
    const caller = `arn:aws:iam::${ACCOUNT}:user/alice`
    await under.ask('CreateUser', { UserName: 'alice' })
    const ResourcePolicy = policy({
      Effect: 'Allow',
      Principal: { AWS: caller },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::a/*',
    })
    const input = {
      PolicyInputList: [allowing('sqs:*')],
      ActionNames: ['s3:GetObject'],
      ResourceArns: ['arn:aws:s3:::a/x'],
      ResourcePolicy,
    }
    await expect(custom(input)).rejects.toMatchObject({ code: 'InvalidInput' })
    expect(await custom({ ...input, CallerArn: caller })).toMatchObject([
      {
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'resource' }],
      },
    ])
    expect(await custom({ ...input, CallerArn: `arn:aws:iam::${ACCOUNT}:user/bob` })).toMatchObject([
      { EvalDecision: 'implicitDeny' },
    ])
  })

  it.each([
    [{ PolicyInputList: ['{'], ActionNames: ['s3:GetObject'] }],
    [{ PolicyInputList: [TRUST], ActionNames: ['s3:GetObject'] }],
    [{ PolicyInputList: [allowing('s3:*')], ActionNames: ['GetObject'] }],
  ])('refuses %j', async (input) => {
    await expect(custom(input)).rejects.toMatchObject({ code: 'InvalidInput', httpStatus: 400 })
  })
})

describe('SimulatePrincipalPolicy', () => {
  const ask = async (PolicySourceArn: string, more = {}) =>
    results(await under.ask('SimulatePrincipalPolicy', { PolicySourceArn, ActionNames: ['s3:GetObject'], ...more }))

  it('takes the policies of a role, inline and attached, and its boundary', async () => {
    await under.ask('CreateRole', { RoleName: 'orders', Path: '/shop/', AssumeRolePolicyDocument: TRUST })
    const arn = `arn:aws:iam::${ACCOUNT}:role/shop/orders`
    expect(await ask(arn)).toMatchObject([{ EvalDecision: 'implicitDeny' }])
    await under.ask('AttachRolePolicy', {
      RoleName: 'orders',
      PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    })
    expect(await ask(arn)).toMatchObject([
      {
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'AmazonS3ReadOnlyAccess', SourcePolicyType: 'aws-managed' }],
      },
    ])
    await under.ask('PutRolePolicy', {
      RoleName: 'orders',
      PolicyName: 'no',
      PolicyDocument: policy(
        statement('Deny', 's3:GetObject', { Condition: { ArnEquals: { 'aws:PrincipalArn': arn } } }),
      ),
    })
    expect(await ask(arn)).toMatchObject([
      {
        EvalDecision: 'explicitDeny',
        MatchedStatements: [{ SourcePolicyId: 'role_orders_no', SourcePolicyType: 'role' }],
      },
    ])
    await under.ask('DeleteRolePolicy', { RoleName: 'orders', PolicyName: 'no' })
    await under.ask('PutRolePermissionsBoundary', {
      RoleName: 'orders',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess',
    })
    expect(await ask(arn)).toMatchObject([
      { EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } },
    ])
  })

  it('takes the policies of a user and of its groups, and those of a group alone', async () => {
    await under.ask('CreateUser', { UserName: 'alice' })
    await under.ask('CreateGroup', { GroupName: 'staff' })
    await under.ask('PutGroupPolicy', {
      GroupName: 'staff',
      PolicyName: 'own',
      PolicyDocument: policy(statement('Allow', 's3:GetObject', { Resource: 'arn:aws:s3:::home/${aws:username}/*' })),
    })
    const user = `arn:aws:iam::${ACCOUNT}:user/alice`
    const ResourceArns = ['arn:aws:s3:::home/alice/x']
    expect(await ask(user, { ResourceArns })).toMatchObject([{ EvalDecision: 'implicitDeny' }])
    await under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })
    expect(await ask(user, { ResourceArns })).toMatchObject([
      {
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'group_staff_own', SourcePolicyType: 'group' }],
      },
    ])
    const group = `arn:aws:iam::${ACCOUNT}:group/staff`
    expect(await ask(group, { ResourceArns })).toMatchObject([
      { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:username'] },
    ])
  })

  it('is asked for on the one that is simulated, who must exist', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/missing`
    const input = { PolicySourceArn: arn, ActionNames: ['s3:GetObject'] }
    expect(await under.requirements('SimulatePrincipalPolicy', input)).toMatchObject([
      { action: 'iam:SimulatePrincipalPolicy', resource: arn },
    ])
    await expect(ask(arn)).rejects.toMatchObject({
      code: 'NoSuchEntity',
      message: 'The role with name missing cannot be found.',
    })
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/orders/s`
    await expect(ask(session)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: `Invalid Entity Arn: ${session} does not clearly define entity type and name.`,
    })
  })
})

it('context keys are told, each once, from conditions and variables', async () => {
  const Condition = {
    StringEquals: { 'aws:SourceVpc': 'vpc-1', 's3:prefix': ["${aws:username, 'nobody'}", '${*}'] },
    Bool: { 'AWS:sourcevpc': 'true' },
  }
  const Resource = 'arn:aws:s3:::home/${aws:userid}/*'
  const PolicyInputList = [policy(statement('Allow', 's3:*', { Condition, Resource }))]
  expect(await under.ask('GetContextKeysForCustomPolicy', { PolicyInputList })).toEqual({
    ContextKeyNames: ['aws:SourceVpc', 's3:prefix', 'aws:username', 'aws:userid'],
  })
  await under.ask('CreateUser', { UserName: 'alice' })
  await under.ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'p', PolicyDocument: PolicyInputList[0] })
  const PolicySourceArn = `arn:aws:iam::${ACCOUNT}:user/alice`
  const { ContextKeyNames } = await under.ask('GetContextKeysForPrincipalPolicy', { PolicySourceArn })
  expect(ContextKeyNames).toHaveLength(4)
})

describe('the place of a statement', () => {
  it('is that of its braces, whatever stands in its strings', () => {
    const text =
      '{\n  "Id": "Statement",\n  "Statement": [\n    {"Sid": "a}]{\\"", "Condition": {"x": {}}},\n    {"Sid": "b"}\n  ]\n}'
    expect(statementSpans(text)).toEqual([
      { StartPosition: { Line: 4, Column: 5 }, EndPosition: { Line: 4, Column: 46 } },
      { StartPosition: { Line: 5, Column: 5 }, EndPosition: { Line: 5, Column: 17 } },
    ])
    expect(statementSpans('{"Statement":{"Sid":"b"},"Version":"x"}')).toEqual([
      { StartPosition: { Line: 1, Column: 14 }, EndPosition: { Line: 1, Column: 25 } },
    ])
  })
})
