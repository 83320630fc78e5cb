import { beforeEach, describe, expect, it } from 'vitest'
import {
  ACCOUNT,
  allowing,
  FOREIGN,
  type IamUnderTest,
  OTHER,
  openIam,
  policyOfSize,
  TRUST,
  trustOf,
  trustOfSize,
  userOf,
} from './testing/iam-under-test.ts'

const ARN = `arn:aws:iam::${ACCOUNT}:role/orders`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

const create = (more: Record<string, unknown> = {}) =>
  under.ask('CreateRole', { RoleName: 'orders', AssumeRolePolicyDocument: TRUST, ...more })
const get = async (RoleName = 'orders') => (await under.ask('GetRole', { RoleName })).Role as Record<string, unknown>
const noRole = { code: 'NoSuchEntity', httpStatus: 404, message: 'The role with name orders cannot be found.' }

describe('CreateRole', () => {
  it('answers the role with everything that was said, and GetRole does the same, also after a restart', async () => {
    const { Role } = await create({
      Path: '/shop/',
      Description: 'takes orders',
      MaxSessionDuration: 7200,
      PermissionsBoundary: READ_ONLY,
      Tags: [{ Key: 'team', Value: 'shop' }],
    })
    expect(Role).toEqual({
      Path: '/shop/',
      RoleName: 'orders',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:role/shop/orders`,
      CreateDate: new Date('2026-03-01T12:00:00Z'),
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
      Description: 'takes orders',
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: READ_ONLY },
      Tags: [{ Key: 'team', Value: 'shop' }],
    })
    expect(await get()).toEqual({ ...(Role as object), RoleLastUsed: {} })
    under = await under.restart()
    expect(await get()).toEqual({ ...(Role as object), RoleLastUsed: {} })
  })

  it('does not tell of a use that has not been; afterwards GetRole and the account details tell when and where the role was used', async () => {
    const { Role } = await create()
    const uniqueId = (Role as { readonly RoleId: string }).RoleId
    const details = async () => {
      const answer = await under.ask('GetAccountAuthorizationDetails', { Filter: ['Role'] })
      return (answer.RoleDetailList as readonly Record<string, unknown>[])[0]?.RoleLastUsed
    }
    expect([(await get()).RoleLastUsed, await details()]).toEqual([{}, {}])
    const time = under.clock.now()
    under.uses.note({ kind: 'assumed-role', role: { uniqueId } }, { time, region: 'eu-west-1', service: 's3' })
    const used = { LastUsedDate: new Date('2026-03-01T12:00:00Z'), Region: 'eu-west-1' }
    expect([(await get()).RoleLastUsed, await details()]).toEqual([used, used])
    await under.ask('DeleteRole', { RoleName: 'orders' })
    await create()
    expect((await get()).RoleLastUsed).toEqual({})
  })

  it('refuses a trust in an issuer of many tenants that does not say which one, and takes one that does', async () => {
    const issuer = 'token.actions.githubusercontent.com'
    await under.ask('CreateOpenIDConnectProvider', { Url: `https://${issuer}`, ThumbprintList: ['a'.repeat(40)] })
    const trusting = (Condition: Record<string, unknown>) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition,
          },
        ],
      })
    const audience = { [`${issuer}:aud`]: 'sts.amazonaws.com' }
    for (const Condition of [{ StringEquals: audience }, { StringLike: { ...audience, [`${issuer}:sub`]: '*' } }])
      await expect(create({ AssumeRolePolicyDocument: trusting(Condition) })).rejects.toMatchObject({
        code: 'MalformedPolicyDocument',
        message: expect.stringContaining(`${issuer}:sub`),
      })
    const scoped = { StringLike: { [`${issuer}:sub`]: 'repo:acme/app:*' }, StringEquals: audience }
    await create({ AssumeRolePolicyDocument: trusting(scoped) })
    expect((await get()).RoleName).toBe('orders')
  })

  it('takes an hour for the longest session when nothing else is said', async () => {
    await create()
    expect((await get()).MaxSessionDuration).toBe(3600)
  })

  it('encodes the document as RFC 3986 says', async () => {
    const document = TRUST.replace('"sts:AssumeRole"', '"sts:*"')
    await create({ AssumeRolePolicyDocument: document })
    const encoded = String((await get()).AssumeRolePolicyDocument)
    expect(encoded).toContain('%22sts%3A%2A%22')
    expect(decodeURIComponent(encoded)).toBe(document)
  })

  it('refuses a name that is taken, whatever its case', async () => {
    await create()
    await expect(create({ RoleName: 'ORDERS' })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      httpStatus: 409,
      message: 'Role with name ORDERS already exists.',
    })
  })

  it.each([
    ['no JSON', '{', 'This policy contains invalid Json'],
    [
      'an empty statement list',
      '{"Version":"2012-10-17","Statement":[]}',
      'Could not parse the policy: Statement is empty!',
    ],
    ['no principal', allowing('sts:AssumeRole').replace(',"Resource":"*"', ''), 'Missing required field Principal'],
    ['a resource', TRUST.replace('"Effect"', '"Resource":"*","Effect"'), 'Has prohibited field Resource'],
    [
      'another action',
      TRUST.replace('sts:AssumeRole', 's3:GetObject'),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
  ])('refuses a trust policy with %s', async (_, AssumeRolePolicyDocument, message) => {
    const refused = { code: 'MalformedPolicyDocument', httpStatus: 400, message }
    await expect(create({ AssumeRolePolicyDocument })).rejects.toMatchObject(refused)
    await create()
    const update = { RoleName: 'orders', PolicyDocument: AssumeRolePolicyDocument }
    await expect(under.ask('UpdateAssumeRolePolicy', update)).rejects.toMatchObject(refused)
    expect(decodeURIComponent(String((await get()).AssumeRolePolicyDocument))).toBe(TRUST)
  })

  it('takes a trust policy of 2,048 characters and no longer one, white space not counted', async () => {
    await create({ AssumeRolePolicyDocument: trustOfSize(2048).replace('{"Version"', '{\n   "Version"') })
    await expect(create({ RoleName: 'more', AssumeRolePolicyDocument: trustOfSize(2049) })).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    })
  })

  it.each([
    [{ RoleName: 'a'.repeat(65) }, /roleName.*length less than or equal to 64/],
    [{ RoleName: 'a b' }, /roleName/],
    [{ Path: 'shop' }, /path/],
    [{ MaxSessionDuration: 3599 }, /maxSessionDuration.*greater than or equal to 3600/],
    [{ MaxSessionDuration: 43201 }, /maxSessionDuration.*less than or equal to 43200/],
    [{ Description: 'a'.repeat(1001) }, /description.*length less than or equal to 1000/],
    [{ AssumeRolePolicyDocument: undefined }, /assumeRolePolicyDocument.*must not be null/i],
  ])('refuses %j', async (more, message) => {
    await expect(create(more)).rejects.toMatchObject({
      code: 'ValidationError',
      httpStatus: 400,
      message: expect.stringMatching(message),
    })
  })

  it('a thousand roles are the most', async () => {
    await create()
    const trustPolicy = under.identity.findRole(ACCOUNT, 'orders')!.trustPolicy.document
    await under.identity.change((changes) => {
      for (let number = 1; number < 1000; number += 1)
        changes.createRole({ account: ACCOUNT, name: `role-${number}`, trustPolicy })
    })
    await expect(create({ RoleName: 'more' })).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Cannot exceed quota for RolesPerAccount: 1000',
    })
  })
})

