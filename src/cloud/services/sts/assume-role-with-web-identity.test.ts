import { beforeEach, describe, expect, it } from 'vitest'
import {
  type Exchange,
  inputOf,
  NOT_AUTHORIZED,
  OPERATION,
  openExchange,
  SOURCE_IDENTITY,
  TAGS,
} from './testing/exchange.ts'
import {
  ACCOUNT,
  callOf,
  errorOf,
  holderOf,
  ISSUER,
  NOW,
  OTHER_ACCOUNT,
  provider,
  ROLE_ARN,
  roleOf,
  SUBJECT,
  signerOf,
  trust,
  trustOfPod,
  userOf,
} from './testing/sts-under-test.ts'

let sts: Exchange['sts']
let exchange: Exchange['exchange']
let sessionOf: Exchange['sessionOf']
beforeEach(() => {
  ;({ sts, exchange, sessionOf } = openExchange())
})

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
  it.each<readonly [string, (world: Exchange['sts']['world']) => void]>([
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
    expect(requirement?.resourcePolicy).toBeUndefined()
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
