/**
 * tools/issuer: an issuer of one's own: making it, publishing it, serving it, and looking at any issuer as AWS STS would.
 * It changes no cluster: what has to be done there is printed. Keys are rotated by tools/keys.
 */
import type { PublishOutcome } from '../../cluster/publish/index.ts'

export { fetchingHost, servingHost, setMaxToken, systemIssuerHost, untilStopped } from './hosts.ts'
export { type InitOptions, type InitOutcome, initIssuer } from './init.ts'
export { type IssuerFacts, publishedMembers, servedCertificates } from './inspect.ts'
export type { FetchingHost, IssuerHost, ServingHost } from './model.ts'
export { type Plan, type PlanOptions, writePlan } from './plan.ts'
export { forgetTarget, type PublishOptions, publishIssuer, publishTo, recordedTargets } from './publish.ts'
export type { Distribution, Recipe } from './recipe.ts'
export { recipeFor } from './recipes.ts'
export { type HttpsOptions, type ServedIssuer, type ServeOptions, type SignerOptions, serveIssuer } from './serve.ts'
export { type Check, showIssuer, type Verification, type VerifyOptions, verifyIssuer } from './verify.ts'
export type PublishOutcomes = readonly PublishOutcome[]
