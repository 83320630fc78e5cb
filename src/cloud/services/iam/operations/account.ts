import type { AccountId } from '../../../../core/index.ts'
import type { Identity } from '../../../identity/index.ts'
import { aliasNotFound, aliasTaken } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Operations } from '../model.ts'
import { may, reading, writing } from '../row.ts'

interface AliasInput {
  readonly AccountAlias: string
}

/** The account as a whole: its alias, what it has and may have. */
export function account(parts: IamParts): Operations {
  const { identity } = parts
  return {
    CreateAccountAlias: writing<AliasInput>(parts, {
      requires: (_input, scope) => [may(scope, 'CreateAccountAlias', { arn: '*' })],
      perform: async ({ AccountAlias: alias }, scope) => {
        await identity.change((changes) => {
          const taken = identity.accounts().some(({ id }) => id !== scope.account && changes.aliasOf(id) === alias)
          if (taken) throw aliasTaken(alias)
          changes.setAlias(scope.account, alias)
        })
        return {}
      },
    }),
    DeleteAccountAlias: writing<AliasInput>(parts, {
      requires: (_input, scope) => [may(scope, 'DeleteAccountAlias', { arn: '*' })],
      perform: async ({ AccountAlias: alias }, scope) => {
        await identity.change((changes) => {
          if (changes.aliasOf(scope.account) !== alias) throw aliasNotFound(alias)
          changes.setAlias(scope.account, undefined)
        })
        return {}
      },
    }),
    ListAccountAliases: reading<object>(parts, {
      requires: (_input, scope) => [may(scope, 'ListAccountAliases', { arn: '*' })],
      perform: (_input, scope) => {
        const alias = identity.aliasOf(scope.account)
        return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false }
      },
    }),
    GetAccountSummary: reading<object>(parts, {
      requires: (_input, scope) => [may(scope, 'GetAccountSummary', { arn: '*' })],
      perform: (_input, scope) => ({ SummaryMap: summaryOf(identity, scope.account) }),
    }),
  }
}

/** Counts and quotas; what there cannot be here counts none. */
function summaryOf(identity: Identity, id: AccountId): Readonly<Record<string, number>> {
  const policies = identity.policiesOf(id)
  return {
    AccessKeysPerUserQuota: LIMITS.accessKeysOfUser,
    AccountAccessKeysPresent: 0,
    AccountMFAEnabled: 0,
    AccountPasswordPresent: 0,
    AccountSigningCertificatesPresent: 0,
    AssumeRolePolicySizeQuota: LIMITS.trustPolicySize,
    AttachedPoliciesPerGroupQuota: LIMITS.attachedPolicies,
    AttachedPoliciesPerRoleQuota: LIMITS.attachedPolicies,
    AttachedPoliciesPerUserQuota: LIMITS.attachedPolicies,
    GlobalEndpointTokenVersion: 1,
    GroupPolicySizeQuota: LIMITS.inlineSizeOfGroup,
    Groups: identity.groupsOf(id).length,
    GroupsPerUserQuota: LIMITS.groupsOfUser,
    GroupsQuota: LIMITS.groups,
    InstanceProfiles: identity.instanceProfilesOf(id).length,
    InstanceProfilesQuota: LIMITS.instanceProfiles,
    MFADevices: 0,
    MFADevicesInUse: 0,
    Policies: policies.length,
    PoliciesQuota: LIMITS.policies,
    PolicySizeQuota: LIMITS.managedPolicySize,
    PolicyVersionsInUse: policies.reduce((sum, { versions }) => sum + versions.length, 0),
    Providers: identity.providersOf(id).length,
    RolePolicySizeQuota: LIMITS.inlineSizeOfRole,
    Roles: identity.rolesOf(id).length,
    RolesQuota: LIMITS.roles,
    ServerCertificates: 0,
    UserPolicySizeQuota: LIMITS.inlineSizeOfUser,
    Users: identity.usersOf(id).length,
    UsersQuota: LIMITS.users,
    VersionsPerPolicyQuota: LIMITS.policyVersions,
  }
}
