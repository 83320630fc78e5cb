import { beforeEach, expect, it } from 'vitest'
import type { Decision } from '../../../standards/policy/index.ts'
import { ACCOUNT, type IamUnderTest, openIam, userOf } from './testing/iam-under-test.ts'

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

const arn = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`

it.each([
  ['GetRole', { RoleName: 'x' }, 'role x'],
  ['AttachRolePolicy', { RoleName: 'x', PolicyArn: arn('policy/p') }, 'role x'],
  ['CreateRole', { RoleName: 'x', Path: '/a/' }, arn('role/a/x')],
  ['TagRole', { RoleName: 'x', Tags: [] }, arn('role/x')],
  ['ListRoles', {}, arn('role/')],
  ['CreateAccessKey', { UserName: 'x' }, 'user x'],
  ['AddUserToGroup', { GroupName: 'x', UserName: 'y' }, 'group x'],
  ['ListPolicies', {}, 'policy path /'],
  ['ListPolicies', { PathPrefix: '/a/' }, 'policy path /a/'],
  ['CreatePolicy', { PolicyName: 'x' }, 'policy x'],
  ['GetPolicy', { PolicyArn: arn('policy/a/x') }, `policy ${arn('policy/a/x')}`],
  ['GetInstanceProfile', { InstanceProfileName: 'x' }, 'instance profile x'],
  ['CreateInstanceProfile', { InstanceProfileName: 'x' }, arn('instance-profile/x')],
  ['CreateOpenIDConnectProvider', { Url: 'https://x.test' }, arn('oidc-provider/x.test')],
  ['ListOpenIDConnectProviders', {}, arn('oidc-provider/*')],
  ['SimulatePrincipalPolicy', { PolicySourceArn: arn('role/x') }, arn('role/x')],
])('a denial of %s %j names %s', async (operation, input, named) => {
  const [requirement] = await under.requirements(operation, input)
  if (requirement === undefined) throw new Error('nothing is required')
  const decision: Decision = { outcome: 'implicit-deny', decidedBy: 'identity', because: [] }
  const explanation = { decision, rungs: [], nearest: [] }
  const refusal = {
    kind: 'denial',
    judged: { requirement, decision },
    principal: userOf(ACCOUNT),
    explanation,
  } as const
  const { code, httpStatus, message } = under.iam.refuse(refusal, { operation, region: 'us-east-1' as never })
  expect({ code, httpStatus }).toEqual({ code: 'AccessDenied', httpStatus: 403 })
  expect(message).toBe(
    `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: iam:${operation} on resource: ${named} because no identity-based policy allows the iam:${operation} action`,
  )
})
