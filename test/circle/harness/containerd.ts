import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, Hopeless } from './eventually.ts'
import type { Place } from './place.ts'
import { mustRun, type Server, startServer } from './process.ts'

export interface Containerd extends Server {
  readonly endpoint: string
  /** Makes the image of a docker-archive known to the kubelet. */
  importImage(file: string): Promise<void>
}

export const PAUSE_IMAGE = 'local.test/pause:1'

export async function startContainerd(place: Place): Promise<Containerd> {
  const at = (name: string): string => join(place.directory, name)
  const socket = at('containerd.sock')
  mkdirSync(at('cni'))
  writeFileSync(at('cni/10-circle.conflist'), JSON.stringify(networkOf(at('ipam'))))
  writeFileSync(at('containerd.toml'), settingsOf(at, socket))
  const server = startServer(place, 'containerd', ['containerd', '--config', at('containerd.toml')])
  const ctr = ['ctr', `--address=${socket}`, '--namespace=k8s.io']
  await eventually('containerd', async () => {
    if (server.hasEnded()) throw new Hopeless(`containerd has ended:\n${server.log()}`)
    return mustRun(place, [...ctr, 'version'])
  })
  return {
    ...server,
    endpoint: `unix://${socket}`,
    importImage: async (file) => {
      await mustRun(place, [...ctr, 'images', 'import', '--snapshotter=overlayfs', file])
    },
  }
}

/** Every pod gets an address of 10.88.0.0/24 and a link of its own to the node. */
function networkOf(addresses: string): object {
  const ranges = [[{ subnet: '10.88.0.0/24' }]]
  const ipam = { type: 'host-local', dataDir: addresses, ranges, routes: [{ dst: '0.0.0.0/0' }] }
  return { cniVersion: '0.4.0', name: 'circle', plugins: [{ type: 'ptp', ipMasq: false, ipam }] }
}

function settingsOf(at: (name: string) => string, socket: string): string {
  return `version = 2
root = ${JSON.stringify(at('containerd'))}
state = ${JSON.stringify(at('containerd-state'))}
oom_score = 0

[grpc]
  address = ${JSON.stringify(socket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Where the machine may not lower OOM scores, runc ends with "can't get final child's PID from pipe: EOF" otherwise.
  restrict_oom_score_adj = true
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = ${JSON.stringify(at('cni'))}
`
}
