/**
 * cluster/webhook-drift: running pods that lack what the webhook would give them now, told by Events and counted.
 * It deletes and restarts nothing by itself, and judges by `cluster/webhook` alone.
 */
export { type DriftCircumstances, findDrift, isBlocking } from './find-drift.ts'
export type { Drift, DriftFinding } from './model.ts'
