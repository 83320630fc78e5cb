import type { Pflag, PflagTable, PflagValue } from './pflag-model.ts'

const DAY_SECONDS = 86_400
const LONGEST_PERIOD = 24 * 3_600_000
const YEAR = 365 * 24 * 3_600_000
const CERTIFICATES = '/etc/webhook/certs'

/** Flags of the Amazon EKS pod identity webhook, by its names and with its defaults where nothing else is said. */
export const referenceWebhookFlags = {
  port: {
    kind: 'integer',
    fallback: 443,
    between: [0, 65_535],
    summary: 'Port for HTTPS: /mutate, /healthz, /readyz.',
  },
  'metrics-port': {
    kind: 'integer',
    fallback: 9999,
    between: [0, 65_535],
    summary: 'Port for plain HTTP: /metrics, /healthz, /readyz.',
  },
  kubeconfig: {
    kind: 'text',
    fallback: '',
    summary: 'Kubeconfig of the API server; without it and --kube-api, the pod’s own service account.',
  },
  'kube-api': { kind: 'text', fallback: '', summary: 'URL of the API server, in place of the kubeconfig’s.' },
  'in-cluster': {
    kind: 'boolean',
    fallback: true,
    summary:
      'True: certificates of its own, kept in the Secret --tls-secret; false: those of --tls-cert and --tls-key.',
  },
  'service-name': {
    kind: 'text',
    fallback: 'pod-identity-webhook',
    summary: 'Service that certificates of its own are for.',
  },
  namespace: {
    kind: 'text',
    fallback: 'eks',
    summary: 'Namespace of the Service, the Secret and the ConfigMap.',
  },
  'tls-secret': {
    kind: 'text',
    fallback: 'pod-identity-webhook',
    summary: 'Secret that holds the certificates of its own.',
  },
  'tls-cert': {
    kind: 'text',
    fallback: `${CERTIFICATES}/tls.crt`,
    summary: 'Certificate chain (PEM); read anew when it changes.',
  },
  'tls-key': {
    kind: 'text',
    fallback: `${CERTIFICATES}/tls.key`,
    summary: 'Private key (PEM); read anew when it changes.',
  },
  'tls-min-version': {
    kind: 'text',
    fallback: '',
    choices: ['', '1.0', '1.1', '1.2', '1.3', 'VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13'],
    summary: 'Least version of TLS, such as 1.3 or VersionTLS13; empty is 1.2.',
  },
  'tls-cipher-suites': {
    kind: 'text',
    fallback: '',
    summary: 'Cipher suites by their IANA names, commas between them; those of TLS 1.3 are always on.',
  },
  'annotation-prefix': {
    kind: 'text',
    fallback: 'eks.amazonaws.com',
    summary: 'Domain of the annotations on service accounts and pods.',
  },
  'token-audience': { kind: 'text', fallback: 'sts.amazonaws.com', summary: 'Audience of the projected tokens.' },
  'token-mount-path': {
    kind: 'text',
    fallback: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
    summary: 'Where containers find the token.',
  },
  'token-expiration': {
    kind: 'integer',
    fallback: DAY_SECONDS,
    summary: 'Seconds that a token is valid; at least 600.',
  },
  'aws-default-region': {
    kind: 'text',
    fallback: '',
    summary: 'Region to inject as AWS_DEFAULT_REGION and AWS_REGION; none when empty.',
  },
  'sts-regional-endpoint': {
    kind: 'boolean',
    fallback: false,
    summary: 'Inject AWS_STS_REGIONAL_ENDPOINTS=regional.',
  },
  'watch-config-map': {
    kind: 'boolean',
    fallback: false,
    summary: 'Take roles from the ConfigMap pod-identity-webhook in --namespace too.',
  },
  'compose-role-arn': {
    kind: 'boolean',
    fallback: false,
    summary:
      'Complete a role annotation that is no ARN with the account and partition of this machine’s metadata service.',
  },
  'watch-container-credentials-config': {
    kind: 'text',
    fallback: '',
    summary: 'JSON file of the service accounts that get container credentials (EKS Pod Identity) in place of a role.',
  },
  'container-credentials-audience': {
    kind: 'text',
    fallback: 'pods.eks.amazonaws.com',
    summary: 'Audience of tokens for container credentials.',
  },
  'container-credentials-token-mount-path': {
    kind: 'text',
    fallback: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
    summary: 'Where containers find the token for container credentials.',
  },
  'container-credentials-token-volume-name': {
    kind: 'text',
    fallback: 'eks-pod-identity-token',
    summary: 'Volume of the token for container credentials.',
  },
  'container-credentials-token-path': {
    kind: 'text',
    fallback: 'eks-pod-identity-token',
    summary: 'File of the token for container credentials, below the mount path.',
  },
  'container-credentials-full-uri': {
    kind: 'text',
    fallback: 'http://169.254.170.23/v1/credentials',
    summary: 'AWS_CONTAINER_CREDENTIALS_FULL_URI of container credentials.',
  },
  'enable-debugging-handlers': {
    kind: 'boolean',
    fallback: false,
    summary: 'Serve /debug/alpha/cache on the metrics port, /debug/alpha/deny and /debug/alpha/500 on the webhook’s.',
  },
  'service-account-lookup-grace-period': {
    kind: 'duration',
    fallback: 1000,
    between: [0, 30_000],
    summary:
      'Longest wait for the API server about a service account that is not known yet; 0 never asks (the reference’s default).',
  },
  'resync-period': {
    kind: 'duration',
    fallback: 60_000,
    between: [0, LONGEST_PERIOD],
    summary: 'Accepted and without effect: what is followed is current without it.',
  },
  version: { kind: 'boolean', fallback: false, summary: 'Print the version and end.' },
} as const satisfies PflagTable

