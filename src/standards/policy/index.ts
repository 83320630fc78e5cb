/**
 * policy: the IAM policy language. Parses a document, evaluates a request against policies to a `Decision`, explains one on demand.
 * It never looks up a role, reads no clock and does no I/O: everything a decision depends on is in the `AuthorizationRequest`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export { PolicyDocumentError, type PolicyReason } from './errors.ts'
export { evaluate } from './evaluate.ts'
export { explain } from './explain.ts'
export { identityFaultWords, resourceFaultWords, trustFaultWords } from './fault-words.ts'
export { matchesWildcards } from './matches-wildcards.ts'
export type {
  AuthorizationRequest,
  Condition,
  ContextKeys,
  Decision,
  Dimension,
  DimensionMatch,
  Effect,
  Explanation,
  NamedPolicy,
  PolicyDocument,
  PolicyKind,
  PolicyPrincipal,
  PolicySet,
  PolicyType,
  PolicyVersion,
  PrincipalEntry,
  RungState,
  Statement,
  StatementExplanation,
} from './model.ts'
export { type ParseOptions, parsePolicyDocument } from './parse.ts'
export { findUnscopedIssuer, type UnscopedIssuer } from './shared-issuers.ts'
