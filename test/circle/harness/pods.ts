import { PAUSE_IMAGE } from './containerd.ts'

/** A pod that does nothing, in a network of its own. */
export const waitingPod = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: PAUSE_IMAGE, imagePullPolicy: 'Never' }],
  },
})
