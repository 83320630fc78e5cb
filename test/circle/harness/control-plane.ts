/** etcd, kube-apiserver and kube-controller-manager: what a webhook, TokenRequest or an external signer needs to be seen working. */
import { join } from 'node:path'
import { type ApiServer, startApiServer } from './api-server.ts'
import { ensureBinaries } from './binaries.ts'
import { CONTROLLERS, startControllerManager } from './controller-manager.ts'
import { startEtcd } from './etcd.ts'
import { createKubectl, type Kubectl } from './kubectl.ts'
import { openLoopback, type Place } from './place.ts'
import { freePorts } from './ports.ts'
import { type Ended, mustRun, run, type Way } from './process.ts'
import { type ControlPlaneSecrets, makeSecrets, writeKubeconfig } from './secrets.ts'

export interface ControlPlaneOptions {
  /** The `iss` of its tokens; an https URL of the run's own otherwise. */
  readonly issuer?: string
  /** Path of the socket of an external signer: `--service-account-signing-endpoint` instead of key files. */
  readonly signer?: string
  /** Further flags of kube-apiserver. */
  readonly apiServerFlags?: readonly string[]
  /** By their names in `--controllers`; none: no controller manager, and no service account that nobody has made. */
  readonly controllers?: readonly string[]
}

export interface ControlPlane {
  readonly place: Place
  readonly bin: string
  readonly issuer: string
  readonly apiServer: ApiServer
  /** Where etcd answers, for a second API server. */
  readonly etcd: string
  readonly secrets: ControlPlaneSecrets
  /** The administrator's, 0600. */
  readonly kubeconfig: string
  readonly kubectl: Kubectl
  /** Time until the API server was ready. */
  readonly readyAfterMs: number
  run(words: readonly string[], way?: Way): Promise<Ended>
  mustRun(words: readonly string[], way?: Way): Promise<string>
  stop(): Promise<void>
}

/** API server on 127.0.0.1, no node. Nothing of it is left when the test ends, also when it is killed. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const place = await openLoopback()
  const [port = 0, client = 0, peer = 0] = await freePorts(3)
  return startControlPlaneIn(place, { port, client, peer }, options)
}

export interface Ports {
  readonly port: number
  readonly client: number
  readonly peer: number
}

export async function startControlPlaneIn(
  place: Place,
  ports: Ports,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  try {
    return await startIn(place, ports, options)
  } catch (error) {
    await place.close()
    throw error
  }
}

async function startIn(place: Place, { port, ...etcdPorts }: Ports, options: ControlPlaneOptions) {
  const began = performance.now()
  const bin = await ensureBinaries()
  const secrets = makeSecrets(place)
  const issuer = options.issuer ?? `https://${place.name}.openirsa.test`
  const etcd = startEtcd(place, bin, etcdPorts)
  const apiServer = await startApiServer({
    place,
    bin,
    etcd: etcd.url,
    port,
    issuer,
    secrets,
    signer: options.signer,
    flags: options.apiServerFlags ?? [],
  })
  const readyAfterMs = performance.now() - began
  const kubeconfig = join(place.directory, 'admin.kubeconfig')
  const { url: server, certificateAuthority } = apiServer
  writeKubeconfig(kubeconfig, { server, certificateAuthority, token: secrets.tokens.admin })
  const controllers = options.controllers ?? CONTROLLERS
  const manager =
    controllers.length === 0
      ? undefined
      : startControllerManager({ place, bin, kubeconfig, secrets, certificateAuthority, controllers })
  return {
    place,
    bin,
    issuer,
    apiServer,
    etcd: etcd.url,
    secrets,
    kubeconfig,
    kubectl: createKubectl(place, { bin, kubeconfig }),
    readyAfterMs,
    run: (words: readonly string[], way?: Way) => run(place, words, way),
    mustRun: (words: readonly string[], way?: Way) => mustRun(place, words, way),
    stop: async () => {
      await manager?.kill()
      // Before etcd: without it, the API server tries for a minute to take its leases back, and ends only then.
      await apiServer.stop()
      await etcd.kill()
      await place.close()
    },
  }
}