/** What the reference does not have. */
export const ownWebhookFlags = {
  'failure-policy': {
    kind: 'text',
    fallback: 'Ignore',
    choices: ['Ignore', 'Fail'],
    summary: 'A pod whose identity cannot be decided: Ignore lets it through with a warning, Fail refuses it.',
  },
  'service-account-recheck-period': {
    kind: 'duration',
    fallback: 30_000,
    between: [0, LONGEST_PERIOD],
    summary:
      'A service account that was made or changed less than this ago and has no role is looked up again; 0 never.',
  },
  'endpoint-url': {
    kind: 'text',
    fallback: '',
    summary: 'Inject AWS_ENDPOINT_URL: pods with an identity talk to this endpoint in place of AWS.',
  },
  'endpoint-url-sts': {
    kind: 'text',
    fallback: '',
    summary: 'Inject AWS_ENDPOINT_URL_STS: to this endpoint for STS alone.',
  },
  'endpoint-ca': {
    kind: 'text',
    fallback: '',
    summary: 'File of the CA (PEM) that such an endpoint’s certificate is checked with; read anew when it changes.',
  },
  compatibility: {
    kind: 'text',
    fallback: '',
    summary:
      'Behaviours of the reference to restore, commas between them; all of them are in webhook-compatibility.md.',
  },
  'shutdown-delay': {
    kind: 'duration',
    fallback: 3000,
    between: [0, 60_000],
    summary: 'After SIGTERM, how long connections that are still open are served before the end.',
  },
  'webhook-configuration': {
    kind: 'text',
    fallback: '',
    summary:
      'MutatingWebhookConfiguration whose caBundle is kept with certificates of its own; empty: of the name of the Service.',
  },
  'certificate-lifetime': {
    kind: 'duration',
    fallback: 90 * DAY_SECONDS * 1000,
    between: [12_000, 10 * YEAR],
    summary: 'Life of a certificate of its own; another is made when two thirds are over.',
  },
  'authority-lifetime': {
    kind: 'duration',
    fallback: YEAR,
    between: [36_000, 30 * YEAR],
    summary: 'Life of the authority of such certificates; another is added when two thirds are over.',
  },
  'certificate-wait': {
    kind: 'duration',
    fallback: 300_000,
    between: [4000, LONGEST_PERIOD],
    summary: 'How long an authority is trusted before it is used, and still trusted when it is not used any more.',
  },
  drift: {
    kind: 'boolean',
    fallback: false,
    summary: 'Look for running pods that lack what they should have, and write Events on them and their controllers.',
  },
  'drift-period': {
    kind: 'duration',
    fallback: 300_000,
    between: [1000, LONGEST_PERIOD],
    summary: 'How often --drift looks at them.',
  },
  'bind-address': { kind: 'text', fallback: '', summary: 'Address to listen on; empty is all of this machine’s.' },
  'log-format': {
    kind: 'text',
    fallback: 'json',
    choices: ['json', 'text'],
    summary: 'Lines on standard error: json for programs, text for people.',
  },
  output: {
    kind: 'text',
    shorthand: 'o',
    fallback: 'table',
    choices: ['table', 'json', 'yaml'],
    summary: 'When it listens, one line on standard output: table for people; json or yaml for programs.',
  },
} as const satisfies PflagTable

const unused = <Kind extends 'boolean' | 'text'>(kind: Kind, fallback: PflagValue[Kind]): Pflag<Kind> => ({
  kind,
  fallback,
  summary: 'Accepted and without effect: lines go to standard error.',
})

/** The reference's flags for its log. */
export const loggingWebhookFlags = {
  v: {
    kind: 'integer',
    shorthand: 'v',
    fallback: 0,
    summary: 'How much is logged: from 3 on, every decision.',
  },
  vmodule: unused('text', ''),
  logtostderr: unused('boolean', true),
  alsologtostderr: unused('boolean', false),
  stderrthreshold: unused('text', '2'),
  legacy_stderr_threshold_behavior: unused('boolean', true),
  log_dir: unused('text', ''),
  log_file: unused('text', ''),
  log_file_max_size: {
    kind: 'integer',
    fallback: 1800,
    summary: 'Accepted and without effect: lines go to standard error.',
  },
  one_output: unused('boolean', false),
  skip_headers: unused('boolean', false),
  skip_log_headers: unused('boolean', false),
  add_dir_header: unused('boolean', false),
  log_backtrace_at: unused('text', ':0'),
} as const satisfies PflagTable

/** Every flag of `openirsa webhook serve`: from this table come the parser, help and the reference page. */
export const webhookFlags = { ...referenceWebhookFlags, ...ownWebhookFlags, ...loggingWebhookFlags } as const
