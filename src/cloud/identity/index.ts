/**
 * cloud/identity: accounts, OIDC providers, roles, users, access keys, policies: what identities are, kept in the store and answered from memory.
 * It checks no permission and speaks no AWS API: limits and error texts are of cloud/services/iam.
 */
export { ADMINISTRATOR, type AdministratorKey, ensureAdministrator } from './administrator.ts'
export { iamArn, parseIamArn } from './arns.ts'
export { createIdentity } from './identity.ts'
export { type LastUse, type LastUseReader, type LastUses, openLastUses, type UseNotes } from './last-uses.ts'
export type {
  AccessKey,
  Account,
  Actor,
  Group,
  GroupChange,
  IamUser,
  Identity,
  IdentityChanges,
  IdentityLookup,
  IdentityOptions,
  IdentityReader,
  InstanceProfile,
  InstanceProfileChange,
  ManagedPolicy,
  NewGroup,
  NewInstanceProfile,
  NewPolicy,
  NewPolicyVersion,
  NewProvider,
  NewRole,
  NewUser,
  OidcProvider,
  PolicyHolder,
  PolicyUses,
  PolicyVersion,
  PrincipalPolicies,
  ProviderChange,
  Role,
  RoleChange,
  UseCounts,
  UserChange,
} from './model.ts'
