import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { ConfigError } from '../../core/index.ts'
import type { KubeAccess } from './model.ts'

export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST */
  readonly host: string
  /** KUBERNETES_SERVICE_PORT */
  readonly port: string
  /** `/var/run/secrets/kubernetes.io/serviceaccount` when absent. */
  readonly directory?: string
}

const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * The API server of the cluster that this pod runs in, as its service account.
 * SPEC: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 * @throws ConfigError when this is not a pod, or its mount lacks a file
 */
export async function inClusterAccess({ host, port, directory }: InClusterOptions): Promise<KubeAccess> {
  const mount = directory ?? SERVICE_ACCOUNT_DIRECTORY
  if (host === '' || !/^\d{1,5}$/.test(port))
    throw new ConfigError('this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT say no API server', {
      hint: 'name a kubeconfig instead',
    })
  // Both are read when they are needed, and again: the kubelet replaces them. Here it is only seen that they are there.
  const [namespace] = await Promise.all(['namespace', 'ca.crt', 'token'].map((name) => readMounted(join(mount, name))))
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    trust: { kind: 'authorities-file', path: join(mount, 'ca.crt') },
    credentials: { kind: 'token-file', path: join(mount, 'token') },
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  }
}

async function readMounted(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new ConfigError(`\`${path}\` cannot be read: the pod has no token for its API server`, {
      cause,
      hint: 'let automountServiceAccountToken of the pod and its service account be true',
    })
  }
}
