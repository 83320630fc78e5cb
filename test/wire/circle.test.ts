import { readFileSync } from 'node:fs'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { DescribeClusterCommand } from '@aws-sdk/client-eks'
import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateUserCommand,
  DeleteRolePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromWebToken } from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountOfUniqueId, Secret } from '../../src/core/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { form, presigned, send, sendSigned, signed, VERSIONS, xmlText } from './bare-http.ts'
import {
  AUDIENCE,
  Bucket,
  credentialsOf,
  exchange,
  explained,
  KEY,
  mint,
  NEIGHBOUR,
  POD,
  policy,
  prepareShop,
  providerArn,
  ROLE,
  roleArn,
  SESSION,
  session,
  subjectOf,
  TEXT,
  trust,
} from './circle.ts'
import { type Clients, clientsOf, refusalOf } from './clients.ts'
import { decode } from './forge.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation, REGION } from './installation.ts'

const OTHER = '111122223333'
const sessionArn = (role = ROLE, account = ACCOUNT): string => `arn:aws:sts::${account}:assumed-role/${role}/${SESSION}`

let at: InstallationUnderTest
let admin: Clients
let token: string
let pod: Required<SigningCredentials>

beforeAll(async () => {
  at = await openInstallation({ accounts: [ACCOUNT, OTHER] })
  admin = clientsOf(at)
  await prepareShop(at)
  token = await mint(at)
  pod = await session(at, { token })
})
afterAll(() => at.close())

const textOf = async ({ s3 }: Pick<Clients, 's3'>, Key = KEY): Promise<string | undefined> =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

describe('the walk-through', () => {
  it('EKS names the issuer, and the issuer publishes what its tokens are verified with', async () => {
    const { cluster } = await admin.eks.send(new DescribeClusterCommand({ name: 'local' }))
    expect(cluster?.identity?.oidc?.issuer).toBe(at.facts.issuer)
    const base = `/_openirsa/oidc/${at.facts.issuer.split('/').at(-1)}`
    const discovery = JSON.parse(
      (await send(at, { target: `${base}/.well-known/openid-configuration` })).text,
    ) as object
    expect(discovery).toMatchObject({ issuer: at.facts.issuer })
    const { keys } = JSON.parse((await send(at, { target: `${base}/openid/v1/jwks` })).text) as { keys: object[] }
    expect(keys).toEqual([expect.objectContaining({ kid: decode(token)[0].kid, alg: 'RS256', use: 'sig' })])
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi)"/)
  })

  it('a provider is read back as it was made, and made once', async () => {
    const OpenIDConnectProviderArn = providerArn(at.facts.issuer)
    const found = await admin.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    expect([found.Url, found.ClientIDList]).toEqual([at.facts.issuer.replace('https://', ''), [AUDIENCE]])
    const again = new CreateOpenIDConnectProviderCommand({ Url: at.facts.issuer, ClientIDList: [AUDIENCE] })
    expect(await refusalOf(admin.iam.send(again))).toMatchObject({ status: 409, code: 'EntityAlreadyExistsException' })
  })

  it("the token's claims are kube-apiserver's", () => {
    const [header, claims] = decode(token)
    expect(header).toEqual({ alg: 'RS256', kid: expect.stringMatching(/^[\w-]{43}$/) })
    expect(claims).toMatchObject({ iss: at.facts.issuer, sub: subjectOf(POD), aud: [AUDIENCE] })
    expect(claims['kubernetes.io']).toMatchObject({ namespace: 'shop', serviceaccount: { name: 'orders' } })
  })

  it('the exchange is answered with credentials, in the XML of STS', async () => {
    const answer = await exchange(at, { token })
    expect(answer.headers['content-type']).toBe('text/xml')
    expect(answer.text).toContain(
      '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">',
    )
    const field = (name: string): string => xmlText(answer.text, name)
    expect(field('RequestId')).toBe(answer.headers['x-amzn-requestid'])
    expect([field('SubjectFromWebIdentityToken'), field('Audience'), field('Provider')]).toEqual([
      subjectOf(POD),
      AUDIENCE,
      providerArn(at.facts.issuer),
    ])
    expect([field('Arn'), field('PackedPolicySize')]).toEqual([sessionArn(), ''])
    expect(field('AssumedRoleId')).toMatch(new RegExp(`^AROA[A-Z2-7]{17}:${SESSION}$`))
    expect(field('AccessKeyId')).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(accountOfUniqueId(field('AccessKeyId'))).toBe(ACCOUNT)
    expect(field('Expiration')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Math.abs(Date.parse(field('Expiration')) - Date.now() - 3_600_000)).toBeLessThan(60_000)
  })

  it('an unmodified SDK with a role and a token, and no key, does its work and no other', async () => {
    const credentials = fromWebToken({
      roleArn: roleArn(ROLE),
      roleSessionName: SESSION,
      webIdentityToken: token,
      clientConfig: { endpoint: at.facts.endpoint, region: REGION },
    })
    const options = { endpoint: at.facts.endpoint, region: REGION, credentials, maxAttempts: 1 }
    const { Arn } = await new STSClient(options).send(new GetCallerIdentityCommand({}))
    expect(Arn).toBe(sessionArn())
    const { s3 } = clientsOf(at, pod)
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket])
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual([KEY])
    expect(await textOf({ s3 })).toBe(TEXT)
    const put = await refusalOf(s3.send(new PutObjectCommand({ Bucket, Key: 'forbidden.txt', Body: 'x' })))
    expect(put).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: `User: ${sessionArn()} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${Bucket}/forbidden.txt" because no identity-based policy allows the s3:PutObject action`,
    })
    expect(await explained(at, put)).toMatchObject({
      name: 'permission',
      rung: 'identity',
      action: 's3:PutObject',
      resource: `arn:aws:s3:::${Bucket}/forbidden.txt`,
      principal: sessionArn(),
    })
    const head = admin.s3.send(new HeadObjectCommand({ Bucket, Key: 'forbidden.txt' }))
    expect((await refusalOf(head)).status).toBe(404)
  })

  it('GetCallerIdentity answers in JSON to who asks for it, presigned too, and cannot be denied', async () => {
    const RoleName = ROLE
    const deny = policy({ Effect: 'Deny', Action: '*', Resource: '*' })
    await admin.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'deny', PolicyDocument: deny }))
    try {
      const target = `/?Action=GetCallerIdentity&Version=${VERSIONS.sts}`
      const wanted = { service: 'sts', credentials: pod, target, expiresSeconds: 60 } as const
      const request = presigned(at, { ...wanted, headers: [['x-k8s-aws-id', 'local']] })
      const answer = await send(at, {
        ...request,
        headers: [...(request.headers ?? []), ['accept', 'application/json']],
      })
      const { GetCallerIdentityResponse } = JSON.parse(answer.text) as { GetCallerIdentityResponse: object }
      expect(GetCallerIdentityResponse).toMatchObject({
        GetCallerIdentityResult: { Account: ACCOUNT, Arn: sessionArn() },
      })
    } finally {
      await admin.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'deny' }))
    }
  })

  it('HTTPS answers on the same port, under the authority of the installation', async () => {
    const ca = readFileSync(at.facts.caFile, 'utf8')
    const answer = await send(at, { target: '/_openirsa/health', tls: { ca } })
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { status: 'ok', version: '0.0.0' }])
    expect((await send(at, { ...form({ Action: 'GetCallerIdentity' }), tls: { ca } })).code).toBe(
      'MissingAuthenticationToken',
    )
  })

  it('the well-known key test/test opens nothing', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: new Secret('test') }
    const answer = await sendSigned(at, { service: 'sts', credentials, ...form({ Action: 'GetCallerIdentity' }) })
    expect([answer.status >= 400, answer.text.includes('Arn')]).toEqual([true, false])
    expect(['InvalidClientTokenId', 'IncompleteSignature']).toContain(answer.code)
  })
})

