/**
 * cluster/objects: the local cluster's Namespaces, ServiceAccounts, Pods and Deployments, as `apply` brought them.
 * It runs nothing and gives nobody an identity; a service account's uid, once given, stays.
 */
export { ManifestError } from './errors.ts'
export type { AppliedObject, ApplyOutcome, ObjectKind, ObjectParts, Objects, ServiceAccount } from './model.ts'
export { createObjects } from './objects.ts'
