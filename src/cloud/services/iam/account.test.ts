import { beforeEach, describe, expect, it } from 'vitest'
import { ACCOUNT, allowing, type IamUnderTest, OTHER, openIam, TRUST, userOf } from './testing/iam-under-test.ts'

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

describe('an instance profile', () => {
  const InstanceProfileName = 'nodes'
  const ARN = `arn:aws:iam::${ACCOUNT}:instance-profile/nodes`
  const add = (RoleName: string) => under.ask('AddRoleToInstanceProfile', { InstanceProfileName, RoleName })
  beforeEach(async () => {
    await under.ask('CreateInstanceProfile', { InstanceProfileName })
    await under.ask('CreateRole', { RoleName: 'orders', Path: '/shop/', AssumeRolePolicyDocument: TRUST })
  })

  it('has one role at most, also after a restart', async () => {
    await add('orders')
    await under.ask('CreateRole', { RoleName: 'carts', AssumeRolePolicyDocument: TRUST })
    await expect(add('carts')).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    })
    under = await under.restart()
    const profile = {
      Path: '/',
      InstanceProfileName,
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
      Arn: ARN,
      Roles: [{ RoleName: 'orders' }],
    }
    expect(await under.ask('GetInstanceProfile', { InstanceProfileName })).toMatchObject({ InstanceProfile: profile })
    expect(await under.ask('ListInstanceProfilesForRole', { RoleName: 'orders' })).toMatchObject({
      InstanceProfiles: [profile],
      IsTruncated: false,
    })
    expect((await under.ask('ListInstanceProfilesForRole', { RoleName: 'carts' })).InstanceProfiles).toEqual([])
  })

  it('goes without its role only', async () => {
    await add('orders')
    const remove = () => under.ask('DeleteInstanceProfile', { InstanceProfileName })
    await expect(remove()).rejects.toMatchObject({
      code: 'DeleteConflict',
      message: 'Cannot delete entity, must remove roles from instance profile first.',
    })
    const out = (RoleName: string) => under.ask('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName })
    await expect(out('carts')).rejects.toMatchObject({ code: 'NoSuchEntity' })
    await out('orders')
    await remove()
    await expect(remove()).rejects.toMatchObject({
      code: 'NoSuchEntity',
      httpStatus: 404,
      message: 'Instance Profile nodes cannot be found.',
    })
  })

  it('is made once', async () => {
    await expect(under.ask('CreateInstanceProfile', { InstanceProfileName: 'NODES' })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      message: 'Instance Profile NODES already exists.',
    })
  })

  it('gets a role from who may pass it on to EC2', async () => {
    const input = { InstanceProfileName, RoleName: 'orders' }
    expect(await under.requirements('AddRoleToInstanceProfile', input)).toMatchObject([
      { action: 'iam:AddRoleToInstanceProfile', resource: ARN },
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${ACCOUNT}:role/shop/orders`,
        contextKeys: { 'iam:PassedToService': 'ec2.amazonaws.com' },
      },
    ])
  })
})

describe('the alias of an account', () => {
  it('is one, and nobody else’s', async () => {
    expect(await under.ask('ListAccountAliases')).toEqual({ AccountAliases: [], IsTruncated: false })
    await under.ask('CreateAccountAlias', { AccountAlias: 'shop' })
    await under.ask('CreateAccountAlias', { AccountAlias: 'shop-2' })
    under = await under.restart()
    expect(await under.ask('ListAccountAliases')).toEqual({ AccountAliases: ['shop-2'], IsTruncated: false })
    await expect(under.ask('CreateAccountAlias', { AccountAlias: 'shop-2' }, userOf(OTHER))).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      httpStatus: 409,
    })
    await expect(under.ask('DeleteAccountAlias', { AccountAlias: 'shop' })).rejects.toMatchObject({
      code: 'NoSuchEntity',
    })
    await under.ask('DeleteAccountAlias', { AccountAlias: 'shop-2' })
    expect((await under.ask('ListAccountAliases')).AccountAliases).toEqual([])
  })
})

async function fill(): Promise<void> {
  await under.ask('CreatePolicy', { PolicyName: 'own', PolicyDocument: allowing('s3:*') })
  await under.ask('CreateRole', {
    RoleName: 'orders',
    AssumeRolePolicyDocument: TRUST,
    PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/own`,
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  await under.ask('AttachRolePolicy', { RoleName: 'orders', PolicyArn: READ_ONLY })
  await under.ask('PutRolePolicy', { RoleName: 'orders', PolicyName: 'p', PolicyDocument: allowing('sqs:*') })
  await under.ask('CreateInstanceProfile', { InstanceProfileName: 'nodes' })
  await under.ask('AddRoleToInstanceProfile', { InstanceProfileName: 'nodes', RoleName: 'orders' })
  await under.ask('CreateUser', { UserName: 'alice' })
  await under.ask('CreateGroup', { GroupName: 'staff' })
  await under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })
}

it('GetAccountSummary counts what there is', async () => {
  await fill()
  expect((await under.ask('GetAccountSummary')).SummaryMap).toMatchObject({
    Users: 1,
    Groups: 1,
    Roles: 1,
    Policies: 1,
    InstanceProfiles: 1,
    Providers: 0,
    PolicyVersionsInUse: 1,
    AttachedPoliciesPerRoleQuota: 10,
  })
})

it('GetAccountPasswordPolicy has none', async () => {
  await expect(under.ask('GetAccountPasswordPolicy')).rejects.toMatchObject({
    code: 'NoSuchEntity',
    message: `The Password Policy with domain name ${ACCOUNT} cannot be found.`,
  })
})

describe('GetAccountAuthorizationDetails', () => {
  const ask = (input = {}) => under.ask('GetAccountAuthorizationDetails', input)
  beforeEach(fill)

  it('shows the account whole, and of AWS’s policies those in use', async () => {
    expect(await ask()).toMatchObject({
      UserDetailList: [{ UserName: 'alice', GroupList: ['staff'], UserPolicyList: [], AttachedManagedPolicies: [] }],
      GroupDetailList: [{ GroupName: 'staff', GroupPolicyList: [] }],
      RoleDetailList: [
        {
          RoleName: 'orders',
          AssumeRolePolicyDocument: encodeURIComponent(TRUST),
          RolePolicyList: [{ PolicyName: 'p', PolicyDocument: expect.stringContaining('%22sqs%3A%2A%22') }],
          AttachedManagedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY }],
          InstanceProfileList: [{ InstanceProfileName: 'nodes' }],
          PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:policy/own` },
          Tags: [{ Key: 'a', Value: 'b' }],
        },
      ],
      Policies: [
        { PolicyName: 'ReadOnlyAccess', AttachmentCount: 1 },
        {
          PolicyName: 'own',
          PermissionsBoundaryUsageCount: 1,
          PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: expect.any(String) }],
        },
      ],
      IsTruncated: false,
    })
  })

  it('filters and pages', async () => {
    expect(await ask({ Filter: ['Role'] })).toMatchObject({ UserDetailList: [], RoleDetailList: [{}], Policies: [] })
    expect(await ask({ Filter: ['LocalManagedPolicy'] })).toMatchObject({ Policies: [{ PolicyName: 'own' }] })
    let count = 0
    let page: Record<string, unknown> = {}
    do {
      page = await ask({ MaxItems: 1, ...(page.Marker === undefined ? {} : { Marker: page.Marker }) })
      const lists = [page.UserDetailList, page.GroupDetailList, page.RoleDetailList, page.Policies] as object[][]
      expect(lists.flat()).toHaveLength(1)
      count += 1
    } while (page.IsTruncated === true)
    expect(count).toBe(5)
  })
})