describe('principals of a trust policy', () => {
  it('must exist, when they are roles or users of ours', async () => {
    const missing = `arn:aws:iam::${OTHER}:role/missing`
    const refused = {
      code: 'MalformedPolicyDocument',
      message: `Invalid principal in policy: "AWS":"${missing}"`,
    }
    const AssumeRolePolicyDocument = trustOf({ AWS: [`arn:aws:iam::${ACCOUNT}:root`, missing] })
    await expect(create({ AssumeRolePolicyDocument })).rejects.toMatchObject(refused)
    await under.ask('CreateRole', { RoleName: 'missing', AssumeRolePolicyDocument: TRUST }, userOf(OTHER))
    await create({ AssumeRolePolicyDocument })
    for (const value of [`arn:aws:iam::${ACCOUNT}:user/missing`, `arn:aws:iam::${OTHER}:role/x/missing`])
      await expect(
        under.ask('UpdateAssumeRolePolicy', { RoleName: 'orders', PolicyDocument: trustOf({ AWS: value }) }),
      ).rejects.toMatchObject({ message: `Invalid principal in policy: "AWS":"${value}"` })
  })

  it('may be accounts, everybody, roles of accounts that are not ours, and providers that do not exist yet', async () => {
    const federated = TRUST.replace('sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity').replace(
      /"Principal":\{[^}]*\}/,
      `"Principal":{"Federated":"arn:aws:iam::${ACCOUNT}:oidc-provider/idp.test"}`,
    )
    const documents = [
      trustOf({ AWS: OTHER }),
      trustOf({ AWS: '*' }),
      trustOf({ AWS: `arn:aws:iam::${FOREIGN}:role/theirs` }),
      trustOf({ Service: 'ec2.amazonaws.com' }),
      federated,
    ]
    for (const [number, AssumeRolePolicyDocument] of documents.entries())
      await create({ RoleName: `role-${number}`, AssumeRolePolicyDocument })
    expect(under.identity.rolesOf(ACCOUNT)).toHaveLength(documents.length)
  })

  it('who is deleted is not trusted again under the same name', async () => {
    await create({ RoleName: 'caller' })
    const { RoleId } = await get('caller')
    const caller = `arn:aws:iam::${ACCOUNT}:role/caller`
    const Principal = { AWS: [caller, `arn:aws:iam::${ACCOUNT}:root`] }
    const condition = '"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":5.50},"ArnEquals":{"aws:PrincipalArn":'
    const AssumeRolePolicyDocument = trustOf(Principal).replace('"Effect"', `${condition}"${caller}"}},"Effect"`)
    await create({ AssumeRolePolicyDocument })
    await under.ask('DeleteRole', { RoleName: 'caller' })
    await create({ RoleName: 'caller' })
    for (const now of [under, await under.restart()]) {
      const trust = now.identity.findRole(ACCOUNT, 'orders')!.trustPolicy.document
      expect(trust.statements[0]?.principals?.entries.map(({ value }) => value)).toEqual([
        RoleId,
        `arn:aws:iam::${ACCOUNT}:root`,
      ])
      expect(trust.statements[0]?.conditions.map(({ values }) => values)).toEqual([['5.50'], [caller]])
    }
    // And the policy can be saved as it now stands only without the one who is gone.
    const PolicyDocument = decodeURIComponent(String((await get()).AssumeRolePolicyDocument))
    await expect(under.ask('UpdateAssumeRolePolicy', { RoleName: 'orders', PolicyDocument })).rejects.toMatchObject({
      message: `Invalid principal in policy: "AWS":"${String(RoleId)}"`,
    })
  })
})

