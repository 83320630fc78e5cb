/**
 * cloud/identity: accounts, OIDC providers, roles, users, access keys, policies: what identities are, kept in the store and answered from memory.
 * It checks no permission and speaks no AWS API: limits and error texts are of cloud/services/iam.
 */
export { ADMINISTRATOR, type AdministratorKey, ensureAdministrator } from './administrator.ts'
export { iamArn, parseIamArn } from './arns.ts'
export { createIdentity } from './identity.ts'
export type * from './model.ts'
