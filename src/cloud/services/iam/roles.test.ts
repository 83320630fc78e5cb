import { beforeEach, describe, expect, it } from 'vitest'
import { ACCOUNT, type IamUnderTest, openIam, TRUST } from './testing/iam-under-test.ts'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

describe('a role', () => {
  it('is created, got and listed', async () => {
    const { Role } = await under.ask('CreateRole', { RoleName: 'orders', AssumeRolePolicyDocument: TRUST })
    expect(Role).toMatchObject({ RoleName: 'orders', Arn: `arn:aws:iam::${ACCOUNT}:role/orders` })
    expect((await under.ask('GetRole', { RoleName: 'orders' })).Role).toMatchObject(Role as object)
    expect(await under.ask('ListRoles')).toMatchObject({ IsTruncated: false, Roles: [{ RoleName: 'orders' }] })
  })
})
