import { beforeEach, expect, it } from 'vitest'
import { type IamUnderTest, openIam } from './testing/iam-under-test.ts'

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

/** Input that names something in every way in which IAM names things. */
const NAMES = {
  RoleName: 'x',
  UserName: 'x',
  GroupName: 'x',
  InstanceProfileName: 'x',
  PolicyName: 'x',
  AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  PolicyArn: 'arn:aws:iam::111122223333:policy/x',
  PolicySourceArn: 'arn:aws:iam::111122223333:role/x',
  OpenIDConnectProviderArn: 'arn:aws:iam::111122223333:oidc-provider/x.test',
  PermissionsBoundary: 'arn:aws:iam::111122223333:policy/x',
  Url: 'https://x.test',
  Tags: [],
  TagKeys: [],
}

it('every row is an operation of IAM, signed, and asks for the action that is named after it', async () => {
  const names = Object.keys(under.iam.operations)
  expect(names.length).toBeGreaterThan(100)
  for (const name of names) {
    expect(under.iam.model.operationNames).toContain(name)
    expect(under.iam.operations[name]?.authenticate).toEqual({ by: 'sigv4' })
    const requirements = await under.requirements(name, NAMES)
    expect(requirements.map(({ action }) => action)).toContain(`iam:${name}`)
    for (const { resource, onDeny } of requirements) {
      expect(resource).toMatch(/^(\*|arn:aws:iam::111122223333:.+)$/)
      expect(onDeny).toBe('refuse')
    }
  }
})

it('what reads is recorded as reading, what writes as writing', () => {
  for (const [name, { trail }] of Object.entries(under.iam.operations))
    expect([name, trail.readOnly]).toEqual([name, /^(Get|List|Simulate)/.test(name)])
})

it('nobody without an account is answered', async () => {
  for (const name of Object.keys(under.iam.operations))
    await expect(under.requirements(name, NAMES, { kind: 'anonymous' })).rejects.toMatchObject({
      code: 'MissingAuthenticationToken',
      httpStatus: 403,
    })
})
