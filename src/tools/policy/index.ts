/**
 * tools/policy: questions to policies: would this be allowed, why not, do the tests of policies pass, who can, what is the least policy.
 * It decides by the engine that decides real calls and nothing else; it changes nothing, and asks AWS only with `--live`, for reading.
 */
export { type Asker, enrichAsker, type KeyValue, readAsker } from './asker.ts'
export { type DenialFinding, explainInquiry, type NearStatement, type PolicyExplanation } from './explanation.ts'
export { type Gathered, type GivenPolicies, gatherInquiries, type Question } from './gather.ts'
export {
  type CallFilter,
  type GeneratedPolicy,
  type GeneratedStatement,
  type GenerateOptions,
  generatePolicy,
} from './generate.ts'
export { type Inquiry, resourcePolicyKindOf } from './inquiry.ts'
export { renderJunit } from './junit.ts'
export { findKeptPolicies, type KeptPolicy } from './kept-policies.ts'
export { liveSource } from './live-source.ts'
export { readLiveTrail } from './live-trail.ts'
export { localSource } from './local-source.ts'
export { readLocalTrail } from './local-trail.ts'
export type { PatchStep, PolicyPatch } from './patch.ts'
export { type PolicyText, PolicyTextError, readPolicy } from './read-policy.ts'
export { readEvents } from './recorded-call.ts'
export { type NamedPolicies, type PolicyTestResult, runPolicyTests } from './run-tests.ts'
export { renderSarif } from './sarif.ts'
export type { FoundOrganization, FoundPolicy, FoundPrincipal, FoundResource, PolicySource } from './source.ts'
export { type PolicyTestFile, readTestFile } from './test-file.ts'
export { policyTestSchema, type Schema } from './test-schema.ts'
export { hasFinding, type PolicyReport, type PolicyTypeName, validatePolicy } from './validate.ts'
export {
  type DecidingStatement,
  type Expectation,
  isAsExpected,
  type Outcome,
  simulate,
  type Verdict,
} from './verdict.ts'
export { findWhoCan, type WhoCan, type WhoCanQuestion } from './who-can.ts'
