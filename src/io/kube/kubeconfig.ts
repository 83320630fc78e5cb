import type { KubeAccess } from './model.ts'

export interface KubeconfigOptions {
  readonly path: string
  /** `current-context` when absent. */
  readonly context?: string
}

/**
 * What a kubeconfig says of one context.
 * @throws ConfigError when the file cannot be read, or says what is not understood
 */
export declare function readKubeconfig(options: KubeconfigOptions): Promise<KubeAccess>
