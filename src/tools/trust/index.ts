/**
 * tools/trust: trust policies for service accounts: the exact one, made; any one, looked through for what lets in too many or nobody.
 * It puts nothing in place, and verifies no token: what it says of one is what the policy would make of its claims.
 */
export { checkTrust, type TrustCheck, type TrustCheckOptions } from './check.ts'
export { generateTrust, type TrustPolicy, type TrustWish } from './generate.ts'
export type { TrustFinding } from './lint.ts'
export { providerArnOf } from './provider-arn.ts'
export { renderAwsCli } from './render-aws-cli.ts'
export { renderHcl } from './render-hcl.ts'