describe('a role that is there', () => {
  it('is updated member by member', async () => {
    await create({ Description: 'old', MaxSessionDuration: 7200 })
    await under.ask('UpdateRole', { RoleName: 'orders', MaxSessionDuration: 10_800 })
    expect(await get()).toMatchObject({ Description: 'old', MaxSessionDuration: 10_800 })
    await under.ask('UpdateRole', { RoleName: 'orders', Description: 'new' })
    expect(await get()).toMatchObject({ Description: 'new', MaxSessionDuration: 10_800 })
    const { Role } = await under.ask('UpdateRoleDescription', { RoleName: 'orders', Description: '' })
    expect(Role).toMatchObject({ Description: '', RoleName: 'orders' })
  })

  it('trusts whom its new policy names', async () => {
    await create()
    const PolicyDocument = trustOf({ AWS: OTHER })
    await under.ask('UpdateAssumeRolePolicy', { RoleName: 'orders', PolicyDocument })
    expect(decodeURIComponent(String((await get()).AssumeRolePolicyDocument))).toBe(PolicyDocument)
  })

  it('goes only without policies and instance profiles', async () => {
    await create()
    const conflict = (what: string) => ({
      code: 'DeleteConflict',
      httpStatus: 409,
      message: `Cannot delete entity, must ${what} first.`,
    })
    const remove = () => under.ask('DeleteRole', { RoleName: 'orders' })
    await under.ask('AttachRolePolicy', { RoleName: 'orders', PolicyArn: READ_ONLY })
    await expect(remove()).rejects.toMatchObject(conflict('detach all policies'))
    await under.ask('DetachRolePolicy', { RoleName: 'orders', PolicyArn: READ_ONLY })
    await under.ask('PutRolePolicy', { RoleName: 'orders', PolicyName: 'p', PolicyDocument: allowing('s3:*') })
    await expect(remove()).rejects.toMatchObject(conflict('delete policies'))
    await under.ask('DeleteRolePolicy', { RoleName: 'orders', PolicyName: 'p' })
    await under.ask('CreateInstanceProfile', { InstanceProfileName: 'i' })
    await under.ask('AddRoleToInstanceProfile', { InstanceProfileName: 'i', RoleName: 'orders' })
    await expect(remove()).rejects.toMatchObject(conflict('remove roles from instance profile'))
    await under.ask('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'i', RoleName: 'orders' })
    await remove()
    await expect(get()).rejects.toMatchObject(noRole)
  })

  it.each([
    ['GetRole', {}],
    ['DeleteRole', {}],
    ['UpdateRole', {}],
    ['UpdateRoleDescription', { Description: 'x' }],
    ['UpdateAssumeRolePolicy', { PolicyDocument: TRUST }],
    ['PutRolePolicy', { PolicyName: 'p', PolicyDocument: allowing('s3:*') }],
    ['GetRolePolicy', { PolicyName: 'p' }],
    ['ListRolePolicies', {}],
    ['DeleteRolePolicy', { PolicyName: 'p' }],
    ['AttachRolePolicy', { PolicyArn: READ_ONLY }],
    ['DetachRolePolicy', { PolicyArn: READ_ONLY }],
    ['ListAttachedRolePolicies', {}],
    ['PutRolePermissionsBoundary', { PermissionsBoundary: READ_ONLY }],
    ['DeleteRolePermissionsBoundary', {}],
    ['TagRole', { Tags: [] }],
    ['UntagRole', { TagKeys: [] }],
    ['ListRoleTags', {}],
    ['ListInstanceProfilesForRole', {}],
  ])('%s says so when it is not there', async (operation, more) => {
    await expect(under.ask(operation, { RoleName: 'orders', ...more })).rejects.toMatchObject(noRole)
  })
})

describe('ListRoles', () => {
  it('narrows by path, and pages by name without repeating or losing one', async () => {
    for (const [RoleName, Path] of [
      ['b', '/'],
      ['a', '/x/'],
      ['d', '/x/y/'],
      ['c', '/'],
    ] as const)
      await create({ RoleName, Path })
    const names = ({ Roles }: Record<string, unknown>) =>
      (Roles as { RoleName: string }[]).map(({ RoleName }) => RoleName)
    expect(names(await under.ask('ListRoles'))).toEqual(['a', 'b', 'c', 'd'])
    expect(names(await under.ask('ListRoles', { PathPrefix: '/x/' }))).toEqual(['a', 'd'])
    const first = await under.ask('ListRoles', { MaxItems: 2 })
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) })
    await under.ask('DeleteRole', { RoleName: 'b' })
    const second = await under.ask('ListRoles', { MaxItems: 2, Marker: first.Marker })
    expect(second).not.toHaveProperty('Marker')
    expect([...names(first), ...names(second)]).toEqual(['a', 'b', 'c', 'd'])
    expect(second.IsTruncated).toBe(false)
  })

  it('shows neither tags nor boundary, as IAM', async () => {
    await create({ Tags: [{ Key: 'a', Value: 'b' }], PermissionsBoundary: READ_ONLY })
    const { Roles } = await under.ask('ListRoles')
    expect(Object.keys((Roles as object[])[0]!)).not.toEqual(expect.arrayContaining(['Tags']))
    expect(Object.keys((Roles as object[])[0]!)).not.toEqual(expect.arrayContaining(['PermissionsBoundary']))
  })

  it('shows a hundred when nothing else is said, and refuses a marker of nobody', async () => {
    await create()
    const trustPolicy = under.identity.findRole(ACCOUNT, 'orders')!.trustPolicy.document
    await under.identity.change((changes) => {
      for (let number = 0; number < 100; number += 1)
        changes.createRole({ account: ACCOUNT, name: `role-${number}`, trustPolicy })
    })
    const { Roles, IsTruncated } = await under.ask('ListRoles')
    expect(Roles).toHaveLength(100)
    expect(IsTruncated).toBe(true)
    await expect(under.ask('ListRoles', { Marker: 'not one!' })).rejects.toMatchObject({ code: 'ValidationError' })
    await expect(under.ask('ListRoles', { MaxItems: 1001 })).rejects.toMatchObject({ code: 'ValidationError' })
  })
})

