import type { KubeResource } from './model.ts'

const namespaced = (apiVersion: string, kind: string, plural: string): KubeResource => ({
  apiVersion,
  kind,
  plural,
  isNamespaced: true,
})

const clusterWide = (apiVersion: string, kind: string, plural: string): KubeResource => ({
  apiVersion,
  kind,
  plural,
  isNamespaced: false,
})

/** The kinds of objects that the project reads or writes; another is made the same way. */
export const RESOURCES = {
  configMaps: namespaced('v1', 'ConfigMap', 'configmaps'),
  controllerRevisions: namespaced('apps/v1', 'ControllerRevision', 'controllerrevisions'),
  cronJobs: namespaced('batch/v1', 'CronJob', 'cronjobs'),
  daemonSets: namespaced('apps/v1', 'DaemonSet', 'daemonsets'),
  deployments: namespaced('apps/v1', 'Deployment', 'deployments'),
  endpointSlices: namespaced('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  events: namespaced('v1', 'Event', 'events'),
  jobs: namespaced('batch/v1', 'Job', 'jobs'),
  leases: namespaced('coordination.k8s.io/v1', 'Lease', 'leases'),
  mutatingWebhookConfigurations: clusterWide(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
  ),
  namespaces: clusterWide('v1', 'Namespace', 'namespaces'),
  nodes: clusterWide('v1', 'Node', 'nodes'),
  pods: namespaced('v1', 'Pod', 'pods'),
  replicaSets: namespaced('apps/v1', 'ReplicaSet', 'replicasets'),
  secrets: namespaced('v1', 'Secret', 'secrets'),
  serviceAccounts: namespaced('v1', 'ServiceAccount', 'serviceaccounts'),
  services: namespaced('v1', 'Service', 'services'),
  statefulSets: namespaced('apps/v1', 'StatefulSet', 'statefulsets'),
  validatingAdmissionPolicies: clusterWide(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicy',
    'validatingadmissionpolicies',
  ),
  validatingAdmissionPolicyBindings: clusterWide(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    'validatingadmissionpolicybindings',
  ),
} as const satisfies Record<string, KubeResource>

/** Where the pod is in an object of that kind: steps down from the object. */
export const POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}
