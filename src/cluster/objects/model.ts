import type { Clock, Instant, Randomness, ServiceAccountRef } from '../../core/index.ts'
import type { Store } from '../../io/store/index.ts'

export type ObjectKind = 'Namespace' | 'ServiceAccount' | 'Pod' | 'Deployment'

/** What `kubectl apply` says of an object. */
export type ApplyOutcome = 'created' | 'configured' | 'unchanged'

export interface AppliedObject {
  readonly kind: ObjectKind
  /** Missing for a Namespace, which lies in none. */
  readonly namespace?: string
  readonly name: string
  readonly outcome: ApplyOutcome
}

export interface ServiceAccount extends ServiceAccountRef {
  /** Given when it was created, kept for life: the tokens carry it. */
  readonly uid: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly createdAt: Instant
}

/** The objects of one cluster. */
export interface Objects {
  /**
   * Applies Kubernetes objects, parsed from YAML or JSON, in their order: all of them or none. What was applied before is
   * replaced: annotations that are gone from the manifest are gone.
   * @throws ManifestError for what Kubernetes would not take; nothing is applied then
   */
  applyManifest(documents: readonly unknown[]): Promise<readonly AppliedObject[]>
  findServiceAccount(ref: ServiceAccountRef): Promise<ServiceAccount | undefined>
  /** By namespace, then name. */
  listServiceAccounts(): Promise<readonly ServiceAccount[]>
  /** Forgets all of them: the cluster is gone. */
  clear(): Promise<void>
}

/** An object that passed the door: its parts are of the right type, its names are names. */
export interface Manifest {
  readonly kind: ObjectKind
  /** The empty string for a Namespace. */
  readonly namespace: string
  readonly name: string
  /** The service account that a Pod runs as. */
  readonly serviceAccountName?: string
  /** The whole object as JSON, keys in order: equal texts are equal objects. */
  readonly text: string
  /** For messages: `document 2 (ServiceAccount shop/orders)`. */
  readonly where: string
}

/** What the room works with. */
export interface ObjectParts {
  readonly store: Store
  /** Whose objects: a name that no other cluster has, nor gets when this one is gone. Default: the installation's own. */
  readonly cluster?: string
  readonly clock: Clock
  readonly randomness: Randomness
}