describe('inline policies', () => {
  const put = (PolicyName: string, PolicyDocument = allowing('s3:GetObject')) =>
    under.ask('PutRolePolicy', { RoleName: 'orders', PolicyName, PolicyDocument })
  beforeEach(async () => void (await create()))

  it('are put, replaced, got, listed by name and deleted', async () => {
    await put('b')
    await put('a', allowing('sqs:*'))
    await put('a', allowing('sns:*'))
    expect(await under.ask('GetRolePolicy', { RoleName: 'orders', PolicyName: 'a' })).toEqual({
      RoleName: 'orders',
      PolicyName: 'a',
      PolicyDocument: encodeURIComponent(allowing('sns:*')).replaceAll('*', '%2A'),
    })
    expect(await under.ask('ListRolePolicies', { RoleName: 'orders' })).toEqual({
      PolicyNames: ['a', 'b'],
      IsTruncated: false,
    })
    await under.ask('DeleteRolePolicy', { RoleName: 'orders', PolicyName: 'a' })
    const gone = { code: 'NoSuchEntity', httpStatus: 404, message: 'The role policy with name a cannot be found.' }
    for (const operation of ['GetRolePolicy', 'DeleteRolePolicy'])
      await expect(under.ask(operation, { RoleName: 'orders', PolicyName: 'a' })).rejects.toMatchObject(gone)
  })

  it('are 10,240 characters together, white space not counted', async () => {
    await put('a', policyOfSize(10_000))
    await put('b', policyOfSize(240).replaceAll(',', ',\n    '))
    await expect(put('c')).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'Maximum policy size of 10240 bytes exceeded for role orders',
    })
    expect((await under.ask('ListRolePolicies', { RoleName: 'orders' })).PolicyNames).toEqual(['a', 'b'])
  })

  it.each([
    ['[]', 'Syntax errors in policy.'],
    [allowing('s3'), 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    [TRUST, 'Policy document should not specify a principal.'],
  ])('refuse %s', async (document, message) => {
    await expect(put('p', document)).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      httpStatus: 400,
      message,
    })
  })
})

