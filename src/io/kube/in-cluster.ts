import type { KubeAccess } from './model.ts'

export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST */
  readonly host: string
  /** KUBERNETES_SERVICE_PORT */
  readonly port: string
  /** `/var/run/secrets/kubernetes.io/serviceaccount` when absent. */
  readonly directory?: string
}

/**
 * The API server of the cluster that this pod runs in, as its service account.
 * @throws ConfigError when this is not a pod, or its mount lacks a file
 */
export declare function inClusterAccess(options: InClusterOptions): Promise<KubeAccess>
