import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { NamedPolicy } from '../../../standards/policy/index.ts'
import {
  ACCOUNT,
  callOf,
  errorOf,
  holderOf,
  ISSUER,
  NOW,
  OTHER_ACCOUNT,
  openSts,
  provider,
  ROLE_ARN,
  roleOf,
  type StsUnderTest,
  SUBJECT,
  signerOf,
  trust,
  trustOfPod,
  userOf,
} from './testing/sts-under-test.ts'

const OPERATION = 'AssumeRoleWithWebIdentity'
const NOT_AUTHORIZED = ['AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity']
const TAGS = 'https://aws.amazon.com/tags'
const SOURCE_IDENTITY = 'https://aws.amazon.com/source_identity'

let sts: StsUnderTest
beforeEach(() => {
  sts = openSts()
  sts.world.roles.set(ROLE_ARN, roleOf())
})

const inputOf = (more: Record<string, unknown> = {}) => ({
  RoleArn: ROLE_ARN,
  RoleSessionName: 'shop.orders-0a1b2c3d',
  WebIdentityToken: 'eyJ.secret-of-the-test.sig',
  ...more,
})
const exchange = (more: Record<string, unknown> = {}, claims: Record<string, unknown> = {}) =>
  sts.ask(OPERATION, inputOf(more), holderOf(claims))
const sessionOf = async (more: Record<string, unknown> = {}, claims: Record<string, unknown> = {}) => {
  const { output } = await exchange(more, claims)
  const { AccessKeyId, SessionToken } = output.Credentials as Record<string, string>
  return sts.sessions.open(SessionToken ?? '', AccessKeyId ?? '').session
}

describe('the exchange', () => {
  it('answers credentials with the members that AWS answers', async () => {
    const { output } = await exchange()
    expect(output).toEqual({
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIARZPUZDIK[A-Z2-7]{8}$/),
        SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        SessionToken: expect.stringMatching(/^OIrS/),
        Expiration: Math.floor(NOW / 1000) * 1000 + 3_600_000,
      },
      AssumedRoleUser: {
        AssumedRoleId: 'AROARZPUZDIKAAAAAAAAA:shop.orders-0a1b2c3d',
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/shop.orders-0a1b2c3d`,
      },
      SubjectFromWebIdentityToken: SUBJECT,
      Provider: provider.arn,
      Audience: 'sts.amazonaws.com',
    })
  })

  it('goes over the wire as AWS writes it, in XML and with seconds', async () => {
    const { output } = await exchange()
    const head = { method: 'POST', path: '/', query: '', headers: [] }
    const { body } = await sts.service.model.encodeOutput({ name: OPERATION, labels: {} }, head, output, 'r')
    const xml = Buffer.from(body as Uint8Array).toString()
    expect(xml).toContain('<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">')
    expect(xml).toContain('<Expiration>2026-03-01T13:00:00Z</Expiration>')
  })

  it('makes a session that is bound to the role by its unique id, and remembers the token', async () => {
    const kubernetes = {
      namespace: 'shop',
      serviceaccount: { name: 'orders', uid: '6f1f5e6e-27c5-4f3c-8f39-2a1b7d5a0d11' },
      pod: { name: 'orders-7d4f9c6b5-x2x7z', uid: '0d2f6f0a-5b0d-4a52-9f0e-6f8a5f0c9e33' },
      node: { name: 'ip-10-0-12-34', uid: 'n' },
      warnafter: 1,
    }
    expect(await sessionOf({}, { 'kubernetes.io': kubernetes, jti: 'j-1', amr: 'pwd' })).toMatchObject({
      kind: 'web-identity',
      account: ACCOUNT,
      roleUniqueId: 'AROARZPUZDIKAAAAAAAAA',
      roleName: 'orders',
      sessionName: 'shop.orders-0a1b2c3d',
      issuedAt: NOW,
      chainDepth: 0,
      webIdentity: {
        providerArn: provider.arn,
        issuerHostPath: ISSUER,
        subject: SUBJECT,
        audience: 'sts.amazonaws.com',
        methods: ['pwd'],
        tokenId: 'j-1',
        kubernetes: {
          namespace: 'shop',
          serviceAccount: 'orders',
          pod: 'orders-7d4f9c6b5-x2x7z',
          node: 'ip-10-0-12-34',
        },
      },
    })
  })

  it('leaves out of the session whatever of the pod Kubernetes could not have named so', async () => {
    const claims = {
      'kubernetes.io': { namespace: 'Shop\n', serviceaccount: 'orders', pod: { name: 7 }, node: { name: 'n1' } },
    }
    expect((await sessionOf({}, claims)).webIdentity?.kubernetes).toEqual({ node: 'n1' })
    expect((await sessionOf({}, { 'kubernetes.io': [] })).webIdentity?.kubernetes).toBeUndefined()
  })

  it('drops the path of the role from the session’s ARN', async () => {
    const role = roleOf({ path: '/team/a/' })
    sts.world.roles.set(role.arn, role)
    const { output } = await exchange({ RoleArn: role.arn })
    expect(output.AssumedRoleUser).toMatchObject({
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/shop.orders-0a1b2c3d`,
    })
  })
})