describe('a boundary', () => {
  const put = (PermissionsBoundary: string) =>
    under.ask('PutRolePermissionsBoundary', { RoleName: 'orders', PermissionsBoundary })

  it('is put, shown and taken away', async () => {
    await create()
    await put(READ_ONLY)
    expect((await get()).PermissionsBoundary).toEqual({
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: READ_ONLY,
    })
    await under.ask('DeleteRolePermissionsBoundary', { RoleName: 'orders' })
    expect(await get()).not.toHaveProperty('PermissionsBoundary')
  })

  it('must be a policy that exists, in this account', async () => {
    await create()
    await under.ask('CreatePolicy', { PolicyName: 'p', PolicyDocument: allowing('s3:*') }, userOf(OTHER))
    for (const arn of [`arn:aws:iam::${ACCOUNT}:policy/none`, `arn:aws:iam::${OTHER}:policy/p`]) {
      const refused = {
        code: 'NoSuchEntity',
        httpStatus: 404,
        message: `Scope ARN: ${arn} does not exist or is not attachable.`,
      }
      await expect(put(arn)).rejects.toMatchObject(refused)
      await expect(create({ RoleName: 'x', PermissionsBoundary: arn })).rejects.toMatchObject(refused)
    }
    await expect(put(`arn:aws:iam::${ACCOUNT}:role/orders`)).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'Invalid ARN:  Could not be parsed!',
    })
  })
})

