import type { KubernetesObject } from '../manifest/index.ts'
import type { CertificateKeeper, ManifestOptions } from './model.ts'
import {
  AUTHORITY_CONFIG_MAP,
  AUTHORITY_DIRECTORY,
  CERTIFICATE_DIRECTORY,
  IDENTITIES_DIRECTORY,
  LABELS,
  NAME,
  PORTS,
  SELECTOR,
  WEBHOOK_NAMES,
} from './names.ts'

/** Two replicas that keep to the restricted level of Pod Security, spread over nodes and zones where there are several. */
export function planDeployment(options: ManifestOptions): KubernetesObject {
  const { namespace } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace, labels: LABELS },
    spec: {
      replicas: 2,
      selector: { matchLabels: SELECTOR },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: LABELS }, spec: podSpec(options) },
    },
  }
}

function podSpec(options: ManifestOptions) {
  const mounted = mounts(options)
  return {
    serviceAccountName: NAME,
    automountServiceAccountToken: true,
    priorityClassName: 'system-cluster-critical',
    // Numbers, for the kubelet cannot see that a user of an image's own is not root.
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: SELECTOR },
    })),
    containers: [container(options, mounted)],
    ...(mounted.length === 0 ? {} : { volumes: mounted.map(({ volume }) => volume) }),
  }
}

function container(options: ManifestOptions, mounted: readonly Mounted[]) {
  return {
    name: 'webhook',
    image: options.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['openirsa', 'webhook', 'serve'],
    args: serveArguments(options),
    ports: [
      { name: 'https', containerPort: PORTS.webhook, protocol: 'TCP' },
      { name: 'metrics', containerPort: PORTS.metrics, protocol: 'TCP' },
    ],
    // Requests are a quiet cluster's; the limit is above what 10,000 service accounts take.
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
    ...(mounted.length === 0 ? {} : { volumeMounts: mounted.map(({ mount }) => mount) }),
  }
}

function probe(path: string) {
  return { httpGet: { path, port: 'https', scheme: 'HTTPS' }, timeoutSeconds: 3 }
}

const CERTIFICATE_ARGUMENTS = {
  self: [
    '--in-cluster=true',
    `--service-name=${WEBHOOK_NAMES.service}`,
    `--tls-secret=${WEBHOOK_NAMES.certificateSecret}`,
  ],
  'cert-manager': [
    '--in-cluster=false',
    `--tls-cert=${CERTIFICATE_DIRECTORY}/tls.crt`,
    `--tls-key=${CERTIFICATE_DIRECTORY}/tls.key`,
  ],
} as const satisfies Record<CertificateKeeper, readonly string[]>

function serveArguments(options: ManifestOptions): readonly string[] {
  const { namespace, failurePolicy, certificates, drift, identities, podIdentities, endpointAuthority, settings } =
    options
  return [
    `--port=${PORTS.webhook}`,
    `--metrics-port=${PORTS.metrics}`,
    `--namespace=${namespace}`,
    `--failure-policy=${failurePolicy}`,
    ...CERTIFICATE_ARGUMENTS[certificates],
    ...(drift === 'on' ? ['--drift=true'] : ['--drift=false']),
    ...(identities === 'annotations' ? [] : ['--watch-config-map']),
    ...(podIdentities === 'none' ? [] : [IDENTITIES_ARGUMENT]),
    ...(endpointAuthority === undefined ? [] : [`--endpoint-ca=${AUTHORITY_DIRECTORY}/ca.crt`]),
    ...settings,
  ]
}

const IDENTITIES_ARGUMENT = `--watch-container-credentials-config=${IDENTITIES_DIRECTORY}/${WEBHOOK_NAMES.podIdentitiesFile}`

interface Mounted {
  readonly volume: {
    readonly name: string
    readonly [source: string]: string | Readonly<Record<string, string | true>>
  }
  readonly mount: { readonly name: string; readonly mountPath: string; readonly readOnly: true }
}

function mounts({ certificates, endpointAuthority, podIdentities }: ManifestOptions): readonly Mounted[] {
  const found: Mounted[] = []
  if (certificates === 'cert-manager')
    found.push({
      volume: { name: 'certificates', secret: { secretName: WEBHOOK_NAMES.certificateSecret } },
      mount: { name: 'certificates', mountPath: CERTIFICATE_DIRECTORY, readOnly: true },
    })
  if (endpointAuthority !== undefined)
    found.push({
      volume: { name: 'endpoint-authority', configMap: { name: AUTHORITY_CONFIG_MAP } },
      mount: { name: 'endpoint-authority', mountPath: AUTHORITY_DIRECTORY, readOnly: true },
    })
  if (podIdentities === 'config-map')
    found.push({
      // As a directory: the kubelet keeps it up to date, which it does not do for a single file. The controller makes it when it comes.
      volume: { name: 'pod-identities', configMap: { name: WEBHOOK_NAMES.podIdentitiesConfigMap, optional: true } },
      mount: { name: 'pod-identities', mountPath: IDENTITIES_DIRECTORY, readOnly: true },
    })
  return found
}
