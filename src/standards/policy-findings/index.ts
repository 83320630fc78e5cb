/**
 * policy-findings: what AWS's policy validation (IAM Access Analyzer) says of a document, in its words, with line and column.
 * It decides no request and refuses no document: whether one is a policy at all, `standards/policy` says. What exists (actions, services,
 * condition keys) it is told by its caller.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
 */
export { FINDING_TYPES, type FindOptions, findFindings } from './find-findings.ts'
export { type GuessedKind, guessKind } from './guess-kind.ts'
export type { ActionCatalogue, Finding, FindingLocation, FindingType, KnownKey } from './model.ts'
