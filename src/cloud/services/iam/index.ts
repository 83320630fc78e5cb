/**
 * cloud/services/iam: IAM's API: OIDC providers, roles, users, access keys, policies; limits and error texts as AWS has them.
 * It keeps nothing itself (cloud/identity does), checks no permission of the caller (the gateway does) and reads no token.
 */
export type { IamOptions, ThumbprintSource } from './model.ts'
export { createIam } from './service.ts'
