import type { KubernetesObject } from '../manifest/index.ts'
import type { ManifestOptions } from './model.ts'
import { LABELS, NAME, PORTS, SELECTOR, WEBHOOK_NAMES } from './names.ts'

/** How the webhook is reached, by whom, and that one of it is left when nodes are drained. */
export function planNetwork({ namespace }: ManifestOptions): readonly KubernetesObject[] {
  const metadata = { name: NAME, namespace, labels: LABELS }
  return [
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: NETWORK_POLICY },
    { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, name: WEBHOOK_NAMES.service }, spec: SERVICE },
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: DISRUPTION_BUDGET },
  ]
}

/**
 * Nobody reaches another port. From where is left open: API servers have no label to select them by. What the webhook itself
 * calls is left open too: the port of an API server differs from cluster to cluster, and a wrong guess would end every mutation.
 */
const NETWORK_POLICY = {
  podSelector: { matchLabels: SELECTOR },
  policyTypes: ['Ingress'],
  ingress: [
    {
      ports: [
        { port: PORTS.webhook, protocol: 'TCP' },
        { port: PORTS.metrics, protocol: 'TCP' },
      ],
    },
  ],
} as const

const SERVICE = {
  type: 'ClusterIP',
  selector: SELECTOR,
  ports: [
    { name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' },
    { name: 'metrics', port: PORTS.metrics, targetPort: 'metrics', protocol: 'TCP' },
  ],
} as const

const DISRUPTION_BUDGET = {
  minAvailable: 1,
  selector: { matchLabels: SELECTOR },
  // A pod that cannot get ready must not keep its node from being drained.
  unhealthyPodEvictionPolicy: 'AlwaysAllow',
} as const
