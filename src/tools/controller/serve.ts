import { createLog, type LogLevel, systemClock, untilSignal } from '../../io/host/index.ts'
import { openKube } from '../../io/kube/index.ts'
import { kubeCluster, openCloud } from '../binding/index.ts'
import { readAllowList } from './allow-list.ts'
import { startController } from './controller.ts'

export interface ControllerOptions {
  readonly to: 'local' | 'aws'
  readonly dataDirectory: string
  readonly account?: string
  /** Absent: that of KUBECONFIG, else the cluster that the controller runs in. */
  readonly kubeconfig?: string
  readonly context?: string
  readonly issuer?: string
  readonly allowList: { readonly name: string; readonly text: string }
  readonly logLevel: LogLevel
  readonly environment: Readonly<Record<string, string | undefined>>
  say(line: string): void
}

export interface ServedController {
  readonly issuer: string
  readonly account: string
  /** Resolves upon SIGINT or SIGTERM, when the order at hand is done. */
  untilStopped(): Promise<void>
}

/** @throws ConfigError when the allow-list, the cluster or the cloud cannot be used */
export async function serveController(options: ControllerOptions): Promise<ServedController> {
  const { allowList, to, dataDirectory, account, say } = options
  const allowed = await readAllowList(allowList.text, allowList.name)
  const cloud = await openCloud({ to, dataDirectory, ...(account === undefined ? {} : { account }) })
  const kube = await openKube(options, options)
  const cluster = await kubeCluster(kube, options.issuer)
  const log = createLog({ level: options.logLevel, format: 'text', write: (line) => say(line.trimEnd()) })
  const controller = await startController({ kube, cloud, cluster, allowed, clock: systemClock, log })
  return {
    issuer: cluster.issuer,
    account: cloud.account,
    untilStopped: async () => {
      await untilSignal()
      await controller.close()
      await kube.close()
    },
  }
}
