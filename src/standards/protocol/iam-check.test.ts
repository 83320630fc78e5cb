import { describe, expect, it } from 'vitest'
import { serviceModel } from './index.ts'

const TRUST = '{}'
const check = (operation: string, input: Record<string, unknown>) => () =>
  serviceModel('iam').checkInput(operation, input)
const refused = (message: string) => expect.objectContaining({ code: 'ValidationError', httpStatus: 400, message })
const nameInvalid = (member: string) =>
  `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`
const pathInvalid = (member: string) =>
  `The specified value for ${member} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`

describe('IAM says of a name with characters that it does not know, instead of the pattern, what may be in it', () => {
  it.each([
    ['GetRole', { RoleName: 'arn:aws:iam::111122223333:role/x' }, 'roleName'],
    ['CreateRole', { RoleName: 'a b', AssumeRolePolicyDocument: TRUST }, 'roleName'],
    ['CreateUser', { UserName: 'ann!' }, 'userName'],
    ['UpdateUser', { UserName: 'ann', NewUserName: 'Ann Ó' }, 'newUserName'],
    ['CreateGroup', { GroupName: 'a/b' }, 'groupName'],
    ['CreatePolicy', { PolicyName: 'p#', PolicyDocument: '{}' }, 'policyName'],
    ['PutRolePolicy', { RoleName: 'r', PolicyName: 'p p', PolicyDocument: '{}' }, 'policyName'],
    ['CreateInstanceProfile', { InstanceProfileName: '*' }, 'instanceProfileName'],
  ])('%s of %j', (operation, input, member) => {
    expect(check(operation, input)).toThrow(refused(nameInvalid(member)))
  })

  it.each([
    ['CreateRole', { RoleName: 'r', Path: 'shop/', AssumeRolePolicyDocument: TRUST }, 'path'],
    ['CreatePolicy', { PolicyName: 'p', Path: '/shop', PolicyDocument: '{}' }, 'path'],
    ['UpdateUser', { UserName: 'ann', NewPath: 'x' }, 'newPath'],
  ])('and of a path where it begins and ends: %s of %j', (operation, input, member) => {
    expect(check(operation, input)).toThrow(refused(pathInvalid(member)))
  })

  it.each([
    [{ RoleName: '!'.repeat(65) }, "Value '!!!", 'Member must have length less than or equal to 64'],
    [{ RoleName: '' }, "Value ''", 'Member must have length greater than or equal to 1'],
    [{}, 'Value null', 'Member must not be null'],
  ])('but of a length in the words of the model: %j', (input, value, rule) => {
    expect(check('GetRole', input)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^1 validation error detected: .* at 'roleName' failed to satisfy constraint: /),
      }),
    )
    expect(check('GetRole', input)).toThrow(rule)
    expect(check('GetRole', input)).toThrow(value)
  })

  it('when only one of two rules is broken by characters, the other one is told', () => {
    expect(check('PutRolePolicy', { RoleName: 'a b', PolicyName: 'p'.repeat(129), PolicyDocument: '{}' })).toThrow(
      "at 'policyName' failed to satisfy constraint: Member must have length less than or equal to 128",
    )
  })

  it('leaves other patterns to the words of the model', () => {
    expect(check('ListPolicies', { PathPrefix: 'x' })).toThrow(/Member must satisfy regular expression pattern/)
  })
})
