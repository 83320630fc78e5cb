import { ConfigError } from '../../core/index.ts'
import { createLog, systemClock, systemRandomness } from '../../io/host/index.ts'
import { createKube, inClusterAccess, type Kube, readKubeconfig } from '../../io/kube/index.ts'
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
  return kubeCluster(await openKube(place), place.issuer)
}

/** A client of the cluster of the kubeconfig; without one, of the cluster that this process runs in as a pod. */
export async function openKube(place: Omit<ClusterPlace, 'dataDirectory' | 'issuer'>): Promise<Kube> {
  const { kubeconfig, context, environment } = place
  const access =
    kubeconfig === undefined
      ? await inClusterAccess(podFacts(environment))
      : await readKubeconfig({ path: kubeconfig, ...(context === undefined ? {} : { context }) })
  const known = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return createKube(access, {
    clock: systemClock,
    randomness: systemRandomness,
    log: createLog({ level: 'warn', format: 'text', write: (line) => place.say(line.trimEnd()) }),
    environment: Object.fromEntries(known),
  })
}

function podFacts({
  KUBERNETES_SERVICE_HOST: host = '',
  KUBERNETES_SERVICE_PORT: port = '',
}: ClusterPlace['environment']) {
  if (host !== '') return { host, port }
  throw new ConfigError('which cluster?', { hint: 'give --kubeconfig FILE, or run it as a pod' })
}

/** @throws ConfigError when credentials, or the SDK, are missing */
export async function openCloud({ to, dataDirectory, account }: CloudPlace): Promise<BindingCloud> {
  if (to === 'local') return localCloud(dataDirectory, account)
  if (account !== undefined)
    throw new ConfigError('--account is for the local cloud: in AWS the account follows from the credentials')
  return awsCloud()
}
