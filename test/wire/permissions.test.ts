import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { form, sendSigned, VERSIONS } from './bare-http.ts'
import {
  Bucket,
  exchange,
  explained,
  KEY,
  mint,
  NEIGHBOUR,
  POD,
  policy,
  prepareShop,
  READING,
  ROLE,
  SESSION,
  session,
  subjectOf,
} from './circle.ts'
import { type Clients, clientsOf, refusalOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'

const sessionArn = (): string => `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE}/${SESSION}`
/** Words that stand in policies only. */
const POLICY_WORDS = [
  'PodMayList',
  'PodMayRead',
  'NobodyReadsThis',
  'TrustThisPod',
  '"Statement"',
  '"Effect"',
  'Condition',
]

let at: InstallationUnderTest
let admin: Clients
let token: string
let pod: Required<SigningCredentials>

beforeAll(async () => {
  at = await openInstallation()
  admin = clientsOf(at)
  await prepareShop(at)
  token = await mint(at)
  pod = await session(at, { token })
})
afterAll(() => at.close())

describe('permissions', () => {
  const iam = () => admin.iam
  const get = (who = pod) => clientsOf(at, who).s3.send(new GetObjectCommand({ Bucket, Key: KEY }))
  const resource = `arn:aws:s3:::${Bucket}/${KEY}`

  it('an explicit Deny wins, and once it is gone the same session reads again', async () => {
    const deny = policy({ Sid: 'NobodyReadsThis', Effect: 'Deny', Action: 's3:*', Resource: resource })
    await iam().send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'deny', PolicyDocument: deny }))
    const refusal = await refusalOf(get())
    expect([refusal.status, refusal.message]).toEqual([
      403,
      `User: ${sessionArn()} is not authorized to perform: s3:GetObject on resource: "${resource}" with an explicit deny in an identity-based policy`,
    ])
    expect(await explained(at, refusal)).toMatchObject({ name: 'explicit-deny', rung: 'identity' })
    await iam().send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'deny' }))
    await get()
  })

  it('what is taken away is refused at the next call, and what is given back counts at the next', async () => {
    await iam().send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'read' }))
    expect((await refusalOf(get())).message).toContain(
      'because no identity-based policy allows the s3:GetObject action',
    )
    await iam().send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'read', PolicyDocument: READING }))
    await get()
  })

  it('a session policy narrows, and never widens', async () => {
    const may = (Action: string) => ({ Policy: policy({ Effect: 'Allow', Action, Resource: '*' }) })
    const narrow = await session(at, { token, more: may('s3:ListBucket') })
    await clientsOf(at, narrow).s3.send(new ListObjectsV2Command({ Bucket }))
    const refusal = await refusalOf(get(narrow))
    expect(refusal.message).toContain('because no session policy allows the s3:GetObject action')
    expect(await explained(at, refusal)).toMatchObject({ name: 'session-policy', rung: 'session' })
    const wide = await session(at, { token, more: may('*') })
    await get(wide)
    const put = clientsOf(at, wide).s3.send(new PutObjectCommand({ Bucket, Key: 'widened', Body: '' }))
    expect((await refusalOf(put)).code).toBe('AccessDenied')
  })

  it('a missing key says so to who may list, and nothing to who may not', async () => {
    const missing = (who: SigningCredentials) =>
      clientsOf(at, who).s3.send(new GetObjectCommand({ Bucket, Key: 'none' }))
    expect((await refusalOf(missing(pod))).code).toBe('NoSuchKey')
    const Policy = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })
    const blind = await refusalOf(missing(await session(at, { token, more: { Policy } })))
    expect([blind.status, blind.message.includes('s3:ListBucket'), blind.denial.length]).toEqual([403, true, 16])
  })

  it('an operation that is not implemented is still refused to who may not', async () => {
    const asked = form({
      Action: 'CreateLoginProfile',
      UserName: 'x',
      Password: 'hunter2-canary',
      Version: VERSIONS.iam,
    })
    const answer = await sendSigned(at, { service: 'iam', credentials: pod, ...asked })
    expect([answer.status, answer.code, answer.message]).toEqual([
      403,
      'AccessDenied',
      `User: ${sessionArn()} is not authorized to perform: iam:CreateLoginProfile on resource: user x because no identity-based policy allows the iam:CreateLoginProfile action`,
    ])
    const allowed = await sendSigned(at, { service: 'iam', credentials: at.administrator(), ...asked })
    expect([allowed.status, allowed.code]).toEqual([501, 'NotImplemented'])
  })

  it('an operation without a known action is refused to everybody, and explained', async () => {
    for (const [service, Action] of [
      ['sts', 'GetScopedCredentials'],
      ['iam', 'AcquireRole'],
    ] as const) {
      const asked = form({
        Action,
        Version: VERSIONS[service],
        TradeInToken: 'abcd',
        DelegationRequestId: 'a'.repeat(16),
      })
      const answer = await sendSigned(at, { service, credentials: at.administrator(), ...asked })
      expect([Action, answer.status, answer.code]).toEqual([Action, 403, 'AccessDenied'])
      expect(await explained(at, answer)).toMatchObject({ action: `${service}:${Action}`, rung: 'identity' })
    }
  })

  it('a refusal shows its caller nothing of any policy', async () => {
    const put = { service: 's3', credentials: pod, method: 'PUT', target: `/${Bucket}/secret%20plan.txt`, body: 'plan' }
    const answers = [await sendSigned(at, put), await exchange(at, { token: await mint(at, { who: NEIGHBOUR }) })]
    for (const answer of answers) {
      expect(answer.status).toBe(403)
      for (const word of [...POLICY_WORDS, `${ROLE}-managed`, subjectOf(POD)])
        expect(answer.text + JSON.stringify(answer.headers)).not.toContain(word)
    }
  })
})
