import {
  checkEndpointAuthority,
  checkImage,
  checkNamespaceName,
  type KubernetesObject,
  planNamespace,
} from '../manifest/index.ts'
import { planCertificateObjects } from './certificates.ts'
import { planDeployment } from './deployment.ts'
import type { ManifestOptions } from './model.ts'
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
    ...planNamespace(options, { labels: LABELS, level: 'restricted' }),
    ...planRights(options),
    ...planCertificateObjects(options),
    ...planEndpointAuthority(options),
    ...planNetwork(options),
    planDeployment(options),
    planWebhookConfiguration(options),
  ]
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

function refuseUnusable({ namespace, image, excludedNamespaces, endpointAuthority }: ManifestOptions): void {
  for (const name of [namespace, ...excludedNamespaces]) checkNamespaceName(name)
  checkImage(image)
  if (endpointAuthority !== undefined) checkEndpointAuthority(endpointAuthority)
}
