import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createLog, systemClock, systemRandomness } from '../host/index.ts'
import { createKube } from './create-kube.ts'
import { inClusterAccess } from './in-cluster.ts'
import { readKubeconfig } from './kubeconfig.ts'
import type { Kube, KubeAccess } from './model.ts'

/** Which cluster, as kubectl's flags of these names say it. */
export interface KubeChoice {
  readonly kubeconfig?: string
  readonly context?: string
}

export interface KubeSurroundings {
  /** Where KUBECONFIG, HOME and the address of a pod's API server stand; exec plug-ins get it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Takes one line of what is worth telling people, such as a server that is not verified. */
  say(line: string): void
}

/**
 * A client of the cluster that was chosen: the file given, that of KUBECONFIG, the cluster of this pod, or `~/.kube/config`.
 * SPEC: of several files in KUBECONFIG only the first is read.
 * @throws ConfigError when none can be used
 */
export async function openKube(choice: KubeChoice, { environment, say }: KubeSurroundings): Promise<Kube> {
  const access = await findAccess(choice, environment)
  const entries = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return createKube(access, {
    clock: systemClock,
    randomness: systemRandomness,
    log: createLog({ level: 'warn', format: 'text', write: (line) => say(line.trimEnd()) }),
    environment: Object.fromEntries(entries),
  })
}

async function findAccess(
  { kubeconfig, context }: KubeChoice,
  environment: KubeSurroundings['environment'],
): Promise<KubeAccess> {
  const [named] = (environment.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  const chosen = kubeconfig ?? named
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment
  if (chosen === undefined && context === undefined && host !== '') return inClusterAccess({ host, port })
  const path = chosen ?? join(environment.HOME ?? homedir(), '.kube', 'config')
  return readKubeconfig({ path, ...(context === undefined ? {} : { context }) })
}
