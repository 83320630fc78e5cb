import { describe, expect, test } from 'vitest'
import { readPolicy } from '../policy/index.ts'
import { checkTrust, generateTrust, providerArnOf, renderAwsCli, renderHcl } from './index.ts'
import { lintTrust } from './lint.ts'

const ISSUER = 'oidc.example.com/id/A1'
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`
const SUB = 'system:serviceaccount:shop:orders'
const AUD = { [`${ISSUER}:aud`]: 'sts.amazonaws.com' }
const ORDERS = { namespace: 'shop', name: 'orders' }

const trustOf = (Condition: unknown, more: Record<string, unknown> = {}) => ({
  name: 'trust.json',
  text: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
        ...more,
      },
    ],
  }),
})
const lint = (Condition: unknown, more = {}) =>
  lintTrust(readPolicy(trustOf(Condition, more), 'trust'), { account: '111122223333' }).map(({ code, found }) => [
    code,
    found,
  ])

describe('a trust policy that is made', () => {
  const made = generateTrust({ serviceAccounts: [ORDERS], providerArn: PROVIDER })

  test('compares subject and audience by StringEquals, and nothing is found in it', () => {
    expect(made.document.Statement).toMatchObject([
      { Condition: { StringEquals: { [`${ISSUER}:sub`]: SUB, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } } },
    ])
    expect(checkTrust({ policy: { name: 'p', text: JSON.stringify(made.document) } }).findings).toEqual([])
  })

  test('of several service accounts lists them, in one statement', () => {
    const both = generateTrust({
      serviceAccounts: [ORDERS, { namespace: 'shop', name: 'billing' }],
      providerArn: PROVIDER,
    })
    expect(both.document.Statement[0]?.Condition.StringEquals?.[`${ISSUER}:sub`]).toEqual([
      SUB,
      'system:serviceaccount:shop:billing',
    ])
  })

  test('uses StringLike only for a pattern that is asked for by name, and still StringEquals for the audience', () => {
    const like = generateTrust({
      serviceAccounts: [],
      subjectLike: 'system:serviceaccount:shop:*',
      providerArn: PROVIDER,
    })
    expect(like.document.Statement[0]?.Condition).toEqual({
      StringEquals: AUD,
      StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' },
    })
  })

  test("asks for China's audience from China's providers", () => {
    const providerArn = providerArnOf('https://oidc.eks.cn-north-1.amazonaws.com.cn/id/A', '111122223333')
    expect(providerArn).toMatch(/^arn:aws-cn:/)
    expect(JSON.stringify(generateTrust({ serviceAccounts: [ORDERS], providerArn }))).toContain('sts.amazonaws.com.cn')
  })

  test.each([
    [{ serviceAccounts: [], providerArn: PROVIDER }, 'would let in every service account'],
    [{ serviceAccounts: [ORDERS], providerArn: 'arn:aws:iam::111122223333:role/x' }, 'is no OIDC provider'],
    [{ serviceAccounts: [ORDERS], subjectLike: '*', providerArn: PROVIDER }, 'cannot be combined'],
  ])('is refused: %o', (wish, why) => {
    expect(() => generateTrust(wish)).toThrow(why)
  })

  test.each([
    ['http://oidc.example.com', '111122223333'],
    ['https://oidc.example.com:8443', '111122223333'],
    ['https://oidc.example.com', '1'],
  ])('is refused for the issuer %s in the account %s', (issuer, account) => {
    expect(() => providerArnOf(issuer, account)).toThrow(expect.objectContaining({ code: 'CONFIG' }))
  })

  test('is printed as Terraform and as a command, in which nothing of it is run', () => {
    expect(renderHcl(made)).toContain(`variable = "${ISSUER}:sub"`)
    const sly = generateTrust({ serviceAccounts: [ORDERS], audience: "it's $(id)", providerArn: PROVIDER })
    expect(renderAwsCli(sly, 'a; b')).toMatch(/--role-name 'a; b' .*it'\\''s \$\(id\)/)
    const template = generateTrust({
      serviceAccounts: [ORDERS],
      audience: ['$', '{file("x")}'].join(''),
      providerArn: PROVIDER,
    })
    expect(renderHcl(template)).toContain('$${file(')
  })
})

describe('what is found in trust policies', () => {
  const key = `${ISSUER}:sub`
  test.each([
    ['no subject', { StringEquals: AUD }, 'IRSA901', 'no condition on :sub'],
    [
      'every namespace',
      { StringEquals: AUD, StringLike: { [key]: 'system:serviceaccount:*:*' } },
      'IRSA902',
      'system:serviceaccount:*:*',
    ],
    [
      'a whole namespace',
      { StringEquals: AUD, StringLike: { [key]: 'system:serviceaccount:shop:*' } },
      'IRSA902',
      'system:serviceaccount:shop:*',
    ],
    ['a negated subject', { StringEquals: AUD, StringNotEquals: { [key]: SUB } }, 'IRSA903', `StringNotEquals ${key}`],
    [
      'a subject if it exists',
      { StringEquals: AUD, StringEqualsIfExists: { [key]: SUB } },
      'IRSA903',
      `StringEqualsIfExists ${key}`,
    ],
    [
      'a quantifier that nothing satisfies',
      { StringEquals: AUD, 'ForAllValues:StringEquals': { [key]: SUB } },
      'IRSA903',
      `ForAllValues:StringEquals ${key}`,
    ],
    ['presence alone', { StringEquals: AUD, Null: { [key]: 'false' } }, 'IRSA903', `Null ${key}`],
    [
      'a star taken literally',
      { StringEquals: { ...AUD, [key]: 'system:serviceaccount:shop:*' } },
      'IRSA302',
      'system:serviceaccount:shop:*',
    ],
    ['a pattern without a wildcard', { StringEquals: AUD, StringLike: { [key]: SUB } }, 'IRSA906', `StringLike ${key}`],
    ['no audience', { StringEquals: { [key]: SUB } }, 'IRSA904', 'no condition on :aud'],
    ['a slash too many', { StringEquals: { ...AUD, [`${ISSUER}/:sub`]: SUB } }, 'IRSA305', `${ISSUER}/:sub`],
    ['a scheme', { StringEquals: { ...AUD, [`https://${ISSUER}:sub`]: SUB } }, 'IRSA305', `https://${ISSUER}:sub`],
    [
      "another cluster's issuer",
      { StringEquals: { ...AUD, 'oidc.example.com/id/B2:sub': SUB } },
      'IRSA303',
      'oidc.example.com/id/B2:sub',
    ],
  ])('%s', (_, condition, code, found) => {
    expect(lint(condition)).toEqual([[code, found]])
  })

  const good = { StringEquals: { ...AUD, [key]: SUB } }
  test.each([
    ['another action', { Action: 'sts:AssumeRole' }, 'IRSA306'],
    ['another principal', { Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, 'IRSA306'],
    [
      'a provider of another account',
      { Principal: { Federated: `arn:aws:iam::444455556666:oidc-provider/${ISSUER}` } },
      'IRSA905',
    ],
    [
      'a provider with a scheme',
      { Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/https://${ISSUER}` } },
      'IRSA305',
    ],
  ])('%s', (_, more, code) => {
    expect(lint(good, more).map(([first]) => first)).toContain(code)
  })

  test('a weak condition beside a strict one is harmless', () => {
    expect(lint({ ...good, StringNotEquals: { [key]: 'system:serviceaccount:shop:admin' } })).toEqual([])
  })

  test('every kind of statement that lets in nobody by tokens is told, but not beside one for tokens', () => {
    const statements = [
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:*', Condition: good },
    ]
    const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    expect(checkTrust({ policy: { name: 'p', text } }).findings).toEqual([])
  })
})

describe('a token', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokenOf = (claims: unknown): string => `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}.c2ln`
  const claims = { iss: `https://${ISSUER}`, sub: SUB, aud: ['sts.amazonaws.com'] }
  const policy = trustOf({ StringEquals: { ...AUD, [`${ISSUER}:sub`]: SUB } })

  test('is asked about and never called verified', () => {
    expect(checkTrust({ policy, token: tokenOf(claims) }).token).toMatchObject({
      verified: false,
      explanation: { outcome: 'allowed' },
    })
  })

  test.each([
    [{ ...claims, sub: 'system:serviceaccount:shop:other' }, 'IRSA301'],
    [{ ...claims, aud: 'vault' }, 'IRSA304'],
    [{ ...claims, iss: 'https://oidc.example.com/id/B2' }, 'IRSA303'],
    [{ ...claims, iss: `https://${ISSUER}/` }, 'IRSA305'],
  ])('%o is refused by %s', (other, code) => {
    expect(checkTrust({ policy, token: tokenOf(other) }).token?.explanation.denial?.code).toBe(code)
  })

  test('that is none is refused', () => {
    expect(() => checkTrust({ policy, token: 'nonsense' })).toThrow(expect.objectContaining({ reason: 'malformed' }))
  })
})
