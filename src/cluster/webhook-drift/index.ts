/**
 * cluster/webhook-drift: running pods that lack what the webhook would give them now, told by Events and counted.
 * It deletes nothing, restarts only what it is told to, and judges by `cluster/webhook` alone.
 */
export { planNotices, writeNotices } from './events.ts'
export { type DriftCircumstances, findDrift, isBlocking } from './find-drift.ts'
export { type DriftOptions, lookForDrift } from './look-for-drift.ts'
export type { Drift, DriftedPod, DriftFinding, DriftReport } from './model.ts'
export { planRestarts, restartController } from './restart.ts'
export { type DriftWatch, type DriftWatchOptions, watchDrift } from './watch-drift.ts'
