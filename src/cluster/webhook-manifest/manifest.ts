import { ConfigError, isNamespaceName } from '../../core/index.ts'
import { planCertificateObjects } from './certificates.ts'
import { planDeployment } from './deployment.ts'
import type { KubernetesObject, ManifestOptions } from './model.ts'
import { AUTHORITY_CONFIG_MAP, LABELS } from './names.ts'
import { planNetwork } from './network.ts'
import { planRights } from './rights.ts'
import { planWebhookConfiguration } from './webhook-configuration.ts'

/**
 * Everything that makes the webhook run in a cluster, in the order in which it is to be applied: the API server learns of
 * the webhook last, when all that it needs is on its way.
 * @throws ConfigError for an image or namespace that Kubernetes would not take
 */
export function planManifest(options: ManifestOptions): readonly KubernetesObject[] {
  refuseUnusable(options)
  return [
    ...planNamespace(options),
    ...planRights(options),
    ...planCertificateObjects(options),
    ...planEndpointAuthority(options),
    ...planNetwork(options),
    planDeployment(options),
    planWebhookConfiguration(options),
  ]
}

/** Namespaces that every cluster has, and that belong to Kubernetes. */
const KUBERNETES_NAMESPACES: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

function planNamespace({ namespace, namespaceOrigin }: ManifestOptions): readonly KubernetesObject[] {
  if (namespaceOrigin === 'existing' || KUBERNETES_NAMESPACES.includes(namespace)) return []
  const level = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' }
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { ...LABELS, ...level } } }]
}

function planEndpointAuthority({ namespace, endpointAuthority }: ManifestOptions): readonly KubernetesObject[] {
  if (endpointAuthority === undefined) return []
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: AUTHORITY_CONFIG_MAP, namespace, labels: LABELS },
      data: { 'ca.crt': endpointAuthority },
    },
  ]
}

/** SPEC: distribution/reference: host, path, tag, digest; the kubelet refuses the rest, but only when it pulls. */
const IMAGE =
  /^[a-z0-9]([-a-z0-9._]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([-._]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/i

function refuseUnusable({ namespace, image, excludedNamespaces, endpointAuthority }: ManifestOptions): void {
  for (const name of [namespace, ...excludedNamespaces]) {
    if (isNamespaceName(name)) continue
    throw new ConfigError(`\`${name}\` cannot be a namespace: expected lower-case letters, digits and dashes`)
  }
  if (image.length > 400 || !IMAGE.test(image))
    throw new ConfigError(`\`${image}\` is no image: expected such as \`registry.example/openirsa:1.0\``)
  if (endpointAuthority !== undefined && !/-----BEGIN CERTIFICATE-----/.test(endpointAuthority))
    throw new ConfigError("the endpoint's authority is no certificate: expected PEM with BEGIN CERTIFICATE")
  if (endpointAuthority?.includes('PRIVATE KEY'))
    throw new ConfigError("the endpoint's authority comes with a private key: expected its certificate alone")
}
