import { ConfigError } from '../../core/index.ts'
import { openKube } from '../../io/kube/index.ts'
import { awsCloud } from './aws-cloud.ts'
import { kubeCluster } from './kube-cluster.ts'
import { localCloud } from './local-cloud.ts'
import { localCluster } from './local-cluster.ts'
import type { BindingCloud, BindingCluster } from './model.ts'

/** Which cluster: that of a kubeconfig, or the local one of an installation. */
export interface ClusterPlace {
  readonly dataDirectory: string
  readonly kubeconfig?: string
  readonly context?: string
  /** Instead of what the API server says. */
  readonly issuer?: string
  /** For exec plug-ins of the kubeconfig, and for how much is logged. */
  readonly environment: Readonly<Record<string, string | undefined>>
  say(line: string): void
}

export interface CloudPlace {
  readonly to: 'local' | 'aws'
  readonly dataDirectory: string
  /** Of an installation; AWS's follows from its credentials. */
  readonly account?: string
}

/** @throws ConfigError when the kubeconfig cannot be read, or no installation is running */
export async function openCluster(place: ClusterPlace): Promise<BindingCluster> {
  if (place.kubeconfig === undefined) return localCluster(place.dataDirectory)
  return kubeCluster(await openKube(place, place), place.issuer)
}

/** @throws ConfigError when credentials, or the SDK, are missing */
export async function openCloud({ to, dataDirectory, account }: CloudPlace): Promise<BindingCloud> {
  if (to === 'local') return localCloud(dataDirectory, account)
  if (account !== undefined)
    throw new ConfigError('--account is for the local cloud: in AWS the account follows from the credentials')
  return awsCloud()
}