describe('who is not let in', () => {
  it.each<readonly [string, (world: StsUnderTest['world']) => void]>([
    ['there is no such role', (world) => world.roles.clear()],
    [
      'the trust policy names another provider',
      (world) =>
        world.roles.set(
          ROLE_ARN,
          roleOf({ trustPolicy: trust({ Federated: `${provider.arn}x` }, 'sts:AssumeRoleWithWebIdentity') }),
        ),
    ],
    [
      'the trust policy wants another subject',
      (world) =>
        world.roles.set(
          ROLE_ARN,
          roleOf({
            trustPolicy: trust({ Federated: provider.arn }, 'sts:AssumeRoleWithWebIdentity', {
              StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:other' },
            }),
          }),
        ),
    ],
    [
      'the trust policy allows another action',
      (world) =>
        world.roles.set(ROLE_ARN, roleOf({ trustPolicy: trust({ Federated: provider.arn }, 'sts:AssumeRole') })),
    ],
  ])('hears the same, whatever it is: %s', async (_, change) => {
    change(sts.world)
    expect(await errorOf(exchange())).toEqual(NOT_AUTHORIZED)
  })

  it('is told so too when the role goes, or changes its trust, between the judgement and the session', async () => {
    sts.meanwhile = () => sts.world.roles.clear()
    expect(await errorOf(exchange())).toEqual(NOT_AUTHORIZED)
    sts.world.roles.set(ROLE_ARN, roleOf())
    const closed = trust({ Federated: provider.arn }, 'sts:AssumeRole')
    sts.meanwhile = () =>
      sts.world.roles.set(ROLE_ARN, roleOf({ uniqueId: 'AROARZPUZDIKBBBBBBBBB', trustPolicy: closed }))
    expect(await errorOf(exchange())).toEqual(NOT_AUTHORIZED)
  })

  it('is whoever performs without having been judged', async () => {
    const row = sts.service.operations[OPERATION]
    const perform = row?.perform(callOf(OPERATION, inputOf()), holderOf(), [])
    expect(await errorOf(Promise.resolve(perform))).toEqual(NOT_AUTHORIZED)
  })

  it('is a signer: this operation is for holders of tokens', async () => {
    expect((await errorOf(sts.ask(OPERATION, inputOf(), userOf())))[0]).toBe('MissingAuthenticationToken')
  })
})

