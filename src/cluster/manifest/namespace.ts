import type { KubernetesObject, NamespaceOrigin } from './model.ts'

/** Namespaces that every cluster has, and that belong to Kubernetes. */
const KUBERNETES_NAMESPACES: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

export interface NamespaceTraits {
  readonly labels: Readonly<Record<string, string>>
  /** Of Pod Security: what pods in it are held to. */
  readonly level: 'privileged' | 'restricted'
}

/** The Namespace, where one is to be made: none that is there already, or that belongs to Kubernetes. */
export function planNamespace(
  { namespace, namespaceOrigin }: { readonly namespace: string; readonly namespaceOrigin: NamespaceOrigin },
  { labels, level }: NamespaceTraits,
): readonly KubernetesObject[] {
  if (namespaceOrigin === 'existing' || KUBERNETES_NAMESPACES.includes(namespace)) return []
  const held = { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/warn': level }
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { ...labels, ...held } } }]
}