describe('permissions', () => {
  it('creating is asked for on the ARN that will be, with path, boundary and tags', async () => {
    const input = {
      RoleName: 'orders',
      AssumeRolePolicyDocument: TRUST,
      Path: '/shop/',
      PermissionsBoundary: READ_ONLY,
      Tags: [{ Key: 'team', Value: 'shop' }],
    }
    const on = {
      resource: `arn:aws:iam::${ACCOUNT}:role/shop/orders`,
      resourceAccount: ACCOUNT,
      contextKeys: {
        'aws:RequestTag/team': 'shop',
        'aws:TagKeys': ['team'],
        'iam:PermissionsBoundary': READ_ONLY,
      },
      onDeny: 'refuse',
    }
    expect(await under.requirements('CreateRole', input)).toEqual([
      { action: 'iam:CreateRole', ...on },
      { action: 'iam:TagRole', ...on },
    ])
  })

  it('the others are asked for on the role with its path, its tags and its boundary', async () => {
    await create({ Path: '/shop/', Tags: [{ Key: 'team', Value: 'shop' }], PermissionsBoundary: READ_ONLY })
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3FullAccess'
    const resource = `arn:aws:iam::${ACCOUNT}:role/shop/orders`
    const keys = {
      'aws:ResourceTag/team': 'shop',
      'iam:ResourceTag/team': 'shop',
      'iam:PermissionsBoundary': READ_ONLY,
    }
    expect(await under.requirements('AttachRolePolicy', { RoleName: 'Orders', PolicyArn })).toMatchObject([
      { action: 'iam:AttachRolePolicy', resource, contextKeys: { ...keys, 'iam:PolicyARN': PolicyArn } },
    ])
    const boundary = { RoleName: 'orders', PermissionsBoundary: PolicyArn }
    expect(await under.requirements('PutRolePermissionsBoundary', boundary)).toMatchObject([
      { resource, contextKeys: { ...keys, 'iam:PermissionsBoundary': PolicyArn } },
    ])
    expect(await under.requirements('DeleteRolePermissionsBoundary', { RoleName: 'orders' })).toMatchObject([
      { resource, contextKeys: keys },
    ])
  })

  it('a role that is not there has the ARN of one without a path', async () => {
    expect(await under.requirements('GetRole', { RoleName: 'orders' })).toMatchObject([{ resource: ARN }])
  })

  it('a list is asked for on its path', async () => {
    expect(await under.requirements('ListRoles')).toMatchObject([{ resource: `arn:aws:iam::${ACCOUNT}:role/` }])
    expect(await under.requirements('ListRoles', { PathPrefix: '/x/' })).toMatchObject([
      { resource: `arn:aws:iam::${ACCOUNT}:role/x/` },
    ])
  })
})
