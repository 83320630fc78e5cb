/** What everything of the webhook is called in a cluster. TWIN: `deploy/helm/openirsa-webhook` says these again. */
export const NAME = 'openirsa-webhook'

/** Names that the running webhook must know too: it writes into the first two. */
export const WEBHOOK_NAMES = {
  configuration: NAME,
  certificateSecret: `${NAME}-certificates`,
  service: NAME,
  namespace: NAME,
  /** SPEC: a webhook's name is a domain of three labels at least; API servers put it into audit annotations and metrics. */
  webhook: 'pods.openirsa-webhook.openirsa.dev',
  /** The reference's own name, so that its users need not rename theirs. */
  identityConfigMap: 'pod-identity-webhook',
  /** Whose pods get container credentials: written by `openirsa serve controller`, mounted into the webhook's pods. */
  podIdentitiesConfigMap: 'openirsa-pod-identities',
  /** Its key, and so the file's name. */
  podIdentitiesFile: 'identities.json',
  /** SPEC: hard-coded in the reference's manifests, whatever the annotation domain is. */
  skipLabel: 'eks.amazonaws.com/skip-pod-identity-webhook',
} as const

export const AUTHORITY_CONFIG_MAP = `${NAME}-endpoint-authority`

/** Ports of the container: below 1024 a restricted pod may not listen. */
export const PORTS = { webhook: 8443, metrics: 9999 } as const

export const CERTIFICATE_DIRECTORY = '/etc/webhook/certs'
export const AUTHORITY_DIRECTORY = '/etc/webhook/endpoint-authority'
export const IDENTITIES_DIRECTORY = '/etc/webhook/pod-identities'

export const SELECTOR = { 'app.kubernetes.io/name': NAME } as const
export const LABELS = { ...SELECTOR, 'app.kubernetes.io/part-of': 'openirsa' } as const

/** The name that every namespace carries as a label, given by the API server. */
export const NAMESPACE_LABEL = 'kubernetes.io/metadata.name'

/** SPEC: set by the kubelet on the mirror of a static pod, which can have no service account. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'