describe('what is asked of the trust policy', () => {
  const required = (more: Record<string, unknown> = {}, claims: Record<string, unknown> = {}) =>
    sts.requirements(OPERATION, inputOf(more), holderOf(claims))

  it('is the action on the role, with the session’s name, in the account of the ARN', async () => {
    expect(await required({ DurationSeconds: 900 })).toEqual([
      {
        action: 'sts:AssumeRoleWithWebIdentity',
        resource: ROLE_ARN,
        resourceAccount: ACCOUNT,
        resourcePolicy: trustOfPod,
        resourcePolicyKind: 'trust',
        contextKeys: { 'sts:RoleSessionName': 'shop.orders-0a1b2c3d' },
        onDeny: 'refuse',
      },
    ])
  })

  it('has no policy to allow it when there is no role', async () => {
    const arn = `arn:aws:iam::${OTHER_ACCOUNT}:role/none`
    const [requirement, ...more] = await required({ RoleArn: arn })
    expect(requirement).toMatchObject({ resource: arn, resourceAccount: OTHER_ACCOUNT, resourcePolicyKind: 'trust' })
    expect(requirement).not.toHaveProperty('resourcePolicy')
    expect(more).toEqual([])
  })

  it('is also sts:TagSession and sts:SetSourceIdentity when the token brings tags and a source identity', async () => {
    sts.world.roles.set(ROLE_ARN, roleOf({ tags: new Map([['Team', 'shop']]) }))
    const claims = {
      [TAGS]: { principal_tags: { Project: ['blue'], Env: ['dev'] }, transitive_tag_keys: ['Project'] },
      [SOURCE_IDENTITY]: 'alice',
    }
    const requirements = await required({}, claims)
    expect(requirements.map(({ action }) => action)).toEqual([
      'sts:AssumeRoleWithWebIdentity',
      'sts:TagSession',
      'sts:SetSourceIdentity',
    ])
    for (const { contextKeys } of requirements) {
      expect(contextKeys).toEqual({
        'sts:RoleSessionName': 'shop.orders-0a1b2c3d',
        'sts:SourceIdentity': 'alice',
        'aws:RequestTag/Project': 'blue',
        'aws:RequestTag/Env': 'dev',
        'aws:TagKeys': ['Project', 'Env'],
        'sts:TransitiveTagKeys': ['Project'],
        'aws:ResourceTag/Team': 'shop',
        'iam:ResourceTag/Team': 'shop',
      })
    }
  })

  it('denies tags, or a source identity, to a token whose role does not allow them, and names the action', async () => {
    const only = (...actions: readonly string[]) =>
      sts.world.roles.set(ROLE_ARN, roleOf({ trustPolicy: trust({ Federated: provider.arn }, actions) }))
    only('sts:AssumeRoleWithWebIdentity')
    const tagged = { [TAGS]: { principal_tags: { Project: ['blue'] } } }
    expect(await errorOf(exchange({}, tagged))).toEqual([
      'AccessDenied',
      403,
      'Not authorized to perform sts:TagSession',
    ])
    const named = { [SOURCE_IDENTITY]: 'alice' }
    expect(await errorOf(exchange({}, named))).toEqual([
      'AccessDenied',
      403,
      'Not authorized to perform sts:SetSourceIdentity',
    ])
    only('sts:AssumeRoleWithWebIdentity', 'sts:TagSession')
    expect((await exchange({}, tagged)).output.PackedPolicySize).toBe(1)
  })
})