describe('the trail', () => {
  const recorded = (requestId: string | undefined) => at.records().find((record) => record.requestId === requestId)
  const who = (name: string) => ({
    type: 'WebIdentityUser',
    principalId: `${providerArn(at.facts.issuer)}:${AUDIENCE}:${subjectOf(name)}`,
    userName: subjectOf(name),
    identityProvider: providerArn(at.facts.issuer),
  })

  it('shows the allowed exchange: who, which role, which key, and neither token nor secret', async () => {
    const answer = await exchange(at, {
      token,
      headers: [['user-agent', 'aws-sdk-test/1']],
      more: { DurationSeconds: '900' },
    })
    const record = recorded(answer.headers['x-amzn-requestid'])
    const { accessKeyId } = credentialsOf(answer)
    expect(record?.event).toEqual({
      eventVersion: '1.08',
      userIdentity: who(POD),
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRoleWithWebIdentity',
      awsRegion: REGION,
      sourceIPAddress: '127.0.0.1',
      userAgent: 'aws-sdk-test/1',
      requestParameters: { roleArn: roleArn(ROLE), roleSessionName: SESSION, durationSeconds: 900 },
      responseElements: {
        credentials: {
          accessKeyId,
          sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
          expiration: expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M$/),
        },
        subjectFromWebIdentityToken: subjectOf(POD),
        assumedRoleUser: { assumedRoleId: xmlText(answer.text, 'AssumedRoleId'), arn: sessionArn() },
        provider: providerArn(at.facts.issuer),
        audience: AUDIENCE,
      },
      additionalEventData: expect.objectContaining({ identityProviderConnectionVerificationMethod: 'IAMTrustStore' }),
      requestID: answer.headers['x-amzn-requestid'],
      eventID: record?.eventId,
      readOnly: true,
      resources: [{ accountId: ACCOUNT, type: 'AWS::IAM::Role', ARN: roleArn(ROLE) }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ACCOUNT,
      eventCategory: 'Management',
    })
  })

  it('shows the refused exchange: the same who, AccessDenied, and no response', async () => {
    const answer = await exchange(at, { token: await mint(at, { who: NEIGHBOUR }) })
    expect(recorded(answer.headers['x-amzn-requestid'])).toMatchObject({
      denialId: answer.denial,
      event: {
        errorCode: 'AccessDenied',
        errorMessage: 'An unknown error occurred',
        userIdentity: who(NEIGHBOUR),
        requestParameters: { roleArn: roleArn(ROLE), roleSessionName: SESSION },
        responseElements: null,
        readOnly: true,
        resources: [{ accountId: ACCOUNT, type: 'AWS::IAM::Role', ARN: roleArn(ROLE) }],
      },
    })
  })

  it('shows a refused token, with what was proven of it: nothing', async () => {
    const answer = await exchange(at, { token: 'not-a-token' })
    expect(recorded(answer.headers['x-amzn-requestid'])?.event).toMatchObject({
      errorCode: 'InvalidIdentityToken',
      userIdentity: { type: 'WebIdentityUser' },
      responseElements: null,
      recipientAccountId: ACCOUNT,
    })
  })

  it('shows what the session did afterwards, allowed and refused, and over which connection', async () => {
    const ca = readFileSync(at.facts.caFile, 'utf8')
    const allowed = await send(at, {
      ...signed(at, { service: 's3', credentials: pod, target: `/${Bucket}/${KEY}` }),
      tls: { ca },
    })
    const refused = await sendSigned(at, {
      service: 's3',
      credentials: pod,
      method: 'DELETE',
      target: `/${Bucket}/${KEY}`,
    })
    const userIdentity = {
      type: 'AssumedRole',
      principalId: expect.stringMatching(new RegExp(`^AROA[A-Z2-7]{17}:${SESSION}$`)),
      arn: sessionArn(),
      accountId: ACCOUNT,
      accessKeyId: pod.accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: expect.stringMatching(/^AROA/),
          arn: roleArn(ROLE),
          accountId: ACCOUNT,
          userName: ROLE,
        },
        webIdFederationData: { federatedProvider: providerArn(at.facts.issuer), attributes: {} },
        attributes: { creationDate: expect.stringMatching(/Z$/), mfaAuthenticated: 'false' },
      },
    }
    const one = recorded(allowed.headers['x-amz-request-id'])
    expect([one?.category, one?.event.eventName, one?.event.userIdentity]).toEqual(['Data', 'GetObject', userIdentity])
    expect(one?.event.tlsDetails).toMatchObject({
      tlsVersion: expect.stringMatching(/^TLSv1/),
      clientProvidedHostHeader: `127.0.0.1:${at.port}`,
    })
    expect(recorded(refused.headers['x-amz-request-id'])?.event).not.toHaveProperty('tlsDetails')
    expect(recorded(refused.headers['x-amz-request-id'])).toMatchObject({
      denialId: refused.denial,
      event: { eventName: 'DeleteObject', errorCode: 'AccessDenied', responseElements: null },
    })
  })

  it('keeps no more of a call than CloudTrail does, however much was sent', async () => {
    const request = form({
      Action: 'CreateRole',
      RoleName: 'x',
      AssumeRolePolicyDocument: 'x'.repeat(300_000),
      Version: VERSIONS.iam,
    })
    const answer = await sendSigned(at, { service: 'iam', credentials: pod, ...request })
    expect([answer.status, answer.code]).toEqual([400, 'ValidationError'])
    const record = recorded(answer.headers['x-amzn-requestid'])
    expect([record?.event.requestParameters, JSON.stringify(record).length < 5000]).toEqual([null, true])
  })

  it('is looked up by who may, in their own account only, management events alone', async () => {
    const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'AssumeRoleWithWebIdentity' }] as const
    const { Events = [] } = await admin.cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [...LookupAttributes] }),
    )
    const outcomes = new Set(
      Events.map(({ CloudTrailEvent }) => (JSON.parse(CloudTrailEvent ?? '{}') as { errorCode?: string }).errorCode),
    )
    expect(outcomes.has(undefined) && outcomes.has('AccessDenied') && outcomes.has('InvalidIdentityToken')).toBe(true)
    const { cloudtrail, sts } = clientsOf(at, at.administrator(OTHER))
    await sts.send(new GetCallerIdentityCommand({}))
    const other = await cloudtrail.send(new LookupEventsCommand({}))
    expect((other.Events ?? []).length).toBeGreaterThan(0)
    for (const { CloudTrailEvent } of other.Events ?? [])
      expect(JSON.parse(CloudTrailEvent ?? '{}')).toMatchObject({ recipientAccountId: OTHER, managementEvent: true })
    expect((await refusalOf(clientsOf(at, pod).cloudtrail.send(new LookupEventsCommand({})))).code).toBe(
      'AccessDeniedException',
    )
  })

  it('no secret stands in any record, refusal, log line or file that is not for secrets', async () => {
    const { AccessKey } = await (async () => {
      await admin.iam.send(new CreateUserCommand({ UserName: 'canary' }))
      return admin.iam.send(new CreateAccessKeyCommand({ UserName: 'canary' }))
    })()
    const signature = token.split('.')[2] ?? ''
    // A call of each kind that carries a secret, allowed and refused, well and badly made.
    await exchange(at, { token: `${token}x` })
    await exchange(at, { token, role: 'no-such-role' })
    await exchange(at, { token, more: { DurationSeconds: '1' } })
    await send(at, {
      target: `/?Action=AssumeRoleWithWebIdentity&WebIdentityToken=${token}&RoleArn=${roleArn(ROLE)}&RoleSessionName=${SESSION}`,
    })
    await send(at, { target: `/?Action=GetUser&Action=x&WebIdentityToken=${token}` })
    const wanted = { service: 's3', credentials: pod, target: `/${Bucket}/${KEY}` }
    const { target = '' } = presigned(at, { ...wanted, expiresSeconds: 60 })
    const presignedSignature = /X-Amz-Signature=(\w+)/.exec(target)?.[1] ?? ''
    await send(at, { target })
    await send(at, { target: `${target}&X-Amz-Date=1` })
    await sendSigned(at, { ...wanted, credentials: { ...pod, secretAccessKey: new Secret('wrong') } })
    await sendSigned(at, { ...wanted, service: 'ec2' })
    const login = form({
      Action: 'CreateLoginProfile',
      UserName: 'x',
      Password: 'hunter2-canary',
      Version: VERSIONS.iam,
    })
    for (const credentials of [pod, at.administrator()]) await sendSigned(at, { service: 'iam', credentials, ...login })
    const canaries = {
      'the token': token,
      "the token's signature": signature,
      "the session's secret key": pod.secretAccessKey.reveal(),
      'the session token': pod.sessionToken,
      'the session token, encoded': encodeURIComponent(pod.sessionToken),
      "the administrator's secret key": at.administrator().secretAccessKey.reveal(),
      "a user's secret key": AccessKey?.SecretAccessKey ?? '?',
      'a presigned signature': presignedSignature,
      'a password': 'hunter2-canary',
      'the control token': at.controlToken,
    }
    const stored = (await at.storedBytes()).toString('latin1')
    for (const [name, canary] of Object.entries(canaries)) {
      expect(canary.length, name).toBeGreaterThan(10)
      expect([name, stored.includes(canary), at.logged().includes(canary)]).toEqual([name, false, false])
      // Half of it would be as bad.
      if (canary.length > 60)
        expect([name, stored.includes(canary.slice(-40)), at.logged().includes(canary.slice(-40))]).toEqual([
          name,
          false,
          false,
        ])
    }
    expect(stored).toContain(pod.accessKeyId)
  })
})

