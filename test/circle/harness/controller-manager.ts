import { join } from 'node:path'
import type { Place } from './place.ts'
import { type Server, startServer } from './process.ts'
import type { ControlPlaneSecrets } from './secrets.ts'

/**
 * What Deployments, DaemonSets, Jobs, service accounts and Services need. One name that it does not know makes it end. Without `node-lifecycle-controller`, the
 * taint `node.kubernetes.io/not-ready` stays on a node that is ready, and nothing without tolerations is put there.
 */
export const CONTROLLERS = [
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'namespace-controller',
  'deployment-controller',
  'replicaset-controller',
  'daemonset-controller',
  'job-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'root-ca-certificate-publisher-controller',
  'node-lifecycle-controller',
  'disruption-controller',
  'garbage-collector-controller',
]

export interface ControllerManagerParts {
  readonly place: Place
  readonly bin: string
  readonly kubeconfig: string
  readonly secrets: ControlPlaneSecrets
  readonly certificateAuthority: string
  readonly controllers: readonly string[]
}

export function startControllerManager(parts: ControllerManagerParts): Server {
  const { place, bin, kubeconfig, secrets, certificateAuthority, controllers } = parts
  return startServer(place, 'kube-controller-manager', [
    join(bin, 'kube-controller-manager'),
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    `--service-account-private-key-file=${secrets.signingKeyFile}`,
    `--root-ca-file=${certificateAuthority}`,
    '--leader-elect=false',
    // It would listen on 10257, and is asked nothing.
    '--secure-port=0',
  ])
}