describe('tags and source identity of the token', () => {
  it('become those of the session, in the nested form and in the flat one', async () => {
    const nested = { [TAGS]: { principal_tags: { Project: ['blue'], Env: ['dev'] }, transitive_tag_keys: ['Project'] } }
    const flat = {
      [`${TAGS}/principal_tags/Project`]: 'blue',
      [`${TAGS}/principal_tags/Env`]: ['dev'],
      [`${TAGS}/transitive_tag_keys`]: ['Project'],
    }
    for (const claims of [nested, flat]) {
      const session = await sessionOf({}, { ...claims, [SOURCE_IDENTITY]: 'alice' })
      expect([...session.tags]).toEqual([
        ['Project', 'blue'],
        ['Env', 'dev'],
      ])
      expect(session.transitiveTagKeys).toEqual(['Project'])
      expect(session.sourceIdentity).toBe('alice')
    }
  })

  it('stand in the answer as AWS has it', async () => {
    const { output, additionalEventData } = await exchange(
      {},
      { [SOURCE_IDENTITY]: 'alice', [TAGS]: { principal_tags: { a: ['b'] } } },
    )
    expect(output).toMatchObject({ SourceIdentity: 'alice', PackedPolicySize: 1 })
    expect(additionalEventData).toEqual({ principalTags: { a: 'b' } })
  })

  const COULD_NOT =
    'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
  it.each<readonly [string, Record<string, unknown>]>([
    ['tags that are a list', { [TAGS]: ['a'] }],
    ['tags that are null', { [TAGS]: null }],
    ['principal tags that are null', { [TAGS]: { principal_tags: null } }],
    ['transitive keys that are null', { [TAGS]: { principal_tags: { a: ['b'] }, transitive_tag_keys: null } }],
    ['flat transitive keys that are null', { [`${TAGS}/transitive_tag_keys`]: null }],
    ['principal tags that are a text', { [TAGS]: { principal_tags: 'a=b' } }],
    ['a tag with two values', { [TAGS]: { principal_tags: { a: ['b', 'c'] } } }],
    ['a tag without a value', { [TAGS]: { principal_tags: { a: [] } } }],
    ['a tag whose value is a number', { [TAGS]: { principal_tags: { a: [1] } } }],
    ['a nested tag whose value is no list', { [TAGS]: { principal_tags: { a: 'b' } } }],
    ['transitive keys that are a text', { [TAGS]: { principal_tags: { a: ['b'] }, transitive_tag_keys: 'a' } }],
    ['a flat tag whose value is a number', { [`${TAGS}/principal_tags/a`]: 1 }],
    ['a source identity that is a list', { [SOURCE_IDENTITY]: ['alice'] }],
  ])('%s: the token is refused', async (_, claims) => {
    expect(await errorOf(exchange({}, claims))).toEqual(['InvalidIdentityToken', 400, COULD_NOT])
  })

  const tagsOf = (tags: Record<string, string>, transitive: readonly string[] = []) => ({
    [TAGS]: {
      principal_tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, [value]])),
      transitive_tag_keys: transitive,
    },
  })
  it.each<readonly [string, Record<string, unknown>, string, RegExp]>([
    [
      'two keys that differ in case',
      tagsOf({ Team: 'a', team: 'b' }),
      'InvalidParameterValue',
      /^Duplicate tag keys found\. Please note that Tag keys are case insensitive\.$/,
    ],
    [
      'one key in both forms',
      { ...tagsOf({ a: 'b' }), [`${TAGS}/principal_tags/A`]: 'c' },
      'InvalidParameterValue',
      /^Duplicate tag keys/,
    ],
    [
      'a transitive key that is no tag',
      tagsOf({ a: 'b' }, ['c']),
      'InvalidParameterValue',
      /^The specified transitive tag key must be included in the requested tags\.$/,
    ],
    ['a reserved key', tagsOf({ 'aws:team': 'b' }), 'InvalidParameterValue', /reserved/],
    [
      '51 tags',
      tagsOf(Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v']))),
      'ValidationError',
      /at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50/,
    ],
    ['a key of 129 characters', tagsOf({ ['k'.repeat(129)]: 'v' }), 'ValidationError', /less than or equal to 128/],
    ['a value of 257 characters', tagsOf({ k: 'v'.repeat(257) }), 'ValidationError', /less than or equal to 256/],
    [
      'a value with a character that tags cannot have',
      tagsOf({ k: 'a\nb' }),
      'ValidationError',
      /regular expression pattern/,
    ],
    [
      'a source identity of one character',
      { [SOURCE_IDENTITY]: 'a' },
      'ValidationError',
      /at 'sourceIdentity' failed to satisfy constraint: Member must have length greater than or equal to 2/,
    ],
    [
      'a source identity with a colon',
      { [SOURCE_IDENTITY]: 'aws:alice' },
      'ValidationError',
      /at 'sourceIdentity' failed .* pattern/,
    ],
  ])('%s: refused in the words of AssumeRole', async (_, claims, code, message) => {
    const error = await errorOf(exchange({}, claims))
    expect(error.slice(0, 2)).toEqual([code, 400])
    expect(error[2]).toMatch(message)
  })

  it('that could name a prototype are keys like any other', async () => {
    const session = await sessionOf(
      {},
      { [`${TAGS}/principal_tags/__proto__`]: 'x', [`${TAGS}/principal_tags/constructor`]: 'y' },
    )
    expect([...session.tags]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  it('of any kind are read or refused, and never fail otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), async (tags, source, more) => {
        const claims = {
          [TAGS]: tags,
          [SOURCE_IDENTITY]: source,
          amr: more,
          'kubernetes.io': more,
          [`${TAGS}/principal_tags/k`]: more,
        }
        try {
          await exchange({}, claims)
        } catch (error) {
          expect(error).toMatchObject({
            httpStatus: expect.toSatisfy((status: number) => status === 400 || status === 403),
          })
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a token that says more than a session can hold', () => {
  it.each<readonly [string, Record<string, unknown>]>([
    ['a subject of 256 characters', { sub: 's'.repeat(256) }],
    ['eleven methods', { amr: Array.from({ length: 11 }, () => 'pwd') }],
    ['a method of 65 characters', { amr: ['m'.repeat(65)] }],
  ])('%s is refused', async (_, claims) => {
    sts.world.roles.set(
      ROLE_ARN,
      roleOf({ trustPolicy: trust({ Federated: provider.arn }, 'sts:AssumeRoleWithWebIdentity') }),
    )
    expect((await errorOf(exchange({}, claims))).slice(0, 2)).toEqual(['InvalidIdentityToken', 400])
  })

  it('keeps no token id that is longer than one', async () => {
    expect((await sessionOf({}, { jti: 'j'.repeat(65) })).webIdentity).not.toHaveProperty('tokenId')
  })
})

describe('the duration', () => {
  const durationOf = async (DurationSeconds?: number) => {
    const session = await sessionOf(DurationSeconds === undefined ? {} : { DurationSeconds })
    return (session.expiresAt - Math.floor(NOW / 1000) * 1000) / 1000
  }

  it('is an hour when nothing is said, and what is said else', async () => {
    expect(await durationOf()).toBe(3600)
    expect(await durationOf(900)).toBe(900)
    sts.world.roles.set(ROLE_ARN, roleOf({ maxSessionDurationSeconds: 43_200 }))
    expect(await durationOf(43_200)).toBe(43_200)
    expect(await durationOf()).toBe(3600)
  })

  it('is never more than the role’s', async () => {
    expect(await errorOf(exchange({ DurationSeconds: 3601 }))).toEqual([
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ])
  })

  it.each([
    [
      899,
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      43_201,
      "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
  ])('of %i seconds is refused by the model', async (DurationSeconds, message) => {
    expect(await errorOf(exchange({ DurationSeconds }))).toEqual([
      'ValidationError',
      400,
      `1 validation error detected: ${message}`,
    ])
  })

  it('is asked of those only whom the trust policy lets in', async () => {
    sts.world.roles.clear()
    expect(await errorOf(exchange({ DurationSeconds: 43_200, Policy: '{' }))).toEqual(NOT_AUTHORIZED)
  })
})

describe('session policies', () => {
  const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
  const managed = (arn: string) => sts.world.policies.set(arn, { name: 'p', arn } as NamedPolicy)
  const arnOf = (at: number, account: string = ACCOUNT) => `arn:aws:iam::${account}:policy/p${at}`

  it('go into the session as they were given', async () => {
    managed(arnOf(1))
    managed('arn:aws:iam::aws:policy/ReadOnlyAccess')
    const PolicyArns = [{ arn: arnOf(1) }, { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }]
    const session = await sessionOf({ Policy: POLICY, PolicyArns })
    expect(session.sessionPolicy).toBe(POLICY)
    expect(session.sessionPolicyArns).toEqual(PolicyArns.map(({ arn }) => arn))
    expect((await exchange({ Policy: POLICY })).output.PackedPolicySize).toBeGreaterThan(0)
  })

  it.each([
    ['{', 'Syntax errors in policy.'],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}',
      'Policy statement must contain resources.',
    ],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}',
      'Policy document should not specify a principal.',
    ],
    ['{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', 'Syntax errors in policy.'],
  ])('that are no policy are refused: %s', async (Policy, message) => {
    expect(await errorOf(exchange({ Policy }))).toEqual(['MalformedPolicyDocument', 400, message])
  })

  it('of more than 2,048 characters are refused by the model', async () => {
    const [code, , message] = await errorOf(exchange({ Policy: POLICY + ' '.repeat(2048) }))
    expect([
      code,
      message.includes("at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"),
    ]).toEqual(['ValidationError', true])
  })

  it('by ARN are at most ten', async () => {
    for (let at = 0; at < 11; at += 1) managed(arnOf(at))
    const arns = (count: number) => Array.from({ length: count }, (_, at) => ({ arn: arnOf(at) }))
    expect((await sessionOf({ PolicyArns: arns(10) })).sessionPolicyArns).toHaveLength(10)
    const [code, status, message] = await errorOf(exchange({ PolicyArns: arns(11) }))
    expect([code, status]).toEqual(['ValidationError', 400])
    expect(message).toContain(
      "at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    )
  })

  it('by ARN must exist, in the role’s own account or as AWS’s; which of it fails is not told', async () => {
    managed(arnOf(1, OTHER_ACCOUNT))
    for (const arn of [arnOf(1), arnOf(1, OTHER_ACCOUNT), 'arn:aws:s3:::a-bucket-of-mine']) {
      expect(await errorOf(exchange({ PolicyArns: [{ arn }] }))).toEqual([
        'ValidationError',
        400,
        `Policy ${arn} does not exist or is not attachable.`,
      ])
    }
    expect((await errorOf(exchange({ PolicyArns: [{}] })))[2]).toContain("Value null at 'policyArns.1.member.arn'")
  })

  it('and tags that do not fit are refused with their share of the room', async () => {
    const letters = (length: number, seed: number) =>
      Array.from({ length }, (_, at) =>
        String.fromCharCode(97 + ((at * 7919 + seed * 104_729 + ((at * at * 31 + seed) >> 3)) % 26)),
      ).join('')
    const tags = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [letters(120, at) + at, [letters(256, at + 1000)]]),
    )
    const [code, status, message] = await errorOf(exchange({}, { [TAGS]: { principal_tags: tags } }))
    expect([code, status]).toEqual(['PackedPolicyTooLarge', 400])
    expect(message).toMatch(/^Packed size of session tags consumes \d{3,}% of allotted space\.$/)
  })
})

