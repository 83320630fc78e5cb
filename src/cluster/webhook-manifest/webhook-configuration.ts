import type { KubernetesObject } from '../manifest/index.ts'
import type { ManifestOptions } from './model.ts'
import { LABELS, MIRROR_ANNOTATION, NAME, NAMESPACE_LABEL, WEBHOOK_NAMES } from './names.ts'

/** What makes API servers ask the webhook. There is no `caBundle`: who keeps the certificates puts it in, and it survives another apply. */
export function planWebhookConfiguration(options: ManifestOptions): KubernetesObject {
  const { namespace, certificates } = options
  const inject = { annotations: { 'cert-manager.io/inject-ca-from': `${namespace}/${NAME}` } }
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: WEBHOOK_NAMES.configuration,
      labels: LABELS,
      ...(certificates === 'cert-manager' ? inject : {}),
    },
    webhooks: [webhook(options)],
  }
}

function webhook({ namespace, failurePolicy, excludedNamespaces }: ManifestOptions) {
  // Under Fail, the webhook's own pods would wait for the webhook.
  const excluded = failurePolicy === 'Fail' ? [namespace, ...excludedNamespaces] : excludedNamespaces
  return {
    name: WEBHOOK_NAMES.webhook,
    admissionReviewVersions: ['v1', 'v1beta1'],
    clientConfig: { service: { name: WEBHOOK_NAMES.service, namespace, path: '/mutate', port: 443 } },
    failurePolicy,
    matchPolicy: 'Equivalent',
    // Sidecars that a later webhook adds are shown to this one too; it answers the same a second time.
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'None',
    timeoutSeconds: 5,
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
    ...selectors(excluded),
    ...(failurePolicy === 'Fail' ? { matchConditions: [NOT_A_MIRROR] } : {}),
  }
}

/** A static pod runs whatever the API server says of its mirror; refusing the mirror would only hide it. */
export const NOT_A_MIRROR = {
  name: 'not-a-mirror-pod',
  expression: `!has(object.metadata.annotations) || !('${MIRROR_ANNOTATION}' in object.metadata.annotations)`,
} as const

/** Which pods are meant: none with the skip label, none of the namespaces excluded. */
export function selectors(excludedNamespaces: readonly string[]) {
  const names = [...new Set(excludedNamespaces)]
  const elsewhere = {
    namespaceSelector: { matchExpressions: [{ key: NAMESPACE_LABEL, operator: 'NotIn', values: names }] },
  }
  return {
    objectSelector: { matchExpressions: [{ key: WEBHOOK_NAMES.skipLabel, operator: 'DoesNotExist' }] },
    ...(names.length === 0 ? {} : elsewhere),
  }
}
