import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ControlPlane } from './control-plane.ts'
import { type Server, startServer } from './process.ts'
import { writeKubeconfig } from './secrets.ts'

export const NODE_NAME = 'node1'

export interface Kubelet extends Omit<Server, 'kill'> {
  /** Its cache of tokens is in memory: after this, it asks for every projected token anew. Pods go on. */
  restart(): Promise<void>
}

export function startKubelet({ place, bin, apiServer, secrets }: ControlPlane, containerd: string): Kubelet {
  const at = (name: string): string => join(place.directory, name)
  mkdirSync(at('manifests'))
  const { url: server, certificateAuthority } = apiServer
  writeKubeconfig(at('kubelet.kubeconfig'), { server, certificateAuthority, token: secrets.tokens.kubelet })
  writeFileSync(at('kubelet.yaml'), stringify(configurationOf(at, containerd)))
  const launch = (): Server =>
    startServer(place, 'kubelet', [
      join(bin, 'kubelet'),
      `--config=${at('kubelet.yaml')}`,
      `--kubeconfig=${at('kubelet.kubeconfig')}`,
      `--root-dir=${at('kubelet')}`,
      `--cert-dir=${at('kubelet-certs')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${place.address}`,
    ])
  let kubelet = launch()
  return {
    log: () => kubelet.log(),
    hasEnded: () => kubelet.hasEnded(),
    stop: () => kubelet.stop(),
    restart: async () => {
      await kubelet.stop()
      kubelet = launch()
    },
  }
}

function configurationOf(at: (name: string) => string, containerd: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: containerd,
    staticPodPath: at('manifests'),
    podLogsDir: at('pod-logs'),
    volumePluginDir: at('volume-plugins'),
    // It listens in its own network only, where everybody is the test.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    failSwapOn: false,
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    // A disk that is nearly full is no reason to evict the test's pods.
    evictionHard: { 'memory.available': '1Mi', 'nodefs.available': '1Mi', 'imagefs.available': '1Mi' },
    imageGCHighThresholdPercent: 100,
    syncFrequency: '5s',
    fileCheckFrequency: '5s',
    nodeStatusUpdateFrequency: '2s',
    shutdownGracePeriod: '0s',
  }
}
