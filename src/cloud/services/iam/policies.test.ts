import { beforeEach, describe, expect, it } from 'vitest'
import {
  ACCOUNT,
  allowing,
  type IamUnderTest,
  OTHER,
  openIam,
  policyOfSize,
  TRUST,
  userOf,
} from './testing/iam-under-test.ts'

const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/reading`
const PolicyDocument = allowing('s3:Get*')
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

const create = (more: Record<string, unknown> = {}) =>
  under.ask('CreatePolicy', { PolicyName: 'reading', PolicyDocument, ...more })
const get = async (arn = PolicyArn) =>
  (await under.ask('GetPolicy', { PolicyArn: arn })).Policy as Record<string, unknown>
const addVersion = (action: string, more: Record<string, unknown> = {}) =>
  under.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: allowing(action), ...more })
const newRole = (RoleName = 'orders') => under.ask('CreateRole', { RoleName, AssumeRolePolicyDocument: TRUST })
const noPolicy = { code: 'NoSuchEntity', httpStatus: 404, message: `Policy ${PolicyArn} was not found.` }

describe('a managed policy', () => {
  it('is created and got, also after a restart', async () => {
    const { Policy } = await create({ Path: '/shop/', Description: 'reads', Tags: [{ Key: 'a', Value: 'b' }] })
    const arn = `arn:aws:iam::${ACCOUNT}:policy/shop/reading`
    expect(Policy).toEqual({
      PolicyName: 'reading',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: arn,
      Path: '/shop/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: new Date('2026-03-01T12:00:00Z'),
      UpdateDate: new Date('2026-03-01T12:00:00Z'),
      Description: 'reads',
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    under = await under.restart()
    expect(await get(arn)).toEqual(Policy)
  })

  it('has a name of its own, whatever its path and case', async () => {
    await create()
    await expect(create({ PolicyName: 'Reading', Path: '/x/' })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      httpStatus: 409,
      message: 'A policy called Reading already exists. Duplicate names are not allowed.',
    })
  })

  it('is of 6,144 characters at most, white space not counted', async () => {
    await create({ PolicyDocument: policyOfSize(6144).replace('[', '[\n') })
    const refused = {
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'Cannot exceed quota for PolicySize: 6144',
    }
    await expect(create({ PolicyName: 'x', PolicyDocument: policyOfSize(6145) })).rejects.toMatchObject(refused)
    const version = { PolicyArn, PolicyDocument: policyOfSize(6145) }
    await expect(under.ask('CreatePolicyVersion', version)).rejects.toMatchObject(refused)
  })

  it('is of version 2012-10-17', async () => {
    await expect(create({ PolicyDocument: PolicyDocument.replace('2012-10-17', '2008-10-17') })).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      message: 'Policy document must be version 2012-10-17 or greater.',
    })
  })

  it('is deleted when nothing uses it and it has one version', async () => {
    await create()
    await newRole()
    const remove = () => under.ask('DeletePolicy', { PolicyArn })
    const attached = {
      code: 'DeleteConflict',
      httpStatus: 409,
      message: 'Cannot delete a policy attached to entities.',
    }
    await under.ask('AttachRolePolicy', { RoleName: 'orders', PolicyArn })
    await expect(remove()).rejects.toMatchObject(attached)
    await under.ask('DetachRolePolicy', { RoleName: 'orders', PolicyArn })
    await under.ask('PutRolePermissionsBoundary', { RoleName: 'orders', PermissionsBoundary: PolicyArn })
    await expect(remove()).rejects.toMatchObject(attached)
    await under.ask('DeleteRolePermissionsBoundary', { RoleName: 'orders' })
    await addVersion('sqs:*')
    await expect(remove()).rejects.toMatchObject({
      code: 'DeleteConflict',
      message:
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    })
    await under.ask('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' })
    await remove()
    await expect(get()).rejects.toMatchObject(noPolicy)
  })

  it.each([
    ['GetPolicy', {}],
    ['DeletePolicy', {}],
    ['CreatePolicyVersion', { PolicyDocument }],
    ['GetPolicyVersion', { VersionId: 'v1' }],
    ['ListPolicyVersions', {}],
    ['DeletePolicyVersion', { VersionId: 'v1' }],
    ['SetDefaultPolicyVersion', { VersionId: 'v1' }],
    ['ListEntitiesForPolicy', {}],
    ['TagPolicy', { Tags: [] }],
    ['UntagPolicy', { TagKeys: [] }],
    ['ListPolicyTags', {}],
  ])('%s says so when there is none, and when the ARN is none', async (operation, more) => {
    await expect(under.ask(operation, { PolicyArn, ...more })).rejects.toMatchObject(noPolicy)
    const role = `arn:aws:iam::${ACCOUNT}:role/reading`
    await expect(under.ask(operation, { PolicyArn: role, ...more })).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'Invalid ARN:  Could not be parsed!',
    })
  })

  it('of another account is not seen', async () => {
    await create()
    await expect(under.ask('GetPolicy', { PolicyArn }, userOf(OTHER))).rejects.toMatchObject(noPolicy)
    await under.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: TRUST }, userOf(OTHER))
    await expect(under.ask('AttachRolePolicy', { RoleName: 'r', PolicyArn }, userOf(OTHER))).rejects.toMatchObject({
      code: 'NoSuchEntity',
    })
  })
})

describe('versions', () => {
  const versions = async () =>
    ((await under.ask('ListPolicyVersions', { PolicyArn })).Versions as Record<string, unknown>[]).map(
      ({ VersionId, IsDefaultVersion }) => `${String(VersionId)}${IsDefaultVersion === true ? ' default' : ''}`,
    )
  beforeEach(async () => void (await create()))

  it('are numbered on, and the one in force is chosen', async () => {
    expect((await addVersion('sqs:*')).PolicyVersion).toEqual({
      VersionId: 'v2',
      IsDefaultVersion: false,
      CreateDate: new Date('2026-03-01T12:00:00Z'),
    })
    await addVersion('sns:*', { SetAsDefault: true })
    expect(await versions()).toEqual(['v3 default', 'v2', 'v1'])
    expect(await get()).toMatchObject({ DefaultVersionId: 'v3' })
    const policy = under.identity.findManagedPolicy(PolicyArn)
    expect(policy?.document.statements[0]?.actions.patterns).toEqual(['sns:*'])
    await under.ask('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' })
    await under.ask('DeletePolicyVersion', { PolicyArn, VersionId: 'v3' })
    await addVersion('sqs:Get*')
    expect(await versions()).toEqual(['v4', 'v2', 'v1 default'])
    under = await under.restart()
    expect(await versions()).toEqual(['v4', 'v2', 'v1 default'])
    await addVersion('sqs:Set*')
    expect((await versions())[0]).toBe('v5')
  })

  it('come with their document, URL-encoded', async () => {
    const { PolicyVersion } = await under.ask('GetPolicyVersion', { PolicyArn, VersionId: 'v1' })
    expect(PolicyVersion).toMatchObject({ VersionId: 'v1', IsDefaultVersion: true })
    const { Document } = PolicyVersion as { Document: string }
    expect(Document).toMatch(/^%7B%22Version%22%3A%222012-10-17%22/)
    expect(decodeURIComponent(Document)).toBe(PolicyDocument)
  })

  it('are five at most', async () => {
    for (const action of ['a:b', 'a:c', 'a:d', 'a:e']) await addVersion(action.replace('a:', 's3:'))
    await expect(addVersion('sqs:*')).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    })
  })

  it('the one in force cannot go, and one that is not there is told', async () => {
    await expect(under.ask('DeletePolicyVersion', { PolicyArn, VersionId: 'v1' })).rejects.toMatchObject({
      code: 'DeleteConflict',
      httpStatus: 409,
      message: 'Cannot delete the default version of a policy.',
    })
    for (const operation of ['GetPolicyVersion', 'DeletePolicyVersion', 'SetDefaultPolicyVersion'])
      await expect(under.ask(operation, { PolicyArn, VersionId: 'v9' })).rejects.toMatchObject({
        code: 'NoSuchEntity',
        httpStatus: 404,
        message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
      })
  })
})

describe('attaching', () => {
  const attach = (arn: string) => under.ask('AttachRolePolicy', { RoleName: 'orders', PolicyArn: arn })
  const detach = (arn: string) => under.ask('DetachRolePolicy', { RoleName: 'orders', PolicyArn: arn })
  const attached = async (more = {}) =>
    (await under.ask('ListAttachedRolePolicies', { RoleName: 'orders', ...more })).AttachedPolicies
  beforeEach(async () => {
    await create({ Path: '/shop/' })
    await newRole()
  })
  const own = `arn:aws:iam::${ACCOUNT}:policy/shop/reading`

  it('is listed and counted, and saying it twice is no error', async () => {
    await attach(own)
    await attach(own)
    await attach(READ_ONLY)
    expect(await attached()).toEqual([
      { PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY },
      { PolicyName: 'reading', PolicyArn: own },
    ])
    expect(await attached({ PathPrefix: '/shop/' })).toEqual([{ PolicyName: 'reading', PolicyArn: own }])
    expect(await get(own)).toMatchObject({ AttachmentCount: 1 })
    await detach(own)
    expect(await attached()).toHaveLength(1)
    await expect(detach(own)).rejects.toMatchObject({
      code: 'NoSuchEntity',
      httpStatus: 404,
      message: `Policy ${own} was not found.`,
    })
  })

  it('wants a policy that exists', async () => {
    for (const arn of ['arn:aws:iam::aws:policy/NoSuchAccess', PolicyArn])
      await expect(attach(arn)).rejects.toMatchObject({
        code: 'NoSuchEntity',
        httpStatus: 404,
        message: `Policy ${arn} does not exist or is not attachable.`,
      })
    await expect(attach('arn:aws:iam::aws:ReadOnlyAccess')).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'Invalid ARN:  Could not be parsed!',
    })
  })

  it.each(['Role', 'User', 'Group'])('a %s has ten policies at most', async (noun) => {
    const name = { [`${noun}Name`]: 'ten' }
    await under.ask(`Create${noun}`, { ...name, ...(noun === 'Role' ? { AssumeRolePolicyDocument: TRUST } : {}) })
    const arns = under.identity.awsManagedPolicies().map(({ arn }) => arn)
    for (const arn of arns.slice(0, 10)) await under.ask(`Attach${noun}Policy`, { ...name, PolicyArn: arn })
    await expect(under.ask(`Attach${noun}Policy`, { ...name, PolicyArn: arns[10] })).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message: `Cannot exceed quota for PoliciesPer${noun}: 10`,
    })
  })

  it('ListEntitiesForPolicy tells who uses it, and as what', async () => {
    await attach(own)
    await under.ask('CreateUser', { UserName: 'alice', PermissionsBoundary: own })
    await under.ask('CreateGroup', { GroupName: 'staff' })
    await under.ask('AttachGroupPolicy', { GroupName: 'staff', PolicyArn: own })
    const list = (more = {}) => under.ask('ListEntitiesForPolicy', { PolicyArn: own, ...more })
    expect(await list()).toEqual({
      PolicyGroups: [{ GroupName: 'staff', GroupId: expect.stringMatching(/^AGPA/) }],
      PolicyUsers: [{ UserName: 'alice', UserId: expect.stringMatching(/^AIDA/) }],
      PolicyRoles: [{ RoleName: 'orders', RoleId: expect.stringMatching(/^AROA/) }],
      IsTruncated: false,
    })
    expect(await list({ EntityFilter: 'User' })).toMatchObject({ PolicyRoles: [], PolicyUsers: [{}] })
    expect(await list({ PolicyUsageFilter: 'PermissionsBoundary' })).toMatchObject({
      PolicyRoles: [],
      PolicyUsers: [{}],
    })
    expect(await list({ PolicyUsageFilter: 'PermissionsPolicy' })).toMatchObject({ PolicyRoles: [{}], PolicyUsers: [] })
    expect(await get(own)).toMatchObject({ AttachmentCount: 2, PermissionsBoundaryUsageCount: 1 })
  })
})

describe('ListPolicies', () => {
  const names = async (input: Record<string, unknown>) =>
    ((await under.ask('ListPolicies', input)).Policies as { PolicyName: string }[]).map(({ PolicyName }) => PolicyName)

  it('shows AWS’s, one’s own, or both', async () => {
    await create()
    expect(await names({ Scope: 'Local' })).toEqual(['reading'])
    const aws = await names({ Scope: 'AWS', MaxItems: 1000 })
    expect(aws).toContain('AmazonS3ReadOnlyAccess')
    expect(aws).not.toContain('reading')
    expect(await names({ MaxItems: 1000 })).toHaveLength(aws.length + 1)
  })

  it('shows those in use, by path', async () => {
    await create({ Path: '/shop/' })
    await newRole()
    expect(await names({ OnlyAttached: true })).toEqual([])
    await under.ask('AttachRolePolicy', { RoleName: 'orders', PolicyArn: READ_ONLY })
    await under.ask('PutRolePermissionsBoundary', {
      RoleName: 'orders',
      PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/shop/reading`,
    })
    expect(await names({ OnlyAttached: true })).toEqual(['ReadOnlyAccess'])
    expect(await names({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['reading'])
    expect(await names({ PathPrefix: '/shop/' })).toEqual(['reading'])
    // In use elsewhere is not in use here.
    expect((await under.ask('ListPolicies', { OnlyAttached: true }, userOf(OTHER))).Policies).toEqual([])
  })

  it('pages through all of them, each once', async () => {
    const seen: string[] = []
    let page: Record<string, unknown> = {}
    do {
      page = await under.ask('ListPolicies', {
        MaxItems: 17,
        ...(page.Marker === undefined ? {} : { Marker: page.Marker }),
      })
      seen.push(...(page.Policies as { Arn: string }[]).map(({ Arn }) => Arn))
    } while (page.IsTruncated === true)
    expect(seen.toSorted()).toEqual(
      under.identity
        .awsManagedPolicies()
        .map(({ arn }) => arn)
        .toSorted(),
    )
  })
})