describe('the input', () => {
  it.each([
    'arn:aws:iam::123456789012:user/not-a-role-at-all',
    'arn:aws:iam:us-east-1:123456789012:role/orders',
    'arn:aws:iam::12345:role/with-a-short-account',
    'arn:aws:sts::123456789012:assumed-role/orders/session',
    'arn:moon:iam::123456789012:role/orders-on-the-moon',
    'arn:aws:iam::123456789012:role/',
    'nothing-valid-is-in-here',
  ])('names a role: %s is none', async (RoleArn) => {
    expect(await errorOf(exchange({ RoleArn }))).toEqual(['ValidationError', 400, 'Request ARN is invalid'])
  })

  it.each([
    [
      { RoleSessionName: 'Session1:2' },
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      { RoleSessionName: undefined },
      "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    ],
    [
      { RoleSessionName: 's' },
      "1 validation error detected: Value 's' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      { RoleArn: undefined },
      "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
    ],
    [
      { WebIdentityToken: 'abc' },
      "1 validation error detected: Value '***' at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
    ],
    [
      { WebIdentityToken: 'x'.repeat(20_001) },
      "1 validation error detected: Value '***' at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000",
    ],
  ])('is held to the model: %o', async (more, message) => {
    expect(await errorOf(exchange(more))).toEqual(['ValidationError', 400, message])
  })

  it('with a ProviderId is for OAuth tokens, which this is none of', async () => {
    expect(await errorOf(exchange({ ProviderId: 'www.amazon.com' }))).toEqual([
      'InvalidIdentityToken',
      400,
      'Provided Token is not a Login With Amazon token',
    ])
  })

  it('that asks for what is not there is refused, not half served', async () => {
    expect((await errorOf(exchange({ MinimumSessionTokenSize: 1000 }))).slice(0, 2)).toEqual(['NotImplemented', 501])
  })
})

describe('the record', () => {
  const { trail } = openSts().service.operations[OPERATION] ?? {}

  it('has the parameters without the token', () => {
    expect(trail?.requestParameters?.(inputOf({ DurationSeconds: 900 }))).toEqual({
      roleArn: ROLE_ARN,
      roleSessionName: 'shop.orders-0a1b2c3d',
      durationSeconds: 900,
    })
  })

  it('has the answer without secret key and session token, with the time as CloudTrail writes it', async () => {
    const { output } = await exchange()
    const elements = trail?.responseElements?.(output)
    expect(elements).toEqual({
      credentials: {
        accessKeyId: expect.stringMatching(/^ASIA/),
        sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        expiration: 'Mar 1, 2026, 1:00:00 PM',
      },
      subjectFromWebIdentityToken: SUBJECT,
      assumedRoleUser: {
        assumedRoleId: 'AROARZPUZDIKAAAAAAAAA:shop.orders-0a1b2c3d',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/shop.orders-0a1b2c3d`,
      },
      provider: provider.arn,
      audience: 'sts.amazonaws.com',
    })
    const { SecretAccessKey, SessionToken } = output.Credentials as Record<string, string>
    const text = JSON.stringify(elements)
    expect([SecretAccessKey, SessionToken].some((secret) => text.includes(secret ?? ''))).toBe(false)
  })

  it.each([
    ['2025-04-16T03:46:56Z', 'Apr 16, 2025, 3:46:56 AM'],
    ['2025-12-01T00:00:05Z', 'Dec 1, 2025, 12:00:05 AM'],
    ['2025-01-31T12:30:00Z', 'Jan 31, 2025, 12:30:00 PM'],
  ])('writes %s as %s', (iso, text) => {
    const output = { Credentials: { AccessKeyId: 'A', Expiration: Date.parse(iso) }, AssumedRoleUser: {} }
    expect(trail?.responseElements?.(output)).toMatchObject({ credentials: { expiration: text } })
  })

  it('names the role and its account, read-only as AWS counts it; also for an input that was refused', () => {
    expect(trail?.readOnly).toBe(true)
    expect(trail?.resources?.(inputOf(), OTHER_ACCOUNT)).toEqual([
      { type: 'AWS::IAM::Role', arn: ROLE_ARN, account: ACCOUNT },
    ])
    expect(trail?.resources?.({}, OTHER_ACCOUNT)).toEqual([])
    expect(trail?.requestParameters?.({})).toEqual({})
    expect(trail?.resources?.({ RoleArn: 'x' }, OTHER_ACCOUNT)).toEqual([
      { type: 'AWS::IAM::Role', arn: 'x', account: OTHER_ACCOUNT },
    ])
  })
})

it('credentials are those of the session: its holder is who the answer says', async () => {
  const result = await exchange()
  const signer = signerOf(sts, result)
  const { output } = await sts.ask('GetCallerIdentity', {}, signer)
  expect(output).toEqual({
    UserId: 'AROARZPUZDIKAAAAAAAAA:shop.orders-0a1b2c3d',
    Account: ACCOUNT,
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/shop.orders-0a1b2c3d`,
  })
})
