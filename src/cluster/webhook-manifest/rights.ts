import type { JsonValue } from '../../core/index.ts'
import type { KubernetesObject } from '../manifest/index.ts'
import type { ManifestOptions } from './model.ts'
import { LABELS, NAME, WEBHOOK_NAMES } from './names.ts'

type Rule = Readonly<Record<string, JsonValue>>

/**
 * The webhook's service account and what it may do, which is no more than it does. INVARIANT: it can read no Secret but its own,
 * and create none: who may create Secrets may ask for the token of any service account.
 */
export function planRights(options: ManifestOptions): readonly KubernetesObject[] {
  const { namespace } = options
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: NAME, namespace, labels: LABELS },
    automountServiceAccountToken: false,
  }
  const local = namespacedRules(options)
  return [
    account,
    ...grant(NAME, clusterRules(options), namespace),
    ...(options.drift === 'on' ? grant(`${NAME}-drift`, DRIFT_RULES, namespace) : []),
    ...(local.length === 0 ? [] : grantWithin(NAME, local, namespace)),
  ]
}

function clusterRules({ certificates }: ManifestOptions): readonly Rule[] {
  const accounts = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch'] }
  if (certificates !== 'self') return [accounts]
  return [
    accounts,
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations'],
      resourceNames: [WEBHOOK_NAMES.configuration],
      verbs: ['get', 'list', 'watch', 'patch'],
    },
  ]
}

/** Pods and what made them are read, never changed; all that is written are Events. */
const DRIFT_RULES: readonly Rule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create'] },
  // Which namespaces are excluded.
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: [WEBHOOK_NAMES.configuration],
    verbs: ['get'],
  },
]

function namespacedRules({ certificates, identities }: ManifestOptions): readonly Rule[] {
  const own = { resources: ['secrets'], resourceNames: [WEBHOOK_NAMES.certificateSecret], verbs: ['get', 'update'] }
  const map = {
    resources: ['configmaps'],
    resourceNames: [WEBHOOK_NAMES.identityConfigMap],
    verbs: ['get', 'list', 'watch'],
  }
  return [
    ...(certificates === 'self' ? [{ apiGroups: [''], ...own }] : []),
    ...(identities === 'annotations-and-config-map' ? [{ apiGroups: [''], ...map }] : []),
  ]
}

function grant(name: string, rules: readonly Rule[], namespace: string): readonly KubernetesObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const metadata = { name, labels: LABELS }
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, ...bound('ClusterRole', name, namespace) },
  ]
}

function grantWithin(name: string, rules: readonly Rule[], namespace: string): readonly KubernetesObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const metadata = { name, namespace, labels: LABELS }
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, ...bound('Role', name, namespace) },
  ]
}

function bound(kind: string, name: string, namespace: string) {
  return {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
  }
}
