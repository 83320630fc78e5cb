import type { JsonValue } from '../../core/index.ts'

/** A Kubernetes object as it is written in a manifest; what stands beside these fields depends on its kind. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: JsonValue | undefined
}

/** Whether a Namespace is among the objects: a new one, or the one that is there already. */
export type NamespaceOrigin = 'made' | 'existing'
