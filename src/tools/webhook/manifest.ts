import { type NamespaceOrigin, renderManifest } from '../../cluster/manifest/index.ts'
import {
  type CertificateKeeper,
  type DriftWatch,
  type FailurePolicy,
  type PodIdentitySource,
  planManifest,
} from '../../cluster/webhook-manifest/index.ts'
import { type ParsedPflags, type Pflag, renderPflagValue, webhookFlags } from '../../config/index.ts'
import { ConfigError } from '../../core/index.ts'

export interface ManifestWish {
  readonly namespace: string
  readonly namespaceOrigin: NamespaceOrigin
  readonly image: string
  readonly failurePolicy: FailurePolicy
  readonly certificates: CertificateKeeper
  readonly excludedNamespaces: readonly string[]
  readonly drift: DriftWatch
  readonly podIdentities: PodIdentitySource
  /** Certificate of an authority, PEM. */
  readonly endpointAuthority?: string
  /** Flags of `openirsa webhook serve`, for the webhook that will run. */
  readonly settings: ParsedPflags<typeof webhookFlags>
}

/**
 * The manifest as YAML, for `kubectl apply -f -`.
 * @throws ConfigError for a setting that the manifest decides itself, or that cannot work in a pod
 */
export function renderWebhookManifest(wish: ManifestWish): Promise<string> {
  const { settings, ...rest } = wish
  refuseDecided(settings)
  const identities = settings.values['watch-config-map'] ? 'annotations-and-config-map' : 'annotations'
  const objects = planManifest({ ...rest, identities, settings: argumentsOf(settings) })
  return renderManifest(objects, headingOf(wish))
}

type FlagName = keyof typeof webhookFlags

/** What the manifest says itself, by another flag of `webhook manifest` or always the same. */
const DECIDED: Partial<Record<FlagName, string>> = {
  port: 'a restricted pod may not listen below 1024, so that it is 8443',
  'metrics-port': 'it is 9999',
  kubeconfig: 'the webhook uses its own service account',
  'kube-api': 'the webhook uses its own service account',
  'in-cluster': 'say --certificates self or cert-manager',
  'service-name': 'it is openirsa-webhook',
  'tls-secret': 'it is openirsa-webhook-certificates',
  'tls-cert': 'say --certificates cert-manager',
  'tls-key': 'say --certificates cert-manager',
  'webhook-configuration': 'it is openirsa-webhook',
  'bind-address': 'it listens on the address of its pod',
  output: 'nobody reads its standard output',
  version: 'openirsa --version prints it',
  'watch-container-credentials-config':
    'say --pod-identities, which mounts the ConfigMap that `openirsa serve controller` writes',
}

function refuseDecided({ given }: ParsedPflags<typeof webhookFlags>): void {
  for (const name of given) {
    const why = DECIDED[name as FlagName]
    if (why !== undefined) throw new ConfigError(`--${name} cannot be chosen in a manifest: ${why}`)
  }
}

/** Those that were given, in the table's order, so that one wish is one text. */
function argumentsOf({ values, given }: ParsedPflags<typeof webhookFlags>): readonly string[] {
  return Object.entries<Pflag>(webhookFlags)
    .filter(([name]) => given.has(name) && name !== 'watch-config-map')
    .map(([name, { kind }]) => `--${name}=${renderPflagValue(kind, values[name as FlagName])}`)
}

const PROFILES = {
  Ignore: [
    'Profile Ignore: when the webhook cannot be asked, pods start without credentials. `openirsa webhook guard` prints what',
    'refuses those, `openirsa webhook drift` finds them.',
  ],
  Fail: [
    'Profile Fail: when the webhook cannot be asked, no pod is created outside of the namespaces excluded. Exclude kube-system',
    'as well if nothing in it has a role: what brings network and names to a node is created there.',
  ],
} as const satisfies Record<FailurePolicy, readonly string[]>

function headingOf({ failurePolicy, certificates }: ManifestWish): string {
  return [
    'openirsa: the pod identity webhook. Written by `openirsa webhook manifest`.',
    ...PROFILES[failurePolicy],
    ...(certificates === 'cert-manager' ? ['cert-manager must be in the cluster before.'] : []),
    'To uninstall, take away first what makes API servers ask it:',
    '  kubectl delete mutatingwebhookconfiguration openirsa-webhook',
    'and then all the rest: kubectl delete -f FILE',
  ].join('\n')
}
