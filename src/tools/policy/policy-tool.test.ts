import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findJsonFaults } from '../../standards/json-text/index.ts'
import { explainInquiry, type GivenPolicies, gatherInquiries, type Question, simulate } from './index.ts'
import { PolicyTextError, readPolicy } from './read-policy.ts'
import { readStoredPolicy } from './stored-policy.ts'

const ROLE = 'arn:aws:iam::111122223333:role/app'
const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A1'
const NOTHING: GivenPolicies = { identity: [], session: [], scp: [], rcp: [] }
const text = (...Statement: readonly unknown[]) => ({
  name: 'p.json',
  text: JSON.stringify({ Version: '2012-10-17', Statement }),
})
const READ = text({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' })
const TRUST = text({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { 'oidc.example.com/id/A1:sub': 'system:serviceaccount:prod:app' } },
})

const ask = async (question: Partial<Question>) => {
  const asked: Question = {
    principal: ROLE,
    actions: ['s3:GetObject'],
    resources: ['arn:aws:s3:::b/k'],
    context: {},
    given: NOTHING,
    ...question,
  }
  const { inquiries } = await gatherInquiries(asked)
  const [inquiry] = inquiries
  if (inquiry === undefined) throw new Error('no inquiry')
  return inquiry
}

describe('a malformed policy', () => {
  test('is told with each comma that is missing, behind what it is missing', () => {
    const written =
      '{\n  "Version": "2012-10-17"\n  "Statement": [\n    { "Effect": "Allow"\n      "Action": "*" }\n  ]\n}'
    expect(findJsonFaults(written)).toEqual([
      { line: 2, column: 26, what: 'a comma is missing after "2012-10-17"' },
      { line: 4, column: 24, what: 'a comma is missing after "Allow"' },
    ])
  })

  test.each([
    ['{"a": 1', 'the text ends early: a closing bracket or quote is missing'],
    ['{"a" 1}', 'a colon is missing'],
    ['{"a": 1,}', 'a name in double quotes is missing; the comma before it may be one too many'],
    ['[1,]', 'a value is missing; the comma before it may be one too many'],
    ['{} {}', 'there is more behind the end of the document'],
    ['', 'the document is empty'],
    ['{"a":1,"a":2}', 'a key occurs twice'],
  ])('%s: %s', (written, what) => {
    expect(findJsonFaults(written)[0]?.what).toBe(what)
  })

  test("says AWS's sentence too", () => {
    const read = () => readPolicy({ name: 'trust.json', text: '{"Version": "2012-10-17" "Statement": []}' }, 'trust')
    expect(read).toThrow(PolicyTextError)
    expect(read).toThrow(
      expect.objectContaining({
        message: 'trust.json:1:25: a comma is missing after "2012-10-17"',
        awsMessage: 'This policy contains invalid Json',
      }),
    )
  })

  test('that is JSON is told with the line of the element at fault', () => {
    const written = `{\n "Version": "2012-10-17",\n "Statement": [{\n  "Effect": "Allow",\n  "Actoin": "*"\n }]\n}`
    expect(() => readPolicy({ name: 'p.json', text: written }, 'identity')).toThrow(
      'p.json:5:3: /Statement/0: expected no element `Actoin`',
    )
  })

  test('that somebody keeps denies everything, and it is said why', async () => {
    const kept = {
      name: 'kept',
      text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","New":1}]}',
    }
    const { policy, note } = readStoredPolicy(kept, 'identity')
    expect(note).toMatch(/kept:1:\d+: .*expected no element `New`.*deny everything/)
    const inquiry = await ask({})
    const explained = explainInquiry({ ...inquiry, policies: { identity: [policy] } }, [note ?? ''])
    expect(explained).toMatchObject({ outcome: 'explicitDeny', notes: [note] })
  })

  test.each(['trust', 'resource', 'endpoint', 'boundary', 'resource-control'] as const)(
    'kept as %s lets nobody in',
    (kind) => {
      expect(readStoredPolicy({ name: 'kept', text: '{' }, kind).policy.document.statements[0]?.effect).toBe('Deny')
    },
  )
})

describe('an imagined request', () => {
  test('is decided as a real one would be', async () => {
    expect(simulate(await ask({ given: { ...NOTHING, identity: [READ] } }))).toMatchObject({
      outcome: 'allowed',
      because: [{ policy: 'p.json', statement: 1, effect: 'Allow' }],
    })
    expect(simulate(await ask({}))).toMatchObject({ outcome: 'implicitDeny', decidedBy: 'identity', because: [] })
    const denied = text({ Effect: 'Deny', Action: '*', Resource: '*' })
    expect(simulate(await ask({ given: { ...NOTHING, identity: [READ, denied] } })).outcome).toBe('explicitDeny')
  })

  test('brings the keys that follow from who asks, unless they are given', async () => {
    const own = text({
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: '*',
      Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
    })
    const given = { ...NOTHING, identity: [own] }
    expect(simulate(await ask({ given })).outcome).toBe('allowed')
    expect(simulate(await ask({ given, context: { 'aws:PrincipalArn': 'arn:x' } })).outcome).toBe('implicitDeny')
  })

  test.each([
    ['anonymous', 'Principal', '*'],
    ['s3.amazonaws.com', 'Service', 's3.amazonaws.com'],
    ['arn:aws:iam::111122223333:user/ann', 'AWS', 'arn:aws:iam::111122223333:user/ann'],
    ['arn:aws:sts::111122223333:assumed-role/app/pod', 'AWS', ROLE],
    ['111122223333', 'AWS', '111122223333'],
  ])('may be made by %s', async (principal, type, value) => {
    const Principal = type === 'Principal' ? value : { [type]: value }
    const resource = text({ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: '*' })
    const outcome = simulate(
      await ask({ principal, resourceAccount: '111122223333', given: { ...NOTHING, resource } }),
    ).outcome
    expect(outcome).toBe('allowed')
  })

  test.each(['nobody', 'arn:aws:iam::1:role/x', 'arn:aws:iam::111122223333:role/', 'arn:aws:s3:::b'])(
    'by %s is refused: that is no principal',
    async (principal) => {
      await expect(ask({ principal })).rejects.toMatchObject({ code: 'CONFIG' })
    },
  )
})

describe('an explanation', () => {
  const exchange = (subject: string, given = TRUST) =>
    ask({
      principal: PROVIDER,
      actions: ['sts:AssumeRoleWithWebIdentity'],
      resources: [ROLE],
      context: { 'oidc.example.com/id/A1:sub': subject, 'oidc.example.com/id/A1:aud': 'sts.amazonaws.com' },
      given: { ...NOTHING, resource: given },
    })

  test('names the cause, what was wanted and came, and where they differ', async () => {
    const { denial, rungs } = explainInquiry(await exchange('system:serviceaccount:staging:app'))
    expect(denial).toMatchObject({
      code: 'IRSA301',
      wanted: ['system:serviceaccount:prod:app'],
      got: ['system:serviceaccount:staging:app'],
      differsAt: 'system:serviceaccount:'.length,
    })
    expect(rungs.find(({ policyType }) => policyType === 'trust')?.state).toBe('does-not-allow')
  })

  test('has a patch that adds this subject and no other', async () => {
    const { denial } = explainInquiry(await exchange('system:serviceaccount:staging:app'))
    expect(denial?.patch).toMatchObject({
      policy: 'p.json',
      outcome: 'allowed',
      steps: [
        {
          op: 'replace',
          path: '/Statement/0/Condition/StringEquals/oidc.example.com~1id~1A1:sub',
          value: ['system:serviceaccount:prod:app', 'system:serviceaccount:staging:app'],
        },
      ],
    })
  })

  test('a subject with a star in it is never patched in as a wildcard', async () => {
    const like = text({
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { 'oidc.example.com/id/A1:sub': 'system:serviceaccount:prod:*' } },
    })
    const { denial } = explainInquiry(await exchange('system:*', like))
    expect(denial?.patch).toMatchObject({ outcome: 'allowed' })
    expect(JSON.stringify(denial?.patch?.steps)).toContain(['system:$', '{*}'].join(''))
  })

  test('a permission that is missing is patched in for exactly this action and resource', async () => {
    const { denial } = explainInquiry(await ask({ actions: ['s3:PutObject'], given: { ...NOTHING, identity: [READ] } }))
    expect(denial?.patch?.steps).toEqual([
      {
        op: 'add',
        path: '/Statement/-',
        value: { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/k' },
      },
    ])
  })

  test('of what two things stop says that one patch is not enough', async () => {
    const boundary = text({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' })
    const { denial } = explainInquiry(await ask({ given: { ...NOTHING, boundary } }))
    expect(denial).toMatchObject({ code: 'IRSA512', patch: { policyType: 'boundary', outcome: 'implicitDeny' } })
  })

  test('against a Deny, and for everybody, there is no patch', async () => {
    const deny = text({ Effect: 'Deny', Action: '*', Resource: '*' })
    expect(explainInquiry(await ask({ given: { ...NOTHING, identity: [deny] } })).denial?.patch).toBeUndefined()
    expect(explainInquiry(await ask({ principal: 'anonymous' })).denial?.patch).toBeUndefined()
  })

  test('of what is allowed names the statement', async () => {
    const explained = explainInquiry(await ask({ given: { ...NOTHING, identity: [READ] } }))
    expect(explained).toMatchObject({ outcome: 'allowed', nearest: [{ statement: 1, matches: true }] })
    expect(explained.denial).toBeUndefined()
  })
})

test('the examples are JSON that parses', () => {
  const read = (name: string) => readFileSync(join('examples/policies', name), 'utf8')
  expect(readPolicy({ name: 'orders.json', text: read('orders.json') }, 'identity').document.statements).toHaveLength(2)
  expect(readPolicy({ name: 'trust.json', text: read('trust.json') }, 'trust').document.statements).toHaveLength(1)
})