describe('policies that AWS manages', () => {
  it('are got, with the document', async () => {
    expect(await get(READ_ONLY)).toMatchObject({ PolicyName: 'ReadOnlyAccess', Path: '/' })
    const { DefaultVersionId: VersionId } = await get(READ_ONLY)
    const { PolicyVersion } = await under.ask('GetPolicyVersion', { PolicyArn: READ_ONLY, VersionId })
    expect(decodeURIComponent((PolicyVersion as { Document: string }).Document)).toContain('s3:Get*')
  })

  it('cannot be changed', async () => {
    for (const [operation, more] of [
      ['DeletePolicy', {}],
      ['CreatePolicyVersion', { PolicyDocument }],
      ['TagPolicy', { Tags: [{ Key: 'a', Value: 'b' }] }],
    ] as const)
      await expect(under.ask(operation, { PolicyArn: READ_ONLY, ...more })).rejects.toMatchObject({ httpStatus: 400 })
    expect(await get(READ_ONLY)).not.toHaveProperty('Tags')
  })

  it('are asked for in the account of the caller', async () => {
    expect(await under.requirements('GetPolicy', { PolicyArn: READ_ONLY })).toMatchObject([
      { action: 'iam:GetPolicy', resource: READ_ONLY, resourceAccount: ACCOUNT },
    ])
    expect(await under.requirements('ListPolicies')).toMatchObject([
      { action: 'iam:ListPolicies', resource: `arn:aws:iam::${ACCOUNT}:policy/` },
    ])
  })
})
