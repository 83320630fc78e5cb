import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  NoSuchEntityException,
  SimulateCustomPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  InvalidIdentityTokenException,
  STSClient,
} from '@aws-sdk/client-sts'
import { afterAll, expect, test } from 'vitest'
import { ApiError } from '../../../src/core/index.ts'
import { REQUEST_ID, startLoopback } from './loopback.ts'

const CONFIG = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
}
const stsServer = await startLoopback('sts')
const iamServer = await startLoopback('iam')
const sts = new STSClient({ ...CONFIG, endpoint: stsServer.endpoint })
const iam = new IAMClient({ ...CONFIG, endpoint: iamServer.endpoint })

afterAll(async () => {
  sts.destroy()
  iam.destroy()
  await Promise.all([stsServer.close(), iamServer.close()])
})

const CREATED = new Date('2026-01-02T03:04:05Z')
const ROLE = {
  Path: '/',
  RoleName: 'orders',
  RoleId: 'AROAEXAMPLEEXAMPLE123',
  Arn: 'arn:aws:iam::000000000000:role/orders',
  CreateDate: CREATED,
  AssumeRolePolicyDocument: '%7B%22Version%22%3A%222012-10-17%22%7D',
  MaxSessionDuration: 3600,
  Tags: [{ Key: 'team', Value: 'a & b <c>' }],
}

test('AssumeRoleWithWebIdentity comes and goes whole', async () => {
  const input = {
    RoleArn: ROLE.Arn,
    RoleSessionName: 'shop.orders',
    WebIdentityToken: 'e30.e30.e30',
    DurationSeconds: 900,
    PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
  }
  const output = {
    Credentials: {
      AccessKeyId: 'ASIAEXAMPLEEXAMPLE12',
      SecretAccessKey: 's/+=',
      SessionToken: 't==',
      Expiration: CREATED,
    },
    AssumedRoleUser: { AssumedRoleId: 'AROA:shop', Arn: 'arn:aws:sts::000000000000:assumed-role/orders/shop.orders' },
    SubjectFromWebIdentityToken: 'system:serviceaccount:shop:orders',
    Provider: 'arn:aws:iam::000000000000:oidc-provider/x',
    Audience: 'sts.amazonaws.com',
    PackedPolicySize: 6,
  }
  stsServer.answer(output)
  const answer = await sts.send(new AssumeRoleWithWebIdentityCommand(input))
  expect(stsServer.seen.at(-1)).toMatchObject({ operation: 'AssumeRoleWithWebIdentity', input })
  expect(answer).toMatchObject(output)
  expect(answer.$metadata.requestId).toBe(REQUEST_ID)
})

test('GetCallerIdentity answers', async () => {
  stsServer.answer({ Account: '000000000000', Arn: 'arn:aws:iam::000000000000:user/a', UserId: 'AIDA' })
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '000000000000', UserId: 'AIDA' })
})

test('an error becomes the SDK’s own exception, two spaces and all', async () => {
  const message =
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation"
  stsServer.answer(new ApiError('InvalidIdentityToken', 400, message))
  const sent = sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE.Arn, RoleSessionName: 'ss', WebIdentityToken: 'e30.e30.e30' }),
  )
  const error = await sent.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(InvalidIdentityTokenException)
  expect(error).toMatchObject({ message, $metadata: { httpStatusCode: 400, requestId: REQUEST_ID } })
})

test('roles are created, read and listed', async () => {
  iamServer.answer({ Role: ROLE })
  const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity"}]}'
  const input = {
    RoleName: 'orders',
    AssumeRolePolicyDocument: document,
    MaxSessionDuration: 3600,
    Tags: [{ Key: 'k', Value: 'é=+ @' }],
  }
  expect((await iam.send(new CreateRoleCommand(input))).Role).toEqual(ROLE)
  expect(iamServer.seen.at(-1)).toMatchObject({ operation: 'CreateRole', input })
  expect((await iam.send(new GetRoleCommand({ RoleName: 'orders' }))).Role).toEqual(ROLE)
  iamServer.answer({ Roles: [ROLE, { ...ROLE, Tags: [] }], IsTruncated: true, Marker: 'm' })
  const listed = await iam.send(new ListRolesCommand({ PathPrefix: '/', MaxItems: 2 }))
  expect(listed).toMatchObject({ Roles: [ROLE, { RoleName: 'orders' }], IsTruncated: true, Marker: 'm' })
  expect(iamServer.seen.at(-1)?.input).toEqual({ PathPrefix: '/', MaxItems: 2 })
})

test('lists of plain strings, maps in answers and empty answers hold', async () => {
  const input = {
    Url: 'https://oidc.example',
    ClientIDList: ['sts.amazonaws.com', 'b'],
    ThumbprintList: ['a'.repeat(40)],
  }
  iamServer.answer({ OpenIDConnectProviderArn: 'arn:aws:iam::000000000000:oidc-provider/oidc.example', Tags: [] })
  expect(await iam.send(new CreateOpenIDConnectProviderCommand(input))).toMatchObject({ Tags: [] })
  expect(iamServer.seen.at(-1)?.input).toEqual(input)
  const decided = {
    EvalActionName: 's3:GetObject',
    EvalDecision: 'allowed' as const,
    EvalDecisionDetails: { 'IAM Policy': 'allowed' as const },
  }
  iamServer.answer({ EvaluationResults: [decided] })
  const simulated = await iam.send(
    new SimulateCustomPolicyCommand({ PolicyInputList: ['{}'], ActionNames: ['s3:GetObject'] }),
  )
  expect(simulated.EvaluationResults).toEqual([decided])
  iamServer.answer({})
  expect((await iam.send(new DeleteRoleCommand({ RoleName: 'orders' }))).$metadata.httpStatusCode).toBe(200)
})

test('IAM’s wire code becomes the exception of another name', async () => {
  iamServer.answer(new ApiError('NoSuchEntity', 404, 'The role with name x cannot be found.'))
  await expect(iam.send(new GetRoleCommand({ RoleName: 'x' }))).rejects.toBeInstanceOf(NoSuchEntityException)
})

test.each([
  ['a/b', /^The specified value for roleName is invalid\. It must contain only alphanumeric characters/],
  ['a'.repeat(65), /^1 validation error detected: Value 'a+' at 'roleName' failed to satisfy constraint: Member must/],
])('what breaks a rule of the model is refused before anything else: %s', async (RoleName, said) => {
  iamServer.answer({ Role: ROLE })
  const error = await iam.send(new GetRoleCommand({ RoleName })).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ name: 'ValidationError', message: expect.stringMatching(said) })
})
