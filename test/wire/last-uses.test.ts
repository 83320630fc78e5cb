/** IAM tells when a role and an access key were last used, also after a restart. */
import { GetAccessKeyLastUsedCommand, GetRoleCommand } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyServiceAccounts, createProvider, createRole, mint, POD, session, subjectOf, trust } from './circle.ts'
import { clientsOf } from './clients.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'

const ROLE = 'used'
let place: InstallationUnderTest

const lastUseOfRole = async () =>
  (await clientsOf(place).iam.send(new GetRoleCommand({ RoleName: ROLE }))).Role?.RoleLastUsed
const lastUseOfKey = async () => {
  const { accessKeyId: AccessKeyId } = place.administrator()
  return (await clientsOf(place).iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }))).AccessKeyLastUsed
}

beforeAll(async () => {
  place = await openInstallation()
  const { issuer } = place.facts
  await applyServiceAccounts(place)
  await createProvider(place, issuer)
  await createRole(place, { name: ROLE, trust: [trust({ issuer, subject: subjectOf(POD) })] })
})
afterAll(() => place.close())

test('a role is used when its session signs a call, and not when it is assumed; a restart does not forget it', async () => {
  const assumed = await session(place, { token: await mint(place), role: ROLE })
  expect(await lastUseOfRole()).toEqual({})
  const before = Math.floor(Date.now() / 1000) * 1000
  await clientsOf(place, assumed).sts.send(new GetCallerIdentityCommand({}))
  const used = await lastUseOfRole()
  expect(used).toEqual({ LastUsedDate: expect.any(Date), Region: 'us-east-1' })
  expect(used?.LastUsedDate?.getTime()).toBeGreaterThanOrEqual(before)
  await place.restart()
  expect(await lastUseOfRole()).toEqual(used)
})

test('an access key is used by whoever signs with it, also by the one who asks', async () => {
  const before = Math.floor(Date.now() / 1000) * 1000
  const used = await lastUseOfKey()
  expect(used).toMatchObject({ ServiceName: 'iam', Region: 'us-east-1' })
  expect(used?.LastUsedDate?.getTime()).toBeGreaterThanOrEqual(before)
})
