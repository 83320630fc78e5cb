import { ConfigError, type Seconds } from '../../core/index.ts'
import {
  createAdministratorCalls,
  type ListAssociations,
  liveAssociations,
  localAssociations,
} from '../../io/aws/index.ts'
import { createLog, type Log, type LogLevel, systemClock, untilSignal } from '../../io/host/index.ts'
import { readFacts } from '../../io/installation/index.ts'
import { type Kube, openKube } from '../../io/kube/index.ts'
import { kubeCluster, openCloud } from '../binding/index.ts'
import { readAllowList } from './allow-list.ts'
import { startController } from './controller.ts'
import type { IdentitiesMap } from './identities-map.ts'
import { followPodIdentities } from './pod-identities.ts'

/** What the controller does: one of the two, or both. */
export interface ControllerOptions {
  readonly to: 'local' | 'aws'
  readonly dataDirectory: string
  readonly account?: string
  /** Absent: that of KUBECONFIG, else the cluster that the controller runs in. */
  readonly kubeconfig?: string
  readonly context?: string
  readonly issuer?: string
  /** Roles for service accounts that ask for them. */
  readonly allowList?: { readonly name: string; readonly text: string }
  /** A ConfigMap with the cluster's Pod Identity associations. */
  readonly podIdentities?: IdentitiesMap & { readonly interval: Seconds }
  readonly logLevel: LogLevel
  readonly environment: Readonly<Record<string, string | undefined>>
  say(line: string): void
}

export interface ServedController {
  /** One line for each thing that is done. */
  readonly duties: readonly string[]
  /** Resolves upon SIGINT or SIGTERM, when the order at hand is done. */
  untilStopped(): Promise<void>
}

interface Duty {
  readonly duty: string
  close(): Promise<void>
}

/** @throws ConfigError when nothing is asked for, or the allow-list, the cluster or the cloud cannot be used */
export async function serveController(options: ControllerOptions): Promise<ServedController> {
  const { allowList, podIdentities, say } = options
  if (allowList === undefined && podIdentities === undefined)
    throw new ConfigError('nothing is asked of the controller', {
      hint: '--allow FILE for roles by annotation, --cluster-name NAME for Pod Identity associations, or both',
    })
  const allowed = allowList === undefined ? undefined : await readAllowList(allowList.text, allowList.name)
  const list = podIdentities === undefined ? undefined : await openAssociations(options, podIdentities.clusterName)
  const kube = await openKube(options, options)
  const log = createLog({ level: options.logLevel, format: 'text', write: (line) => say(line.trimEnd()) })
  const duties: Duty[] = []
  if (allowed !== undefined) duties.push(await bindRoles({ kube, log, allowed }, options))
  if (podIdentities !== undefined && list !== undefined) {
    const { interval, ...map } = podIdentities
    const { close } = followPodIdentities({ kube, map, list, interval, log })
    const duty = `keeping the pod identities of ${map.clusterName} in the ConfigMap ${map.namespace}/${map.name}`
    duties.push({ duty, close })
  }
  return {
    duties: duties.map(({ duty }) => duty),
    untilStopped: async () => {
      await untilSignal()
      await Promise.all(duties.map(({ close }) => close()))
      await kube.close()
    },
  }
}

interface BindingParts {
  readonly kube: Kube
  readonly log: Log
  readonly allowed: Awaited<ReturnType<typeof readAllowList>>
}

async function bindRoles(
  parts: BindingParts,
  { to, dataDirectory, account, issuer }: ControllerOptions,
): Promise<Duty> {
  const cloud = await openCloud({ to, dataDirectory, ...(account === undefined ? {} : { account }) })
  const cluster = await kubeCluster(parts.kube, issuer)
  const { close } = await startController({ ...parts, cloud, cluster, clock: systemClock })
  return { duty: `binding service accounts of ${cluster.issuer} to roles of ${cloud.account}`, close }
}

const CLUSTER_NAME_FLAG = '--cluster-name'

async function openAssociations(
  { to, dataDirectory, account }: ControllerOptions,
  clusterName: string,
): Promise<ListAssociations> {
  if (to === 'aws') return liveAssociations(clusterName, CLUSTER_NAME_FLAG)
  // Read each time: an installation that is started anew may be at another port.
  const calls = async () => {
    const facts = await readFacts(dataDirectory)
    const own = { ...facts, account: account ?? facts.account }
    return createAdministratorCalls(own, { dataDirectory, clock: systemClock })
  }
  await calls()
  return localAssociations(calls, clusterName)
}
