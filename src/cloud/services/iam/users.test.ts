import { beforeEach, describe, expect, it } from 'vitest'
import { instant } from '../../../core/index.ts'
import type { Principal } from '../../operation.ts'
import { ACCOUNT, allowing, type IamUnderTest, OTHER, openIam, policyOfSize, userOf } from './testing/iam-under-test.ts'

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  await under.ask('CreateUser', { UserName: 'alice' })
  return () => under.close()
})

const noUser = { code: 'NoSuchEntity', httpStatus: 404, message: 'The user with name bob cannot be found.' }
const newKey = async (UserName = 'alice') =>
  (await under.ask('CreateAccessKey', { UserName })).AccessKey as { AccessKeyId: string; SecretAccessKey: string }
const conflict = (what: string) => ({
  code: 'DeleteConflict',
  httpStatus: 409,
  message: `Cannot delete entity, must ${what} first.`,
})

/** A caller who is no user. */
function sessionOf(): Principal {
  const role = under.identity.findRole(ACCOUNT, 'orders')
  if (role === undefined) throw new Error('no role')
  return {
    kind: 'assumed-role',
    account: ACCOUNT,
    partition: 'aws',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/s`,
    userId: `${role.uniqueId}:s`,
    accessKeyId: 'ASIAEXAMPLE',
    role,
    session: { startedAt: instant(0) } as never,
  }
}

describe('a user', () => {
  it('is created and got, also after a restart', async () => {
    const { User } = await under.ask('CreateUser', {
      UserName: 'Bob',
      Path: '/staff/',
      PermissionsBoundary: READ_ONLY,
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    expect(User).toEqual({
      Path: '/staff/',
      UserName: 'Bob',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:user/staff/Bob`,
      CreateDate: new Date('2026-03-01T12:00:00Z'),
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: READ_ONLY },
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    under = await under.restart()
    expect((await under.ask('GetUser', { UserName: 'bob' })).User).toEqual(User)
    expect((await under.ask('ListUsers', { PathPrefix: '/staff/' })).Users).toMatchObject([{ UserName: 'Bob' }])
  })

  it('has a name of its own, whatever its case', async () => {
    await expect(under.ask('CreateUser', { UserName: 'ALICE' })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      httpStatus: 409,
      message: 'User with name ALICE already exists.',
    })
    await under.ask('CreateUser', { UserName: 'bob' })
    await expect(under.ask('UpdateUser', { UserName: 'bob', NewUserName: 'Alice' })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
    })
  })

  it('is the caller when nobody is named, and there must be one', async () => {
    expect((await under.ask('GetUser')).User).toMatchObject({ UserName: 'alice' })
    expect(await under.requirements('GetUser')).toMatchObject([
      { action: 'iam:GetUser', resource: `arn:aws:iam::${ACCOUNT}:user/alice` },
    ])
    const AssumeRolePolicyDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
    await under.ask('CreateRole', { RoleName: 'orders', AssumeRolePolicyDocument })
    for (const operation of ['GetUser', 'CreateAccessKey', 'ListAccessKeys'])
      await expect(under.ask(operation, {}, sessionOf())).rejects.toMatchObject({
        code: 'ValidationError',
        httpStatus: 400,
        message: 'Must specify userName when calling with non-User credentials',
      })
  })

  it('is renamed and moved with its keys, and both names must be allowed', async () => {
    const { AccessKeyId } = await newKey()
    const input = { UserName: 'alice', NewUserName: 'Alice', NewPath: '/staff/' }
    expect(await under.requirements('UpdateUser', input)).toMatchObject([
      { action: 'iam:UpdateUser', resource: `arn:aws:iam::${ACCOUNT}:user/alice` },
      { action: 'iam:UpdateUser', resource: `arn:aws:iam::${ACCOUNT}:user/staff/Alice` },
    ])
    await under.ask('UpdateUser', input)
    expect((await under.ask('GetUser', { UserName: 'alice' })).User).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:user/staff/Alice`,
    })
    expect((await under.ask('ListAccessKeys', { UserName: 'Alice' })).AccessKeyMetadata).toMatchObject([
      { AccessKeyId },
    ])
  })

  it('goes only without policies, keys and groups', async () => {
    const remove = () => under.ask('DeleteUser', { UserName: 'alice' })
    await under.ask('AttachUserPolicy', { UserName: 'alice', PolicyArn: READ_ONLY })
    await expect(remove()).rejects.toMatchObject(conflict('detach all policies'))
    await under.ask('DetachUserPolicy', { UserName: 'alice', PolicyArn: READ_ONLY })
    await under.ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'p', PolicyDocument: allowing('s3:*') })
    await expect(remove()).rejects.toMatchObject(conflict('delete policies'))
    await under.ask('DeleteUserPolicy', { UserName: 'alice', PolicyName: 'p' })
    const { AccessKeyId } = await newKey()
    await expect(remove()).rejects.toMatchObject(conflict('delete access keys'))
    await under.ask('DeleteAccessKey', { UserName: 'alice', AccessKeyId })
    await under.ask('CreateGroup', { GroupName: 'staff' })
    await under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })
    await expect(remove()).rejects.toMatchObject(conflict('remove users from group'))
    await under.ask('RemoveUserFromGroup', { GroupName: 'staff', UserName: 'alice' })
    await remove()
    expect((await under.ask('ListUsers')).Users).toEqual([])
  })

  it('has inline policies of 2,048 characters together', async () => {
    const put = (PolicyName: string, size: number) =>
      under.ask('PutUserPolicy', { UserName: 'alice', PolicyName, PolicyDocument: policyOfSize(size) })
    await put('a', 2048)
    await expect(put('b', 100)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Maximum policy size of 2048 bytes exceeded for user alice',
    })
    await expect(under.ask('GetUserPolicy', { UserName: 'alice', PolicyName: 'b' })).rejects.toMatchObject({
      message: 'The user policy with name b cannot be found.',
    })
  })

  it.each([
    'GetUser',
    'DeleteUser',
    'UpdateUser',
    'CreateAccessKey',
    'ListAccessKeys',
    'ListUserPolicies',
    'ListUserTags',
    'ListAttachedUserPolicies',
    'ListGroupsForUser',
    'DeleteUserPermissionsBoundary',
    'ListMFADevices',
    'ListSSHPublicKeys',
    'ListSigningCertificates',
    'ListServiceSpecificCredentials',
    'GetLoginProfile',
    'DeleteLoginProfile',
  ])('%s says so when there is none', async (operation) => {
    await expect(under.ask(operation, { UserName: 'bob' })).rejects.toMatchObject(noUser)
  })

  it('has no password, no second factor and no certificate', async () => {
    for (const operation of ['GetLoginProfile', 'DeleteLoginProfile'])
      await expect(under.ask(operation, { UserName: 'alice' })).rejects.toMatchObject({
        code: 'NoSuchEntity',
        message: 'Login Profile for User alice cannot be found.',
      })
    expect(await under.ask('ListMFADevices', { UserName: 'alice' })).toEqual({ MFADevices: [], IsTruncated: false })
    expect(await under.ask('ListVirtualMFADevices')).toEqual({ VirtualMFADevices: [], IsTruncated: false })
  })
})

describe('access keys', () => {
  it('show their secret once, and open calls also after a restart', async () => {
    const { AccessKey } = await under.ask('CreateAccessKey', { UserName: 'alice' })
    expect(AccessKey).toEqual({
      UserName: 'alice',
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      Status: 'Active',
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      CreateDate: new Date('2026-03-01T12:00:00Z'),
    })
    const { AccessKeyId, SecretAccessKey } = AccessKey as { AccessKeyId: string; SecretAccessKey: string }
    under = await under.restart()
    expect(under.identity.findAccessKey(AccessKeyId)?.secret.reveal()).toBe(SecretAccessKey)
    const list = await under.ask('ListAccessKeys', { UserName: 'alice' })
    expect(list.AccessKeyMetadata).toMatchObject([{ AccessKeyId, Status: 'Active', UserName: 'alice' }])
    expect(JSON.stringify(list)).not.toContain(SecretAccessKey)
  })

  it('never stand in the trail with their secret', async () => {
    const { trail } = under.iam.operations.CreateAccessKey ?? {}
    const output = await under.ask('CreateAccessKey', { UserName: 'alice' })
    const { AccessKeyId, SecretAccessKey } = output.AccessKey as Record<string, string>
    expect(trail?.responseElements?.(output)).toEqual({
      accessKey: {
        userName: 'alice',
        accessKeyId: AccessKeyId,
        status: 'Active',
        createDate: 'Mar 1, 2026, 12:00:00 PM',
      },
    })
    expect(JSON.stringify(trail?.responseElements?.(output))).not.toContain(SecretAccessKey)
  })

  it('are two a user at most', async () => {
    await newKey()
    await newKey()
    await expect(newKey()).rejects.toMatchObject({
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    })
  })

  it('are switched off and on, and deleted', async () => {
    const { AccessKeyId } = await newKey()
    await under.ask('UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Inactive' })
    expect(under.identity.findAccessKey(AccessKeyId)?.status).toBe('Inactive')
    await under.ask('UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Active' })
    expect(under.identity.findAccessKey(AccessKeyId)?.status).toBe('Active')
    await under.ask('DeleteAccessKey', { UserName: 'alice', AccessKeyId })
    expect(under.identity.findAccessKey(AccessKeyId)).toBeUndefined()
  })

  it('of somebody else are not there', async () => {
    await under.ask('CreateUser', { UserName: 'bob' })
    const { AccessKeyId } = await newKey('bob')
    const gone = {
      code: 'NoSuchEntity',
      httpStatus: 404,
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
    }
    await expect(under.ask('DeleteAccessKey', { UserName: 'alice', AccessKeyId })).rejects.toMatchObject(gone)
    await expect(under.ask('DeleteAccessKey', { AccessKeyId })).rejects.toMatchObject(gone)
    await expect(under.ask('GetAccessKeyLastUsed', { AccessKeyId }, userOf(OTHER))).rejects.toMatchObject(gone)
    expect(under.identity.findAccessKey(AccessKeyId)).toBeDefined()
  })

  it('tell whose they are', async () => {
    const { AccessKeyId } = await newKey()
    expect(await under.ask('GetAccessKeyLastUsed', { AccessKeyId })).toEqual({
      UserName: 'alice',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    })
    expect(await under.requirements('GetAccessKeyLastUsed', { AccessKeyId })).toMatchObject([
      { action: 'iam:GetAccessKeyLastUsed', resource: `arn:aws:iam::${ACCOUNT}:user/alice` },
    ])
  })

  it('tell when they were used, where and for which service', async () => {
    const { AccessKeyId } = await newKey()
    const time = under.clock.now()
    under.uses.note(
      { kind: 'iam-user', accessKeyId: String(AccessKeyId) },
      { time, region: 'eu-west-1', service: 's3' },
    )
    expect((await under.ask('GetAccessKeyLastUsed', { AccessKeyId })).AccessKeyLastUsed).toEqual({
      LastUsedDate: new Date(time),
      ServiceName: 's3',
      Region: 'eu-west-1',
    })
  })
})

describe('a group', () => {
  beforeEach(async () => void (await under.ask('CreateGroup', { GroupName: 'Staff', Path: '/x/' })))

  it('gives its policies to its members, as long as they are members', async () => {
    const actionsOf = () =>
      under.identity
        .policiesOfUser(under.identity.findUser(ACCOUNT, 'alice')!)
        .identity.map(({ document }) => document.statements[0]?.actions.patterns[0])
    await under.ask('PutGroupPolicy', { GroupName: 'staff', PolicyName: 'p', PolicyDocument: allowing('s3:*') })
    expect(actionsOf()).toEqual([])
    await under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })
    await under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })
    expect(actionsOf()).toEqual(['s3:*'])
    under = await under.restart()
    expect(actionsOf()).toEqual(['s3:*'])
    expect(await under.ask('GetGroup', { GroupName: 'staff' })).toMatchObject({
      Group: {
        GroupName: 'Staff',
        Arn: `arn:aws:iam::${ACCOUNT}:group/x/Staff`,
        GroupId: expect.stringMatching(/^AGPA/),
      },
      Users: [{ UserName: 'alice' }],
      IsTruncated: false,
    })
    expect((await under.ask('ListGroupsForUser', { UserName: 'alice' })).Groups).toMatchObject([{ GroupName: 'Staff' }])
    await under.ask('RemoveUserFromGroup', { GroupName: 'staff', UserName: 'alice' })
    expect(actionsOf()).toEqual([])
  })

  it('is renamed, and goes only when it is empty', async () => {
    await under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })
    await under.ask('UpdateGroup', { GroupName: 'staff', NewGroupName: 'crew' })
    expect((await under.ask('ListGroups')).Groups).toMatchObject([{ Arn: `arn:aws:iam::${ACCOUNT}:group/x/crew` }])
    const remove = () => under.ask('DeleteGroup', { GroupName: 'crew' })
    await expect(remove()).rejects.toMatchObject(conflict('remove users from group'))
    await under.ask('RemoveUserFromGroup', { GroupName: 'crew', UserName: 'alice' })
    await remove()
    await expect(remove()).rejects.toMatchObject({ message: 'The group with name crew cannot be found.' })
  })

  it('a user is in ten at most', async () => {
    for (let number = 0; number < 10; number += 1) {
      await under.ask('CreateGroup', { GroupName: `g${number}` })
      await under.ask('AddUserToGroup', { GroupName: `g${number}`, UserName: 'alice' })
    }
    await expect(under.ask('AddUserToGroup', { GroupName: 'staff', UserName: 'alice' })).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Cannot exceed quota for GroupsPerUser: 10',
    })
  })
})