describe('a restart', () => {
  it('changes nothing: keys, identities, objects, sessions, tokens, refusals and the trail stay what they were', async () => {
    const before = { issuer: at.facts.issuer, secret: at.administrator().secretAccessKey.reveal(), state: at.state() }
    const refusal = await exchange(at, { token: await mint(at, { who: NEIGHBOUR }) })
    const story = await explained(at, refusal)
    const records = at.records().length
    await at.restart()
    expect({ issuer: at.facts.issuer, secret: at.administrator().secretAccessKey.reveal(), state: at.state() }).toEqual(
      before,
    )
    expect(at.records().length).toBeGreaterThanOrEqual(records)
    const again = clientsOf(at)
    const { Role } = await again.iam.send(new GetRoleCommand({ RoleName: ROLE }))
    const written = policy(trust({ issuer: before.issuer, subject: subjectOf(POD) }))
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual(JSON.parse(written))
    expect((await again.iam.send(new ListRolePoliciesCommand({ RoleName: ROLE }))).PolicyNames).toEqual(['read'])
    expect(await textOf(clientsOf(at, pod))).toBe(TEXT)
    const put = clientsOf(at, pod).s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: '' }))
    expect((await refusalOf(put)).status).toBe(403)
    expect((await exchange(at, { token })).status).toBe(200)
    expect(await explained(at, refusal)).toEqual(story)
    expect(
      at
        .logged()
        .split('\n')
        .filter((line) => line.includes('"level":"error"')),
    ).toEqual([])
  })
})
