import { join } from 'node:path'
import type { ControlPlane } from './control-plane.ts'
import { type Server, startServer } from './process.ts'

export function startScheduler({ place, bin, kubeconfig }: ControlPlane): Server {
  return startServer(place, 'kube-scheduler', [
    join(bin, 'kube-scheduler'),
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=10259',
  ])
}
