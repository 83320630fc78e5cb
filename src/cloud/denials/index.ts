/**
 * cloud/denials: why a call was refused, kept under the id that its answer carries: the record, its store, and the cause codes IRSA###.
 * It judges nothing: what it tells was found when the call was judged, and later edits of a policy do not touch it. Records are for operators, never for callers.
 */
export { causeOfDenial } from './cause-of-denial.ts'
export { CAUSES, type CauseName, causeNamed, type DenialCause, findDenialCause } from './causes.ts'
export { createDenials, type DenialParts, type Denials, denialMigrations } from './denials.ts'
export type { Denial, Finding, Requester } from './finding.ts'
export type { DenialCall, DenialRecord, LadderStep, Rung } from './model.ts'
