/**
 * tools/token: mint a service account's token, look into one.
 * Looking is never verifying, and says so.
 */
export { inspectToken, type TokenInspection } from '../../standards/oidc/index.ts'
export { type MintOptions, mintToken } from './mint.ts'
