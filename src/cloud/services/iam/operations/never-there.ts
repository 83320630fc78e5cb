import { loginProfileNotFound, passwordPolicyNotFound } from '../errors.ts'
import { onHolder, USER } from '../holders.ts'
import type { IamParts, Operations, Scope } from '../model.ts'
import { may, reading, writing } from '../row.ts'
import { userNameOf } from './users.ts'

interface UserInput {
  readonly UserName?: string
}

/** Lists of what a user never has here; clients ask for them before they delete a user. */
const LISTS_OF_USER = {
  ListMFADevices: 'MFADevices',
  ListSSHPublicKeys: 'SSHPublicKeys',
  ListSigningCertificates: 'Certificates',
  ListServiceSpecificCredentials: 'ServiceSpecificCredentials',
} as const

/** Lists of what an account never has here. */
const LISTS_OF_ACCOUNT = {
  ListVirtualMFADevices: 'VirtualMFADevices',
  ListServerCertificates: 'ServerCertificateMetadataList',
} as const

/** Passwords, second factors, certificates: nobody signs in here, and nobody has any of them. */
export function neverThere(parts: IamParts): Operations {
  const { identity } = parts
  const onUser = (action: string) => (input: UserInput, scope: Scope) => [
    may(scope, action, onHolder(identity, scope, { kind: USER, name: userNameOf(input, scope) })),
  ]
  const noPassword = (input: UserInput, scope: Scope): never => {
    const { name } = USER.get(identity, scope.account, userNameOf(input, scope))
    throw loginProfileNotFound(name)
  }
  const ofUser = Object.entries(LISTS_OF_USER).map(([operation, member]) => [
    operation,
    reading<UserInput>(parts, {
      requires: onUser(operation),
      perform: (input, scope) => {
        USER.get(identity, scope.account, userNameOf(input, scope))
        return { [member]: [], IsTruncated: false }
      },
    }),
  ])
  const ofAccount = Object.entries(LISTS_OF_ACCOUNT).map(([operation, member]) => [
    operation,
    reading<object>(parts, {
      requires: (_input, scope) => [may(scope, operation, { arn: '*' })],
      perform: () => ({ [member]: [], IsTruncated: false }),
    }),
  ])
  return {
    ...Object.fromEntries([...ofUser, ...ofAccount]),
    ListSAMLProviders: reading<object>(parts, {
      requires: (_input, scope) => [may(scope, 'ListSAMLProviders', { arn: '*' })],
      perform: () => ({ SAMLProviderList: [] }),
    }),
    GetLoginProfile: reading<UserInput>(parts, { requires: onUser('GetLoginProfile'), perform: noPassword }),
    DeleteLoginProfile: writing<UserInput>(parts, { requires: onUser('DeleteLoginProfile'), perform: noPassword }),
    GetAccountPasswordPolicy: reading<object>(parts, {
      requires: (_input, scope) => [may(scope, 'GetAccountPasswordPolicy', { arn: '*' })],
      perform: (_input, { account }) => {
        throw passwordPolicyNotFound(account)
      },
    }),
  }
}
