import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createLog, systemClock, systemRandomness } from '../../io/host/index.ts'
import { createKube, inClusterAccess, type Kube, type KubeAccess, readKubeconfig } from '../../io/kube/index.ts'
import type { Environment } from './api-server.ts'

/** Which cluster, as kubectl's flags of these names say it. */
export interface ClusterChoice {
  readonly kubeconfig?: string
  readonly context?: string
}

export interface ClusterParts {
  readonly environment: Environment
  /** Takes one line of what is worth telling people, such as a server that is not verified. */
  say(line: string): void
}

/**
 * A client of the cluster that was chosen: the file given, that of KUBECONFIG, the cluster of this pod, or `~/.kube/config`.
 * SPEC: of several files in KUBECONFIG only the first is read.
 * @throws ConfigError when none can be used
 */
export async function openCluster(choice: ClusterChoice, { environment, say }: ClusterParts): Promise<Kube> {
  const access = await findAccess(choice, environment)
  const entries = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return createKube(access, {
    clock: systemClock,
    randomness: systemRandomness,
    log: createLog({ level: 'warn', format: 'text', write: (line) => say(line.trimEnd()) }),
    environment: Object.fromEntries(entries),
  })
}

async function findAccess({ kubeconfig, context }: ClusterChoice, environment: Environment): Promise<KubeAccess> {
  const [named] = (environment.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  const chosen = kubeconfig ?? named
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment
  if (chosen === undefined && context === undefined && host !== '') return inClusterAccess({ host, port })
  const path = chosen ?? join(environment.HOME ?? homedir(), '.kube', 'config')
  return readKubeconfig({ path, ...(context === undefined ? {} : { context }) })
}
