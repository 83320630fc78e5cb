import { expect, test } from 'vitest'
import { ApiError, type HttpHead } from '../../core/index.ts'
import { serviceModel } from './index.ts'
import { invalidAction, parseQueryForm } from './query-form.ts'

const sts = serviceModel('sts')
const iam = serviceModel('iam')
const HEAD: HttpHead = { method: 'POST', path: '/', query: '', headers: [['Host', 'sts.amazonaws.com']] }
const JSON_HEAD: HttpHead = { ...HEAD, headers: [['Accept', 'application/json']] }

async function decoded(model: typeof sts, body: string) {
  const form = parseQueryForm(body)
  const operation = model.recognise(HEAD, form)
  if (operation === undefined) throw new Error(`not recognised: ${body}`)
  return model.decodeInput(operation, HEAD, Buffer.from(body), form)
}

function refusal(run: () => unknown): ApiError {
  try {
    run()
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const text = (body: unknown) => Buffer.from(body as Uint8Array).toString('utf8')

test('lists, nested structures and integers of a form become the input', async () => {
  const input = await decoded(
    sts,
    'Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fr&RoleSessionName=s+1&DurationSeconds=900' +
      '&Tags.member.2.Key=b&Tags.member.2.Value=&Tags.member.1.Key=a&Tags.member.1.Value=1&TransitiveTagKeys.member.1=a',
  )
  expect(input).toEqual({
    RoleArn: 'arn:aws:iam::000000000000:role/r',
    RoleSessionName: 's 1',
    DurationSeconds: 900,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ],
    TransitiveTagKeys: ['a'],
  })
})

test('an empty list parameter is an empty list', async () => {
  expect(await decoded(iam, 'Action=CreateOpenIDConnectProvider&Url=https%3A%2F%2Fx&ClientIDList=')).toEqual({
    Url: 'https://x',
    ClientIDList: [],
  })
})

test.each(['3600.5', '0x384', '1e3', ' 900', '9007199254740993', ''])('%j is no integer', async (value) => {
  await expect(
    decoded(sts, `Action=GetSessionToken&DurationSeconds=${encodeURIComponent(value)}`),
  ).rejects.toMatchObject({ code: 'ValidationError', httpStatus: 400 })
})

test.each(['RoleArn=a&RoleArn=b', 'RoleArn=a&rolearn=b', 'a=%zz', 'a=%ff', `${'\u00e9'}=1&${'\u00c9'}=2`])(
  'a form such as %j is refused',
  (body) => {
    expect(refusal(() => parseQueryForm(body))).toMatchObject({ code: 'ValidationError', httpStatus: 400 })
  },
)

test.each(['Tags.member.x.Key=a', 'Tags.member.0.Key=a', 'Tags.member.01.Key=a', 'Tags.member.-1.Key=a'])(
  '%j is no list member',
  async (parameter) => {
    await expect(decoded(sts, `Action=AssumeRole&${parameter}`)).rejects.toMatchObject({ code: 'ValidationError' })
  },
)

test('a parameter name of any depth is refused before it costs anything', async () => {
  await expect(decoded(sts, `Action=AssumeRole&${'a.'.repeat(5000)}b=1`)).rejects.toMatchObject({
    code: 'ValidationError',
  })
})

test('prototype keys in a form reach nothing', async () => {
  const input = await decoded(sts, 'Action=AssumeRole&__proto__.polluted=1&constructor=2&RoleArn=r')
  expect(input).toEqual({ RoleArn: 'r' })
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('an action that is a property of every object is no operation', () => {
  expect(sts.recognise(HEAD, parseQueryForm('Action=constructor&Version=2011-06-15'))).toBeUndefined()
  expect(sts.recognise(HEAD, parseQueryForm('Action=GetCallerIdentity&Version=2010-05-08'))).toBeUndefined()
})

test('a success is the XML that AWS sends', async () => {
  const operation = { name: 'GetCallerIdentity', labels: {} }
  const answer = await sts.encodeOutput(operation, HEAD, { Account: '000000000000', Arn: 'a<b', UserId: 'u' }, 'id-1')
  expect(answer.status).toBe(200)
  expect(answer.headers).toContainEqual(['Content-Type', 'text/xml'])
  expect(answer.headers).toContainEqual(['x-amzn-RequestId', 'id-1'])
  expect(text(answer.body)).toBe(
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>u</UserId>' +
      '<Account>000000000000</Account><Arn>a&lt;b</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>id-1</RequestId>' +
      '</ResponseMetadata></GetCallerIdentityResponse>',
  )
})

test('an operation without output has no result element', async () => {
  const answer = await iam.encodeOutput({ name: 'DeleteRole', labels: {} }, HEAD, {}, 'id-2')
  expect(text(answer.body)).toBe(
    '<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata></DeleteRoleResponse>',
  )
})

test('whoever accepts JSON gets the JSON variant, with times as epoch seconds', async () => {
  const identity = await sts.encodeOutput(
    { name: 'GetCallerIdentity', labels: {} },
    JSON_HEAD,
    { Account: '1', Arn: 'a', UserId: 'u' },
    'id-3',
  )
  expect(JSON.parse(text(identity.body))).toEqual({
    GetCallerIdentityResponse: {
      GetCallerIdentityResult: { UserId: 'u', Account: '1', Arn: 'a' },
      ResponseMetadata: { RequestId: 'id-3' },
    },
  })
  const token = await sts.encodeOutput(
    { name: 'GetSessionToken', labels: {} },
    JSON_HEAD,
    { Credentials: { Expiration: new Date(5000) } },
    'i',
  )
  expect(JSON.parse(text(token.body)).GetSessionTokenResponse.GetSessionTokenResult.Credentials.Expiration).toBe(5)
})

test('times have seconds and no fraction', async () => {
  const answer = await sts.encodeOutput(
    { name: 'GetSessionToken', labels: {} },
    HEAD,
    { Credentials: { Expiration: new Date('2019-11-09T13:34:41.987Z') } },
    'i',
  )
  expect(text(answer.body)).toContain('<Expiration>2019-11-09T13:34:41Z</Expiration>')
})

test('an error is AWS’s XML to the last space', () => {
  const error = new ApiError('AccessDenied', 403, 'Not authorized & so on')
  const answer = sts.encodeError(undefined, HEAD, error, 'id-4')
  expect(answer.status).toBe(403)
  expect(text(answer.body)).toBe(
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>AccessDenied</Code>\n' +
      '    <Message>Not authorized &amp; so on</Message>\n  </Error>\n  <RequestId>id-4</RequestId>\n</ErrorResponse>\n',
  )
})

test('an unknown action is answered in the fault namespace', () => {
  const answer = iam.encodeError(undefined, HEAD, invalidAction('Frobnicate', '2010-05-08'), 'id-5')
  expect(text(answer.body)).toContain('xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"')
  expect(text(answer.body)).toContain('<Message>Could not find operation Frobnicate for version 2010-05-08</Message>')
})

test('a presigned GET has its action and its parameters in the query string', async () => {
  const query =
    'Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIAEXAMPLEEXAMPLE12&X-Amz-Expires=60&X-Amz-Signature=0'
  const head: HttpHead = { ...HEAD, method: 'GET', query }
  const operation = sts.recognise(head, undefined)
  expect(operation?.name).toBe('GetAccessKeyInfo')
  expect(await sts.decodeInput({ name: 'GetAccessKeyInfo', labels: {} }, head, new Uint8Array(), undefined)).toEqual({
    AccessKeyId: 'AKIAEXAMPLEEXAMPLE12',
  })
})
